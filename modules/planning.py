"""From an estate's folder to its plan and rendered files: the way that every verb walks.

`prepare` reads and plans, `render` makes text, `write` brings a folder of results up to date. Only the first and the
last touch the disk.
"""

from __future__ import annotations

import datetime
import json
import re
from collections.abc import Callable, Container, Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, replace
from functools import partial
from itertools import chain
from pathlib import Path
from typing import TYPE_CHECKING, cast

from virgem.modules import collector, files
from virgem.modules.changes import Changes, Fields, Label, Nature, Objects, compare
from virgem.modules.cloud.limits import over_quota
from virgem.modules.cloud.room import crowded
from virgem.modules.cloud.shortage import short
from virgem.modules.codes import problem
from virgem.modules.estate.checks.unread import ALL, unread
from virgem.modules.estate.loader import Loaded, SourceFiles, load, read_folder
from virgem.modules.estate.model import Estate
from virgem.modules.estate.scalars import Prefix4, Prefix6
from virgem.modules.estate.validation import apply_waivers, judge, sound
from virgem.modules.problem import Mark, Problem, ProblemsFound, Severity, UserError
from virgem.modules.workers import both, processors
from virgem.network import lock as locks
from virgem.network.model import NetworkPlan, RouterPlan
from virgem.network.plan import plan_network
from virgem.network.render import render_region, render_site
from virgem.network.summary import objects

if TYPE_CHECKING:
    from virgem.modules.cloud.model import CloudPlan

LOCK = "estate.lock"
PLAN = "plan.json"
_LOCK_LIMIT = 64 * 2**20
_PLAN_LIMIT = 512 * 2**20
# The fields of objects in the saved plan that hold numbers and addresses; the ends of links name interfaces too.
_NUMBERS = frozenset({"a", "asn", "b", "ipv4", "ipv6", "loopback4", "loopback6", "table", "vlan", "vni"})
# What the plan finds only because of a mistake in the estate: pools that run out, when they are reserved as a whole.
_FOLLOWS = {"E611": "E405"}
# The part of the text without which problems cannot be told, by how their codes begin.
_JUDGED_BY = (("E602", "name"), ("E60", "pools"), ("E61", "pools"), ("E7", "quotas"), ("E787", "datacentres"))
# What a waiver may name beside the id of a policy.
_RULE_CODE = re.compile(r"[EW]\d{3}")
# The NIS code that a site's key begins with.
_SITE = re.compile(r"\b\d{5}(?=/)")


@dataclass(frozen=True, slots=True, kw_only=True)
class Prepared:
    """An estate, its network plan and everything that is wrong with them; no plan where there are errors."""

    folder: Path
    estate: Estate | None
    plan: NetworkPlan | None
    lock: locks.Lock | None
    afresh: bool  # there was no lock: all numbers are given anew
    problems: tuple[Problem, ...]
    waived: tuple[Problem, ...]
    sources: SourceFiles
    renamed_from: str = ""

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
    afresh: bool = False
    problems: tuple[Problem, ...]
    waived: tuple[Problem, ...]
    sources: SourceFiles
    renamed_from: str = ""

    @property
    def names(self) -> tuple[str, ...]:
        """The name of the estate and the one it had before."""
        return (self.plan.estate, self.renamed_from) if self.renamed_from else (self.plan.estate,)


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
        afresh=prepared.afresh,
        problems=prepared.problems,
        waived=prepared.waived,
        sources=prepared.sources,
        renamed_from=prepared.renamed_from,
    )


def default_output(estate: Estate) -> Path:
    """Return the folder for results where none was named."""
    return Path("build") / estate.name


def known_towns(plan: NetworkPlan, codes: Iterable[str]) -> tuple[str, ...]:
    """Return the NIS codes asked for; refuse one that is not in the plan."""
    known = {town.nis for town in plan.towns}
    for code in codes:
        if code not in known:
            raise UserError(
                f"no municipality with NIS code {code} in this estate", f"known: {', '.join(sorted(known))}"
            )
    return tuple(codes)


