"""Carries the cloud plan out on a real cloud: which stacks are opened, in which order, and what came of it."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial
from types import MappingProxyType

from keystoneauth1.exceptions import ClientException

from virgem.modules import files
from virgem.modules.changes import Change, Changes
from virgem.modules.cloud import previewing
from virgem.modules.cloud.changes import of_steps
from virgem.modules.cloud.credentials import Credential, credential
from virgem.modules.cloud.engine import applied, faults, place, programs, running, strays, workers
from virgem.modules.cloud.engine.access import Access
from virgem.modules.cloud.engine.finding import Finder
from virgem.modules.cloud.engine.place import Place
from virgem.modules.cloud.engine.running import Engine, Order, Outcome
from virgem.modules.cloud.engine.steps import Fault, Step
from virgem.modules.cloud.model import CloudPlan
from virgem.modules.cloud.names import data_stack
from virgem.modules.cloud.preview import Preview, StackPreview, dump, merged, parsed
from virgem.modules.cloud.previewing import Program
from virgem.modules.cloud.removal import Removal, removals
from virgem.modules.problem import UserError
from virgem.network.model import SHARED

Report = Callable[[str], None]
# How many stacks are worked on at a time where nobody says so.
AT_ONCE = 4
# What programs declared the last time, in the folder of this machine.
DECLARED = "declared.json"
_LIMIT = 2**30


@dataclass(frozen=True, slots=True, kw_only=True)
class Site:
    """A cloud plan, its programs, where its state lies, the engine, and the cloud it is carried out on."""

    cloud: CloudPlan
    program: Program
    where: Place
    engine: Engine
    access: Access
    bound: int = AT_ONCE
    every: bool = False  # open also stacks whose inputs are as they were applied
    shared: frozenset[str] = frozenset()  # the stacks that a state elsewhere holds (see store)
    report: Report = field(default=lambda text: None)
    load: Callable[[], None] = field(default=lambda: None)  # loads what programs use, before processes are forked

    def tenant_of(self) -> Mapping[str, str]:
        """Return the tenant of every stack of the plan and of the state."""
        left = {name: name.partition("-")[2] for name in leftovers(self)}
        return {**left, **self.cloud.tenant_of}


def engine(where: Place, access: Access) -> Engine:
    """Return the engine that is used; UserError when a program is missing."""
    found = {program.name: programs.find(program) for program in programs.programs()[:2]}
    lacking = [name for name, there in found.items() if there is None]
    if lacking:
        raise UserError(f"{' and '.join(lacking)} not found", "virgem engine install")
    there = [item for item in found.values() if item]
    return Engine(
        path=there[0].path,
        version=there[0].version,
        variables=place.variables(where, tuple(item.path for item in there)),
        access=access.variables(),
    )


# ---- which stacks


def removed(site: Site, changes: Changes) -> tuple[Removal, ...]:
    """Return the whole tenants that changes take away."""
    left = set(leftovers(site))
    return removals(changes, {name: tenant for name, tenant in site.tenant_of().items() if name in left})


def needed(stack: str) -> tuple[str, ...]:
    """Return the stacks that a stack stands on: it takes their outputs."""
    kind, _, nis = stack.partition("-")
    if kind == "tenant":
        return SHARED, data_stack(nis)
    services = data_stack(SHARED)
    return () if stack == SHARED else (SHARED,) if stack == services else (SHARED, services)


def leftovers(site: Site) -> tuple[str, ...]:
    """Return stacks of tenants that the estate no longer has, the applications before the data."""
    names = {name for name in _held(site) if "-" in name}
    return tuple(sorted((n for n in names if n not in site.cloud.tenant_of), reverse=True))


def _held(site: Site) -> frozenset[str]:
    """Return the stacks of which there is a state."""
    if not site.where.in_files:
        return site.shared
    return frozenset(path.name.partition(".")[0] for path in site.where.stacks.glob("*.json*"))


def chosen(site: Site, tenants: Sequence[str] | None) -> tuple[str, ...]:
    """Return the stacks of these tenants, of the plan and left over; all when none is named."""
    left = leftovers(site)
    if not tenants:
        return (*site.cloud.stacks, *left)
    gone = {name for name in left if name.partition("-")[2] in tenants}
    known = [nis for nis in tenants if nis not in {name.partition("-")[2] for name in gone}]
    return (*(previewing.chosen(site.cloud, known) if known else ()), *(name for name in left if name in gone))


def inputs(site: Site, stack: str) -> str:
    """Return a digest of all that decides what a stack becomes: plan, code, cloud, outputs of what it stands on."""
    foundations = {}
    for name in needed(stack):
        known = applied.read(site.where, name)
        foundations[name] = _taken(stack, name, known.outputs) if known else None
    return applied.digest(previewing.digest(site.cloud, stack), site.access.url, foundations)


def _taken(stack: str, foundation: str, outputs: Mapping[str, object]) -> Mapping[str, object]:
    """Return the outputs that a stack takes of one it stands on."""
    if foundation == data_stack(SHARED) and stack.startswith("data-"):
        return {"project": outputs.get("project")}
    return outputs


def unchanged(site: Site, stack: str) -> applied.Applied | None:
    """Return what was applied of a stack whose inputs are still the same, None when it must be opened."""
    known = applied.read(site.where, stack)
    if known is None or site.every or stack not in site.cloud.tenant_of:
        return None
    return known if known.inputs == inputs(site, stack) else None


# ---- what would be done


def preview(site: Site, names: Sequence[str]) -> Changes:
    """Return what `up` would do, as the engine and the provider foresee it."""
    kept = {name: known.counts for name in names if (known := unchanged(site, name))}
    asked = [name for name in names if name not in kept]
    return of_steps(_foreseen(site, asked), kept, site.tenant_of())


def foresee(site: Site, names: Sequence[str]) -> Changes:
    """Return the same for a person who is about to apply: a stack that was never made is only created.

    Its program says what it creates; the engine is asked about stacks that hold something already.
    """
    kept = {name: known.counts for name in names if (known := unchanged(site, name))}
    fresh = [name for name in names if name in site.cloud.tenant_of and not _was_made(site, name)]
    asked = [name for name in names if name not in kept and name not in fresh]
    made = declared(site, fresh).stacks if fresh else ()
    steps = {stack.name: _created(stack) for stack in made} | _foreseen(site, asked)
    return of_steps(steps, kept, site.tenant_of())


def declared(site: Site, names: Sequence[str]) -> Preview:
    """Return what the programs of these stacks declare, whether it is applied already or not; the cloud is not asked.

    What has not changed since the last time is read back: it would come out the same.
    """
    file, wanted = site.where.folder / DECLARED, [name for name in names if name in site.cloud.tenant_of]
    old = parsed(files.read_bytes(file, _LIMIT), site.cloud.estate)
    found = previewing.run(site.cloud, wanted, site.program, old=old, load=site.load)
    files.write_atomic(file, dump(merged(found, old)))
    return found


def _was_made(site: Site, stack: str) -> bool:
    return running.holds(site.where, stack) if site.where.in_files else stack in site.shared


def _all_made(site: Site) -> list[str]:
    """Return the stacks that hold something, of the plan and left over."""
    return [name for name in (*site.cloud.stacks, *leftovers(site)) if _was_made(site, name)]


def _created(stack: StackPreview) -> tuple[Step, ...]:
    return tuple(
        Step(
            action="create",
            urn=resource.urn,
            type=resource.type,
            protect=resource.protect,
            existed=False,
            fields=tuple((name, "", value) for name, value in sorted(resource.inputs.items())),
        )
        for resource in stack.resources
        if resource.in_cloud
    )


def _foreseen(site: Site, names: Sequence[str]) -> dict[str, Sequence[Step]]:
    whats = {name: "preview" if name in site.cloud.tenant_of else "unmake" for name in names}
    found = list(_run(site, whats | _empty(site, names), lambda name: True))
    _check(site, found)
    return {outcome.stack: outcome.steps for outcome in found if outcome.stack in whats}


def _empty(site: Site, names: Sequence[str]) -> dict[str, str]:
    """Return the orders to make what these stacks refer to: it must be there, and may be empty."""
    wanted = {need for name in names for need in needed(name)} - set(names)
    return {need: "make" for need in wanted if not site.where.in_files or not running.exists(site.where, need)}


def destructible(site: Site, names: Sequence[str], *, applications: bool) -> tuple[str, ...]:
    """Return the stacks that can be taken away; UserError where others would stand on nothing."""
    wanted = tuple(name for name in names if name.startswith("tenant-") or not applications)
    for name in {*site.cloud.stacks, *leftovers(site)} - set(wanted):
        under = set(needed(name)) & set(wanted)
        if under and _was_made(site, name):
            raise UserError(f"{', '.join(sorted(under))} cannot go: {name} stands on it", f"take {name} away first")
    return wanted


def undeclared(site: Site, names: Sequence[str]) -> Changes:
    """Return what lies in the projects of these stacks' tenants and no stack declares.

    Nothing of a tenant of which something was interrupted: what is its own is known once that is picked up again.
    """
    found = list(_run(site, dict.fromkeys(_all_made(site), "list"), lambda name: True))
    _check(site, found)
    of = site.tenant_of()
    meant = {of[name] for name in names} - {of[outcome.stack] for outcome in found if outcome.interrupted}
    return of_steps({stack: steps for stack, steps in _strays(site, found).items() if of[stack] in meant}, {}, of)


def destruction(site: Site, names: Sequence[str]) -> Changes:
    """Return what `destroy` would take."""
    there = [name for name in names if _was_made(site, name)]
    found = list(_run(site, dict.fromkeys(there, "unmake"), lambda name: True, reverse=True))
    _check(site, found)
    return of_steps({outcome.stack: outcome.steps for outcome in found}, {}, site.tenant_of())


def drift(site: Site, names: Sequence[str]) -> Changes:
    """Return what the cloud has become since it was applied, also what others put into the tenants' projects."""
    # Objects of one tenant may lie in the project of another, so the others' are known by their states.
    whats = {name: "drift" if name in names else "list" for name in _all_made(site)}
    found = list(_run(site, whats, lambda name: True))
    _check(site, found)
    steps: dict[str, Sequence[Step]] = {outcome.stack: outcome.steps for outcome in found if outcome.stack in names}
    for stack, more in _strays(site, found).items():
        if stack in steps:
            steps[stack] = (*steps[stack], *more)
    return of_steps(steps, {}, site.tenant_of())


