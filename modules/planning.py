"""From an estate's folder to its plan and rendered files: the way that every verb walks.

`prepare` reads and plans, `render` makes text, `write` brings a folder of results up to date. Only the first and the
last touch the disk.
"""

from __future__ import annotations

import datetime
import json
import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import cast

from virgem.modules import files
from virgem.modules.changes import Changes, Label, Nature, Objects, compare
from virgem.modules.codes import problem
from virgem.modules.estate.loader import SourceFiles
from virgem.modules.estate.model import Estate
from virgem.modules.estate.validation import Validated, apply_waivers, validate
from virgem.modules.problem import Mark, Problem, ProblemsFound, Severity, UserError
from virgem.network import lock as locks
from virgem.network.model import NetworkPlan
from virgem.network.plan import plan_network
from virgem.network.render import render_region, render_site
from virgem.network.summary import objects

LOCK = "estate.lock"
PLAN = "plan.json"
_LOCK_LIMIT = 64 * 2**20
_PLAN_LIMIT = 512 * 2**20
# What the plan finds only because of a mistake in the estate: pools that run out, when they are reserved as a whole.
_FOLLOWS = {"E611": "E405"}
# The NIS code that a site's key begins with.
_SITE = re.compile(r"\b\d{5}(?=/)")


@dataclass(frozen=True, slots=True, kw_only=True)
class Prepared:
    """An estate, its network plan and everything that is wrong with them; no plan where there are errors."""

    folder: Path
    estate: Estate | None
    plan: NetworkPlan | None
    lock: locks.Lock | None
    problems: tuple[Problem, ...]
    waived: tuple[Problem, ...]
    sources: SourceFiles

    @property
    def errors(self) -> int:
        """How many problems are errors."""
        return sum(problem.severity is Severity.ERROR for problem in self.problems)


@dataclass(frozen=True, slots=True, kw_only=True)
class Ready:
    """An estate without errors, with its plan and the lock to keep."""

    folder: Path
    estate: Estate
    plan: NetworkPlan
    lock: locks.Lock
    problems: tuple[Problem, ...]
    waived: tuple[Problem, ...]
    sources: SourceFiles


def ready(prepared: Prepared) -> Ready:
    """Return what has no errors, or refuse with their number."""
    if prepared.estate is None or prepared.plan is None or prepared.lock is None or prepared.errors:
        count = prepared.errors
        raise UserError(f"the estate has {count} error{'s' if count != 1 else ''}", "mend what is named above first")
    return Ready(
        folder=prepared.folder,
        estate=prepared.estate,
        plan=prepared.plan,
        lock=prepared.lock,
        problems=prepared.problems,
        waived=prepared.waived,
        sources=prepared.sources,
    )


def known_towns(plan: NetworkPlan, codes: Iterable[str]) -> tuple[str, ...]:
    """Return the NIS codes asked for; refuse one that is not in the plan."""
    known = {town.nis for town in plan.towns}
    for code in codes:
        if code not in known:
            raise UserError(
                f"no municipality with NIS code {code} in this estate", f"known: {', '.join(sorted(known))}"
            )
    return tuple(codes)


def prepare(folder: Path, as_of: datetime.date | None = None) -> Prepared:
    """Read, check and plan an estate; all problems of all phases that could run are in the result."""
    checked = validate(folder, as_of)
    if checked.estate is None:
        return _without_plan(folder, checked, ())
    try:
        data = _lock_bytes(folder)
        old = locks.parse(data, checked.estate.name) if data is not None else locks.EMPTY
    except ProblemsFound as found:
        return _without_plan(folder, checked, found.problems)
    planned = plan_network(checked.estate, old)
    told = {problem.code for problem in checked.problems}
    fresh = [problem for problem in planned.problems if _FOLLOWS.get(problem.code) not in told]
    left, waived = apply_waivers(fresh, checked.estate, as_of)
    problems = tuple(sorted({*checked.problems, *left}))
    failed = any(problem.severity is Severity.ERROR for problem in (*checked.problems, *planned.problems))
    return Prepared(
        folder=folder,
        estate=checked.estate,
        plan=None if failed else planned.plan,
        lock=planned.lock,
        problems=problems,
        waived=(*checked.waived, *waived),
        sources=checked.sources,
    )


def _lock_bytes(folder: Path) -> bytes | None:
    path = folder / LOCK
    if path.exists() and not path.is_file():
        message = f"{LOCK} is {'a folder' if path.is_dir() else 'a pipe, a socket or a device'}, here a file belongs"
        raise ProblemsFound([problem("E103", Mark(LOCK), message, "remove it or rename it")])
    return files.read_bytes(path, _LOCK_LIMIT)


