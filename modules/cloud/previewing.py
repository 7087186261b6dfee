"""The preview of an estate's cloud: run every program on the embedded engine and compare with the last saved plan."""

from __future__ import annotations

import hashlib
import multiprocessing
import os
import signal
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, replace
from functools import cache, partial
from importlib.metadata import version
from pathlib import Path

from virgem.modules.changes import Changes
from virgem.modules.cloud.changes import diff
from virgem.modules.cloud.engine.access import take_out
from virgem.modules.cloud.model import CloudPlan
from virgem.modules.cloud.plan import cloud_plan
from virgem.modules.cloud.preview import Preview, StackPreview, dump, merged, parse
from virgem.modules.estate.model import Estate
from virgem.modules.problem import UserError
from virgem.network.model import NetworkPlan

# Runs the program of one stack of the plan: `virgem.stacks.program.run`.
Program = Callable[[CloudPlan, str], None]

SAVED = "cloud/plan.json"  # under the folder of results
# Fewer stacks than this are not worth a second process.
FEW = 6


@dataclass(frozen=True, slots=True, kw_only=True)
class PreviewResult:
    """A preview, what differs from the saved one, and the bytes to save in its place."""

    preview: Preview
    changes: Changes
    document: bytes


def preview(
    estate: Estate,
    plan: NetworkPlan,
    saved: bytes | None,
    tenants: tuple[str, ...] | None = None,
    *,
    program: Program,
    load: Callable[[], None] = lambda: None,
    progress: Callable[[str, int, int], None] = lambda stack, done, total: None,
) -> PreviewResult:
    """Run the programs of all stacks, or of some tenants (NIS codes or `shared`), and compare with the saved preview.

    `saved` are the bytes of `SAVED`, None when there are none. Raises UserError: saved plan of another estate, unknown
    tenant, a program that fails (with its stack).
    """
    cloud = cloud_plan(estate, plan)
    old = parse(saved, estate.name) if saved is not None else None
    names = chosen(cloud, tenants)
    new = run(cloud, names, program, progress, old, load)
    compared = merged(new, old) if tenants else new
    return PreviewResult(preview=new, changes=diff(compared, old), document=dump(compared))


def chosen(cloud: CloudPlan, tenants: Iterable[str] | None) -> tuple[str, ...]:
    """Return the stacks of these tenants, all when there are none; raises UserError for a tenant without a stack."""
    wanted = set(tenants or ())
    unknown = sorted(wanted - set(cloud.tenant_of.values()))
    if unknown:
        hint = f"tenants with a share of the cloud: {', '.join(sorted(set(cloud.tenant_of.values())))}"
        raise UserError(f"no share of the cloud has {', '.join(unknown)}", hint)
    return tuple(stack for stack in cloud.stacks if not wanted or cloud.tenant_of[stack] in wanted)


def run(
    cloud: CloudPlan,
    names: Iterable[str],
    program: Program,
    progress: Callable[[str, int, int], None] = lambda stack, done, total: None,
    old: Preview | None = None,
    load: Callable[[], None] = lambda: None,
) -> Preview:
    """Run the programs of these stacks on the embedded engine, on all processors where there are many.

    `load` loads what programs use, for the processes that are forked then.

    A stack whose program and plan are those of the saved preview is taken from there: it would come out the same.
    """
    stacks = tuple(names)
    digests = {name: digest(cloud, name) for name in stacks}
    kept = {s.name: s for s in (old.stacks if old else ()) if s.source and s.source == digests.get(s.name)}
    asked = [name for name in stacks if name not in kept]
    found = dict(kept)
    for done, stack in enumerate(_previews(cloud, asked, program, load), 1):
        found[stack.name] = replace(stack, source=digests[stack.name])
        progress(stack.name, done, len(asked))
    ordered = tuple(found[name] for name in sorted(found))
    return Preview(estate=cloud.estate, stacks=ordered, tenant_of={name: cloud.tenant_of[name] for name in stacks})


def digest(cloud: CloudPlan, name: str) -> str:
    """Return what decides a stack's preview: its plan and the code that carries it out."""
    return hashlib.sha256(f"{_code()}\n{name}\n{cloud.stack(name)!r}".encode()).hexdigest()


@cache
def _code() -> str:
    """Return a digest over the components, the engine, the programs and the versions of the Pulumi packages."""
    here = Path(__file__).resolve().parent
    sources = sorted([*here.rglob("*.py"), *(here.parents[1] / "stacks").glob("*.py")])
    state = hashlib.sha256()
    for package in ("pulumi", "pulumi-openstack"):
        state.update(version(package).encode())
    for source in sources:
        state.update(source.read_bytes())
    return state.hexdigest()


def _previews(
    cloud: CloudPlan, names: Sequence[str], program: Program, load: Callable[[], None]
) -> Iterator[StackPreview]:
    processors = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else 1
    if processors == 1 or len(names) < FEW:
        yield from (_preview_one(cloud, program, name) for name in names)
        return
    # Forked, so that the plan and the loaded SDK are there at once; the engine opens no threads and no connections.
    _load_engine()
    load()
    pool = ProcessPoolExecutor(processors, multiprocessing.get_context("fork"), _begin, (cloud, program))
    try:
        yield from pool.map(_preview_begun, names)
    finally:
        pool.shutdown(cancel_futures=True)


# What a forked process works on: given once, not with every stack.
_begun: list[tuple[CloudPlan, Program]] = []


def _begin(cloud: CloudPlan, program: Program) -> None:
    # An interrupt is the parent's to tell.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    _begun[:] = [(cloud, program)]


def _preview_begun(name: str) -> StackPreview:
    return _preview_one(*_begun[0], name)


def _load_engine() -> None:
    from virgem.modules.cloud.engine import embedded

    assert embedded


def _preview_one(cloud: CloudPlan, program: Program, name: str) -> StackPreview:
    # Imported here: the Pulumi SDK takes most of a second, which no other verb should pay.
    from virgem.modules.cloud.engine.embedded import preview_stack

    with _without_access():
        return preview_stack(name, partial(program, cloud, name))


@contextmanager
def _without_access() -> Iterator[None]:
    """Hide the OS_* variables: the SDK takes cloud and region from them, but a preview is the same everywhere."""
    hidden = take_out()
    try:
        yield
    finally:
        os.environ.update(hidden)