@collector.paused()
def prepare(folder: Path, as_of: datetime.date | None = None, renamed_from: str = "") -> Prepared:
    """Read, check and plan an estate; all problems of all phases that could run are in the result.

    `renamed_from`: the name that the estate had before, whose numbers it keeps.
    """
    loaded = load(read_folder(folder))
    estate = sound(loaded)
    # Neither needs the other, and what is found wrong is little to hand back.
    numbering = (
        partial(_numbered, folder, estate, renamed_from)
        if estate
        else partial(_attempted, folder, loaded, renamed_from)
    )
    numbered, (found, waived) = both(numbering, partial(judge, loaded, as_of))
    told = {problem.code for problem in found}
    fresh = [problem for problem in numbered.problems if _FOLLOWS.get(problem.code) not in told]
    fresh += _of_waivers(estate) if estate else ()
    left, also_waived = apply_waivers(fresh, loaded.estate, as_of) if loaded.estate else ((), ())
    problems = tuple(sorted({*found, *left}))
    failed = any(problem.severity is Severity.ERROR for problem in problems)
    return Prepared(
        folder=folder,
        estate=estate,
        plan=None if failed else numbered.plan,
        lock=numbered.lock,
        afresh=numbered.afresh,
        problems=problems,
        waived=(*waived, *also_waived),
        sources=loaded.sources,
        renamed_from=renamed_from,
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class _Numbered:
    """A plan with its lock and what was found wrong on the way; neither where the estate or its lock cannot be read."""

    plan: NetworkPlan | None = None
    lock: locks.Lock | None = None
    afresh: bool = False
    problems: tuple[Problem, ...] = ()


def _attempted(folder: Path, loaded: Loaded, renamed_from: str) -> _Numbered:
    """Return the errors found when an estate whose text has others is numbered without what those are about.

    What is left out can only make less be needed, so what does not fit then does not fit at all.
    """
    if loaded.estate is None or ALL in (broken := unread(loaded.problems, loaded.estate)):
        return _Numbered()
    refused = {problem.mark for problem in loaded.problems}
    found = _numbered(folder, loaded.estate, renamed_from).problems
    return _Numbered(problems=tuple(p for p in found if p.mark not in refused and _can_be_told(p, broken)))


def _can_be_told(found: Problem, broken: frozenset[str]) -> bool:
    judged_by = {part for begin, part in _JUDGED_BY if found.code.startswith(begin)}
    return found.severity is Severity.ERROR and not judged_by & broken


def _numbered(folder: Path, estate: Estate, renamed_from: str) -> _Numbered:
    try:
        data = _lock_bytes(folder / LOCK)
        old = locks.parse(data, estate.name, renamed_from) if data is not None else locks.EMPTY
    except ProblemsFound as found:
        return _Numbered(problems=(*found.problems, *_beyond(estate, _with_ample_pools(estate))))
    planned = plan_network(estate, old)
    beyond = _beyond(estate, planned.plan or _with_ample_pools(estate))
    return _Numbered(plan=planned.plan, lock=planned.lock, afresh=data is None, problems=(*planned.problems, *beyond))


def _with_ample_pools(estate: Estate) -> NetworkPlan | None:
    """Return a plan to judge the rest by where the estate's own numbers cannot be given."""
    ample = replace(estate.pools, ipv4=(Prefix4("10.0.0.0/8"),), ipv6=(Prefix6("fc00::/7"),), reserved=())
    return plan_network(replace(estate, pools=ample), locks.EMPTY).plan


def _of_waivers(estate: Estate) -> Iterator[Problem]:
    """Yield the waivers of policies that do not exist; the policies are only loaded where one is waived."""
    if any(not _RULE_CODE.fullmatch(waiver.rule) for waiver in estate.waivers):
        from virgem.modules.governance.judging import unknown_policies

        yield from unknown_policies(estate)


def _beyond(estate: Estate, plan: NetworkPlan | None) -> Iterator[Problem]:
    """Yield what the cloud would refuse half-way, and what its hosts do not carry."""
    if plan is None:
        return
    yield from over_quota(estate, plan)
    yield from crowded(estate, plan)
    yield from short(estate, plan)


def _lock_bytes(file: Path) -> bytes | None:
    """Return the bytes of the lock, None where there is none; refuse what is no file of its own."""
    if file.is_symlink():
        text = f"{LOCK} is a link, which a plan would replace and not follow"
        raise ProblemsFound([problem("E101", Mark(LOCK), text, "put the file itself here")])
    if file.exists() and not file.is_file():
        text = f"{LOCK} is {'a folder' if file.is_dir() else 'a pipe, a socket or a device'}, here a file belongs"
        raise ProblemsFound([problem("E103", Mark(LOCK), text, "remove it or rename it")])
    return files.read_bytes(file, _LOCK_LIMIT)


def render(plan: NetworkPlan, only: Iterable[str] = ()) -> Mapping[str, bytes]:
    """Return every rendered file by its path under the folder of results; `only` names municipalities by NIS code."""
    return dict(chain.from_iterable(_shares(plan, tuple(only), 1)))


def _shares(plan: NetworkPlan, only: tuple[str, ...], count: int) -> list[Iterator[tuple[str, bytes]]]:
    """Return the rendered files as so many shares of about the same work, each rendered while it is walked.

    Whole municipalities, because the files of one have text in common, which is then made once.
    """
    towns = sorted(town.nis for town in plan.towns if not only or town.nis in only)
    shares = [_render_towns(plan, frozenset(towns[number::count])) for number in range(count)]
    return shares if only else [chain(_render_region(plan), shares[0]), *shares[1:]]


def _render_towns(plan: NetworkPlan, towns: Container[str]) -> Iterator[tuple[str, bytes]]:
    for router in plan.routers:
        if router.town.nis in towns:
            for name, text in render_site(plan, router).items():
                yield f"{router.folder}/{name}", text.encode()


def _render_region(plan: NetworkPlan) -> Iterator[tuple[str, bytes]]:
    for name, text in render_region(plan).items():
        yield f"network/region/{name}", text.encode()


def plan_document(estate: str, written: Objects) -> bytes:
    """Return the saved form of a plan: every object by kind and key, sorted, the same bytes for the same plan."""
    kinds = {_text(kind): _kind_lines(kept) for kind, kept in sorted(written.items())}
    listed = ",\n".join(f"  {kind}: {lines}" for kind, lines in kinds.items())
    head = f'{{\n "apiVersion": "virgem/v1",\n "estate": {_text(estate)},\n "kind": "Plan",\n "objects": '
    return (head + (f"{{\n{listed}\n }}" if listed else "{}") + "\n}\n").encode()


# json.dumps with an indent never uses its C part, and a large plan has half a million texts.
_text = json.JSONEncoder(ensure_ascii=False).encode


def _kind_lines(kept: Mapping[str, Fields]) -> str:
    found = ",\n".join(f"   {_text(key)}: {_field_lines(fields)}" for key, fields in sorted(kept.items()))
    return f"{{\n{found}\n  }}" if found else "{}"


def _field_lines(fields: Fields) -> str:
    found = ",\n".join([f"    {_text(name)}: {_text(text)}" for name, text in sorted(fields.items())])
    return f"{{\n{found}\n   }}" if found else "{}"


def saved_objects(output: Path, names: tuple[str, ...]) -> Objects:
    """Return the objects of the last plan in this folder, none when there is none; refuse another estate's.

    `names` are those of the estate, its own first.
    """
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
    if owner not in names:
        raise UserError(f"{output} holds the plan of the estate {owner!r}, not of {names[0]!r}", hint)
    return cast(Objects, found)


@collector.paused()
def changes(prepared: Ready, output: Path, only: Iterable[str] = ()) -> Changes:
    """Return what a write would change since the last plan in the folder of results."""
    plan = prepared.plan
    old = saved_objects(output, prepared.names)
    # A lock that was lost would be written anew for all, whatever is rendered.
    new = _written(old, plan, () if prepared.afresh and old else tuple(only))
    missing = LOCK if prepared.afresh else ""
    return compare(old, new, Nature(label=_labels(old, new), moves=_moves, missing=missing))


def _moves(kind: str, fields: frozenset[str]) -> bool:
    return bool(fields & _NUMBERS)


def _labels(*plans: Objects) -> Callable[[str, str], Label]:
    """Return how people know an object: its site with the municipality's name, where its key has the NIS code."""
    names = {nis: town.get("name", nis) for plan in plans for nis, town in plan.get("municipality", {}).items()}

    def label(kind: str, key: str) -> Label:
        if key in names:
            return Label(kind=kind, name=names[key])
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


def unlike(plan: NetworkPlan, output: Path) -> Mapping[str, str]:
    """Return the routers whose files in the folder of results are not those of the plan, and what is amiss there."""
    found = {router.name: _amiss(plan, router, output / router.folder) for router in plan.routers}
    return {name: why for name, why in found.items() if why}


def _amiss(plan: NetworkPlan, router: RouterPlan, folder: Path) -> str:
    there = {path.relative_to(folder).as_posix(): path for path in folder.rglob("*") if path.is_file()}
    if not there:
        return f"{folder} is not there"
    planned = {name: text.encode() for name, text in render_site(plan, router).items()}
    read = {name: files.read_bytes(path, _PLAN_LIMIT) for name, path in there.items()}
    if strays := sorted(read.keys() - planned.keys()):
        return (
            f"{folder} holds {', '.join(strays)}, which the plan has not: plan again, then remove what is left of them"
        )
    other = sorted(name for name, data in planned.items() if read.get(name) != data)
    return f"{folder} is not as the estate plans it: {', '.join(other)}" if other else ""


def waiting(prepared: Ready, output: Path, only: Iterable[str]) -> int:
    """Return how many changes a write of some municipalities leaves for the next write of all."""
    saved = saved_objects(output, prepared.names)
    return len(compare(_written(saved, prepared.plan, tuple(only)), objects(prepared.plan)).items)


def _written(saved: Objects, plan: NetworkPlan, only: tuple[str, ...]) -> Objects:
    """Return the objects as the files will tell them: those of the towns written as planned, all others as they were.

    What stands in files of other towns or of the region too, such as a link to another town, is not wholly written.
    """
    if not only:
        return objects(plan)
    names = frozenset(name for town in plan.towns if town.nis in only for name in (town.nis, town.id))
    old = {kind: {k: o for k, o in kept.items() if not _within(kind, k, o, names)} for kind, kept in saved.items()}
    new = {kind: {k: o for k, o in all_.items() if _within(kind, k, o, names)} for kind, all_ in objects(plan).items()}
    return {kind: {**old.get(kind, {}), **new.get(kind, {})} for kind in {*old, *new}}


def _within(kind: str, key: str, fields: Fields, towns: Container[str]) -> bool:
    """Tell whether the files of these municipalities alone hold an object; `towns` are NIS codes and names."""
    match kind:
        case "municipality":
            return key in towns
        case "router" | "zone":
            return key.partition("/")[0] in towns
        case "link":
            return all(fields.get(end, "").partition("/")[0] in towns for end in ("a", "b"))
        case _:
            return False


@collector.paused()
def write(prepared: Ready, output: Path, only: Iterable[str] = ()) -> files.Written:
    """Bring the lock and the folder of results up to date, in the one order that is safe to be stopped in.

    First the lock: one that is newer than the results only keeps numbers for them, but results with numbers that nobody
    kept would be numbered otherwise by the next plan. The lock is always whole. The saved plan comes last: it says that
    the rest is there.
    """
    plan, wanted = prepared.plan, tuple(only)
    towns = {r.town_folder for r in plan.routers if r.town.nis in wanted}
    kept = _written(saved_objects(output, prepared.names), plan, wanted) if wanted else objects(plan)
    shares = _shares(plan, wanted, processors())
    with _telling("; nothing was written, as results never run ahead of the lock"):
        files.write_atomic(prepared.folder / LOCK, locks.dump(prepared.lock))
    with _telling(f"; {LOCK} was written before, which moves nothing"):
        written = files.write_shares(output, shares, tuple(sorted(towns)) or ("network/",))
    with _telling(f"; {LOCK} and the files under {output} were written before, so plan again to save the plan too"):
        files.write_atomic(output / PLAN, plan_document(plan.estate, kept))
    return written


@dataclass(frozen=True, slots=True, kw_only=True)
class Proof:
    """What was read back and found to be exactly the matrix; `idle` are registered flows that others allow already."""

    firewalls: int
    servers: int
    idle: tuple[str, ...]


@collector.paused()
def prove(prepared: Ready) -> Proof:
    """Read back every firewall and security group; refuse unless they let pass exactly the matrix of flows."""
    # Every command plans, few prove: what only this needs is loaded here.
    from virgem.modules.cloud.plan import cloud_plan
    from virgem.network.enforcement.flows import idle

    plan, cloud = prepared.plan, cloud_plan(prepared.estate, prepared.plan)
    wrong = [told for found in both(partial(_firewalls, plan), partial(_groups, plan, cloud)) for told in found]
    if wrong:
        more = f", and {len(wrong) - 1} more" if wrong[1:] else ""
        hint = "nothing was written; this is a mistake in virgem, not in the estate: please report it"
        raise UserError(f"{wrong[0]}{more}", hint)
    return Proof(
        firewalls=len(plan.routers),
        servers=sum(len(stack.servers) for stack in cloud.tenants),
        idle=tuple(map(str, idle(plan))),
    )


def _firewalls(plan: NetworkPlan) -> list[str]:
    from virgem.network.enforcement.compare import differences

    return [str(found) for found in differences(plan, plan.routers)]


def _groups(plan: NetworkPlan, cloud: CloudPlan) -> list[str]:
    from virgem.modules.cloud.enforcement import Groups

    groups = Groups(plan)
    return [str(found) for stack in cloud.tenants for found in groups.divergences(stack)]


@contextmanager
def _telling(what: str) -> Iterator[None]:
    """Add to a refusal what was written before it."""
    try:
        yield
    except UserError as refused:
        raise UserError(refused.message, f"{refused.hint}{what}".removeprefix("; ")) from refused


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