def _strays(site: Site, found: Sequence[Outcome]) -> dict[str, tuple[Step, ...]]:
    """Return what lies in the project that each stack makes and no stack declares."""
    known = frozenset().union(*(outcome.ids for outcome in found))
    projects = {outcome.stack: outcome.project for outcome in found if outcome.project}
    if not projects:
        return {}
    try:
        rows = Finder(site.access.variables()).rows
        return {stack: tuple(strays.strays(rows, project, known, stack)) for stack, project in projects.items()}
    except ClientException as error:
        raise UserError(f"the cloud at {site.access.url} cannot be searched: {error}", "run it again") from error


# ---- what is done


def up(site: Site, names: Sequence[str]) -> Changes:
    """Make the cloud what the plan says; stacks of tenants that the estate no longer has are taken away."""
    _check_foundations(site, names)
    whats = {name: "up" if name in site.cloud.tenant_of else "destroy" for name in names}
    digests: dict[str, str] = {}
    kept: dict[str, Mapping[str, int]] = {}

    def begin(name: str) -> bool:
        if known := unchanged(site, name):
            kept[name] = known.counts
            return False
        digests[name] = inputs(site, name) if name in site.cloud.tenant_of else ""
        applied.forget(site.where, name)
        return True

    found = []
    for outcome in _run(site, whats, begin):
        found.append(outcome)
        if not outcome.faults and whats[outcome.stack] == "up":
            _note(site, outcome, digests[outcome.stack])
    _check(site, found)
    return of_steps({outcome.stack: outcome.steps for outcome in found}, kept, site.tenant_of())