def _without_plan(folder: Path, checked: Validated, more: tuple[Problem, ...]) -> Prepared:
    return Prepared(
        folder=folder,
        estate=checked.estate,
        plan=None,
        lock=None,
        problems=tuple(sorted({*checked.problems, *more})),
        waived=checked.waived,
        sources=checked.sources,
    )


def render(plan: NetworkPlan, only: Iterable[str] = ()) -> Mapping[str, bytes]:
    """Return every rendered file by its path under the folder of results; `only` names municipalities by NIS code."""
    wanted = set(only)
    texts = {
        f"{router.folder}/{name}": text.encode()
        for router in plan.routers
        if not wanted or router.town.nis in wanted
        for name, text in render_site(plan, router).items()
    }
    if not wanted:
        texts |= {f"network/region/{name}": text.encode() for name, text in render_region(plan).items()}
    return texts


def plan_document(plan: NetworkPlan) -> bytes:
    """Return the saved form of a plan: every object by kind and key, sorted, the same bytes for the same plan."""
    body = {"apiVersion": "virgem/v1", "kind": "Plan", "estate": plan.estate, "objects": objects(plan)}
    return (json.dumps(body, indent=1, sort_keys=True, ensure_ascii=False) + "\n").encode()


def saved_objects(output: Path, estate: str) -> Objects:
    """Return the objects of the last plan in this folder, none when there is none; refuse another estate's."""
    data = files.read_bytes(output / PLAN, _PLAN_LIMIT)
    if data is None:
        return {}
    hint = "choose another folder with -o, or remove this one"
    try:
        saved = json.loads(data)
        owner, found = saved["estate"], saved["objects"]
        fields = (texts for kept in found.values() for texts in kept.values())
        sound = all(isinstance(text, str) for texts in fields for text in texts.values())
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError) as error:
        raise UserError(f"{output / PLAN} is no saved plan", hint) from error
    if not sound:
        raise UserError(f"{output / PLAN} is no saved plan", hint)
    if owner != estate:
        raise UserError(f"{output} holds the plan of the estate {owner!r}, not of {estate!r}", hint)
    return cast(Objects, found)


def changes(plan: NetworkPlan, output: Path) -> Changes:
    """Return what differs from the last plan in the folder of results."""
    old, new = saved_objects(output, plan.estate), objects(plan)
    return compare(old, new, Nature(label=_labels(old, new)))


def _labels(*plans: Objects) -> Callable[[str, str], Label]:
    """Return how people know an object: its site with the municipality's name, where its key has the NIS code."""
    names = {nis: town.get("name", nis) for plan in plans for nis, town in plan.get("municipality", {}).items()}

    def label(kind: str, key: str) -> Label:
        if kind == "municipality":
            return Label(kind=kind, name=names.get(key, key))
        readable = _SITE.sub(lambda found: names.get(found[0], found[0]), key)
        place, _, name = (
            re.sub("[:~]", " ", readable, count=1).partition(" ") if _SITE.match(key) else ("", "", readable)
        )
        return Label(kind=kind, name=name or place, place=place if name else "")

    return label


def outdated(plan: NetworkPlan, output: Path, only: Iterable[str] = ()) -> int:
    """Return how many rendered files are not in the folder of results as they should be; writes nothing."""
    rendered = render(plan, only)
    return sum(files.read_bytes(output / name, _PLAN_LIMIT) != data for name, data in rendered.items())


def write(prepared: Ready, output: Path, only: Iterable[str] = ()) -> files.Written:
    """Bring the folder of results and the lock up to date; the saved plan comes last, it says the rest is there."""
    wanted = tuple(only)
    towns = {r.town_folder for r in prepared.plan.routers if r.town.nis in wanted}
    rendered = render(prepared.plan, wanted)
    written = files.write_tree(output, rendered, tuple(sorted(towns)) or ("network/",))
    files.write_atomic(prepared.folder / LOCK, locks.dump(prepared.lock))
    files.write_atomic(output / PLAN, plan_document(prepared.plan))
    return written


def counts(ready: Ready) -> Mapping[str, int]:
    """Return how much there is of what, for summaries."""
    return {
        "municipalities": len(ready.plan.towns),
        "sites": len(ready.plan.routers),
        "zones": sum(len(router.zones) for router in ready.plan.routers),
        "links": len(ready.plan.links),
        "devices": len(ready.estate.devices),
        "findings": len(ready.problems),
        "waived": len(ready.waived),
    }