def _note(site: Site, outcome: Outcome, inputs_then: str) -> None:
    known = applied.Applied(inputs=inputs_then, outputs=outcome.outputs, counts=applied.counts(outcome.steps))
    applied.write(site.where, outcome.stack, known)


def _check_foundations(site: Site, names: Sequence[str]) -> None:
    wanted = {need for name in names for need in needed(name)} - set(names)
    absent = sorted(name for name in wanted if not _was_made(site, name))
    if absent:
        raise UserError(
            f"{', '.join(absent)}: what the tenants stand on was never applied", "add the tenant `shared` to --tenant"
        )


def refresh(site: Site, names: Sequence[str], only: Mapping[str, Sequence[str]] = MappingProxyType({})) -> Changes:
    """Take what the cloud has become into the state; nothing in the cloud changes.

    `only`: no more than these objects of a stack, by URN.
    """
    there = [name for name in names if _was_made(site, name)]
    for name in there:
        applied.forget(site.where, name)
    found = list(_run(site, dict.fromkeys(there, "refresh"), lambda name: True, only=only))
    for outcome in found:
        if not outcome.faults:
            applied.note_moved(site.where, outcome.stack, ())
    _check(site, found)
    return of_steps({outcome.stack: outcome.steps for outcome in found}, {}, site.tenant_of())


def note_moved(site: Site, names: Sequence[str], found: Iterable[Change]) -> None:
    """Note what others changed of what these stacks declare, so that `up` takes it in and mends it."""
    urns: dict[str, list[str]] = {name: [] for name in names}
    for change in found:
        # What no stack declares has no URN to look at again.
        if change.action != "create":
            urns[change.label.place].append(change.key)
    for name, wanted in urns.items():
        applied.note_moved(site.where, name, wanted)


def moved(site: Site, names: Sequence[str]) -> Mapping[str, Sequence[str]]:
    """Return what others were seen to have changed of these stacks and nobody took in since, by URN."""
    found = {name: applied.moved(site.where, name) for name in names if _was_made(site, name)}
    return {name: urns for name, urns in found.items() if urns}


def take_in(site: Site, names: Sequence[str]) -> Changes:
    """Take into the state what these stacks declare, do not hold and the cloud has; nothing in the cloud changes."""
    whats = {name: "import" for name in names if name in site.cloud.tenant_of}
    for name in whats:
        applied.forget(site.where, name)
    found = list(_run(site, whats | _empty(site, tuple(whats)), lambda name: True))
    _check(site, found)
    return of_steps({outcome.stack: outcome.steps for outcome in found if outcome.stack in whats}, {}, site.tenant_of())


def destroy(site: Site, names: Sequence[str]) -> Changes:
    """Take away all that these stacks hold, applications before what they stand on."""
    there = [name for name in names if _was_made(site, name)]
    for name in there:
        applied.forget(site.where, name)
        applied.note_moved(site.where, name, ())
    found = list(_run(site, dict.fromkeys(there, "destroy"), lambda name: True, reverse=True))
    _check(site, found)
    return of_steps({outcome.stack: outcome.steps for outcome in found}, {}, site.tenant_of())


# ---- what is told


def credentials(site: Site, tenants: Sequence[str]) -> tuple[Credential, ...]:
    """Return the credential of each of these tenants (NIS codes or `shared`) that its own programs log in with.

    Raises UserError for a tenant whose lasting stack was never applied, or not since it has one.
    """
    stacks = [stack for stack in site.cloud.data if stack.nis in tenants]
    absent = [stack.name for stack in stacks if not _was_made(site, stack.name)]
    found = {} if absent else {o.stack: o for o in _run(site, {s.name: "tell" for s in stacks}, lambda name: True)}
    _check(site, list(found.values()))
    absent += [name for name, outcome in found.items() if not outcome.outputs.get("automation")]
    if absent:
        raise UserError(f"{', '.join(sorted(absent))}: no credential was made yet", "apply it: virgem cloud up")
    return tuple(
        credential(stack.nis, stack.project, site.access, found[stack.name].outputs["automation"]) for stack in stacks
    )


# ---- the run


def _run(
    site: Site,
    whats: Mapping[str, str],
    begin: Callable[[str], bool],
    *,
    reverse: bool = False,
    only: Mapping[str, Sequence[str]] = MappingProxyType({}),
) -> Iterator[Outcome]:
    """Yield the outcomes of these orders; `begin` may find that there is nothing to do.

    `only`: no more than these objects of a stack, by URN.
    """

    def make(name: str) -> Order | Outcome | None:
        if not begin(name):
            return None
        if holder := running.free(site.where, name):
            message = f"the stack is held by {holder}: currently locked by it"
            return Outcome(stack=name, faults=(Fault(urn="", message=message),))
        running.mend(site.where, name)
        program: Callable[[], None] = _nothing
        if name in site.cloud.tenant_of:
            site.load()
            program = partial(site.program, site.cloud, name)
        return Order(what=whats[name], stack=name, program=program, only=tuple(only.get(name, ())))

    def so_far(name: str, done: int) -> None:
        site.report(f"  {name}: {done} objects so far")

    ranks = order(site, whats, reverse=reverse)
    for outcome in workers.run_all(ranks, make, site.where, site.engine, site.bound, told=so_far):
        if whats[outcome.stack] not in ("list", "tell"):
            site.report(_told(whats[outcome.stack], outcome))
        yield outcome


def order(site: Site, names: Mapping[str, str], *, reverse: bool) -> dict[str, frozenset[str]]:
    """Return what each stack waits for: its foundations, or when all is taken away, what stands on it."""
    needs = {name: {need for need in needed(name) if need in names} for name in names}
    gone = {name for name in names if reverse or name not in site.cloud.tenant_of}
    return {
        name: frozenset({other for other in gone if name in needs[other]} if name in gone else needs[name] - gone)
        for name in names
    }


def _nothing() -> None:
    """Declare nothing: the program of a stack that is only taken away."""


def _told(what: str, outcome: Outcome) -> str:
    touched = sum(1 for step in outcome.steps if step.action)
    state = "failed" if outcome.faults else f"{touched} of {len(outcome.steps)} objects differ"
    if what == "import" and not outcome.faults:
        state = f"{touched} objects taken in"
    elif what in ("up", "destroy", "refresh") and not outcome.faults:
        state = f"{touched} of {len(outcome.steps)} objects changed"
    return f"  {outcome.stack}: {state}, {outcome.seconds:.1f} s"


def _check(site: Site, found: Sequence[Outcome]) -> None:
    if failure := faults.failed(found, site.tenant_of()):
        raise failure
