"""Runs the real engine on one stack, by the Automation API, in a process of its own (see workers)."""

from __future__ import annotations

import json
import os
import re
import signal
import socket
import time
from collections.abc import Callable, Iterable, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, cast

from pulumi.automation import Deployment, LocalWorkspace, Stack, UpdateSummary
from pulumi.automation._stack import StackInitMode
from pulumi.automation.errors import CommandError

from virgem.modules import files
from virgem.modules.cloud.engine import access, embedded, finding, locks, pending, strays, taking
from virgem.modules.cloud.engine.command import Command
from virgem.modules.cloud.engine.place import Place
from virgem.modules.cloud.engine.steps import Fault, Hearing, Step, deletions, plain, telling
from virgem.network.model import SHARED

# How many resources of one stack are worked on at a time: a control plane serves a few requests at once.
AT_ONCE = 4
_LAST_EVENT_SECONDS = 10
_LIMIT = 2**30
# The answers with which a service says that it did not do what was asked.
_REFUSED = re.compile(r"but got 4\d\d instead")
# Keystone says so of roles that it gave a moment ago, while roles of others are being given.
_LATE, _TRIES, _BETWEEN_SECONDS = "Cannot create an application credential with unassigned role", 4, 1
# By what a store of S3 knows a request again.
_NUMBERS = re.compile(r"RequestID: [^,]*, HostID: [^,]*, ?")
_CHANGING = frozenset({"up", "refresh", "destroy", "import"})
_LOOKING = frozenset({"drift", "list"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Order:
    """What to do with one stack.

    preview, up, refresh, drift, destroy, import (take in what is there), unmake (tell what destroy would take), list
    (its ids), tell (its outputs, secrets too), or only make it.
    """

    what: str
    stack: str
    program: Callable[[], None]
    only: tuple[str, ...] = ()  # refresh: no more than these objects, by URN


@dataclass(frozen=True, slots=True, kw_only=True)
class Engine:
    """The engine's program, and what it is told beside this process's own variables."""

    path: Path
    version: str
    variables: Mapping[str, str]
    access: Mapping[str, str] = field(default_factory=dict)  # the only OS_* variables, for the program and the provider


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """What came of an order: the steps that were taken or foreseen, what was refused, the stack's outputs."""

    stack: str
    steps: tuple[Step, ...] = ()
    faults: tuple[Fault, ...] = ()
    outputs: Mapping[str, Any] = field(default_factory=dict, repr=False)
    seconds: float = 0
    # Of an order that looks (drift, list): the ids of the stack's objects, the project that it makes, and whether
    # something of it was interrupted, so that the cloud may have more of it than the state.
    ids: frozenset[str] = frozenset()
    project: str = ""
    interrupted: bool = False


class _Stack(Stack):
    """A stack that is there: its outputs and history come with the events, so the program is not started for them."""

    def __init__(self, name: str, workspace: LocalWorkspace) -> None:
        self.name, self.workspace, self._mode = name, workspace, StackInitMode.SELECT

    def outputs(self) -> dict[str, Any]:
        """Return none: they were heard."""
        return {}

    def export_stack(self) -> Deployment:
        """Return the state with its secrets still encrypted, as they may lie in files."""
        told = json.loads(self.ask("export"))
        return Deployment(version=told.get("version"), deployment=told.get("deployment"))

    def ask(self, *words: str) -> str:
        """Return what `pulumi stack` answers."""
        command = self.workspace.pulumi_command
        done = command.run(["stack", *words, "--stack", self.name], self.workspace.work_dir, self.workspace.env_vars)
        return done.stdout

    def info(self, show_secrets: bool = True) -> UpdateSummary | None:
        """Return something that is not None, as the callers want it."""
        return cast(UpdateSummary, object())


def work(order: Order, where: Place, engine: Engine, tell: Callable[[int], None]) -> Outcome:
    """Carry out an order, telling how many objects are done; what goes wrong is in the outcome."""
    began, hearing, held, taken = time.monotonic(), Hearing(tell=tell), dict[str, Any](), dict[str, Step]()
    access.take_out()
    os.environ.update(engine.access)
    with (where.folder / "log" / f"{order.stack}.log").open("a", encoding="utf-8") as log:
        command = Command(engine.path, engine.version, log, where.marks)
        signal.signal(signal.SIGINT, lambda *_: command.interrupt())
        stack: _Stack | None = None
        try:
            stack = _open(order, where, engine, command)
            if order.what in _CHANGING and _is_unsure(where, order.stack):
                hearing.faults += _pick_up(stack, engine.access, where)
            if not hearing.faults and order.what == "import":
                taken = _take_in(stack, engine.access, hearing, _needs(order))
            elif not hearing.faults:
                _act(order, stack, hearing)
            held = _held(where, stack) if order.what in _LOOKING else {}
        except CommandError as error:
            hearing.ended.wait(_LAST_EVENT_SECONDS if hearing.begun else 0)
            if not hearing.faults:
                hearing.faults.append(Fault(urn="", message=last_words(str(error))))
            if stack and hearing.unmade:
                _look_for_unmade(stack, hearing, engine.access, where)
    found = {"preview": hearing.begun, "unmake": hearing.begun, "import": taken}.get(order.what, hearing.done)
    return Outcome(
        stack=order.stack,
        steps=tuple(found[urn] for urn in sorted(found)),
        faults=tuple(hearing.faults),
        outputs=hearing.outputs,
        seconds=time.monotonic() - began,
        ids=strays.ids(held),
        project=strays.project(held),
        interrupted=bool(held.get("pending_operations")) or _unmade(where, order.stack).exists(),
    )


def _held(where: Place, stack: Stack) -> dict[str, Any]:
    """Return what a stack holds."""
    latest = _latest(where, stack.name) if where.in_files else None
    return latest if latest is not None else dict(stack.export_stack().deployment or {})


def _open(order: Order, where: Place, engine: Engine, command: Command) -> _Stack:
    workspace = LocalWorkspace(
        work_dir=str(where.folder),
        program=order.program,
        env_vars=engine.variables,
        secrets_provider="passphrase",
        pulumi_command=command,
    )
    if not where.in_files:
        return _Stack(Stack.create_or_select(order.stack, workspace).name, workspace)
    if not exists(where, order.stack) and not make_alike(where, order.stack):
        workspace.create_stack(order.stack)
    return _Stack(order.stack, workspace)


def make_alike(where: Place, stack: str) -> bool:
    """Make a stack in files that holds nothing, its secrets kept as those of `shared`; False when that is not there.

    The engine takes two thirds of a second of processor for each, most of it for a key of its own from the passphrase.
    """
    data = files.read_bytes(where.stacks / f"{SHARED}.json", _LIMIT)
    try:
        told = json.loads(data or b"")
        latest, version = told["checkpoint"]["latest"], int(told["version"])
        kept = {"manifest": latest["manifest"], "secrets_providers": latest["secrets_providers"], "metadata": {}}
    except (ValueError, KeyError, TypeError):
        return False
    checkpoint = {"stack": f"{embedded.ORGANISATION}/{embedded.PROJECT}/{stack}", "latest": kept}
    empty = {"version": version, "checkpoint": checkpoint}
    files.write_atomic(where.stacks / f"{stack}.json", json.dumps(empty).encode())
    return True


def exists(where: Place, stack: str) -> bool:
    """Tell whether files hold a state of a stack; a preview makes one that holds nothing."""
    return (where.stacks / f"{stack}.json").exists()


def holds(where: Place, stack: str) -> bool:
    """Tell whether a state in files holds any resource, or one whose making was interrupted."""
    latest = _latest(where, stack)
    return latest is None or bool(latest.get("resources") or latest.get("pending_operations"))


def _latest(where: Place, stack: str) -> dict[str, Any] | None:
    """Return what a state in files holds, None where it cannot be read."""
    data = files.read_bytes(where.stacks / f"{stack}.json", _LIMIT)
    try:
        return dict(json.loads(data)["checkpoint"]["latest"] or {}) if data else {}
    except (ValueError, KeyError, TypeError):
        return None


def _is_unsure(where: Place, stack: str) -> bool:
    """Tell whether the cloud may have more of a stack than its state; only the engine knows of a state elsewhere."""
    if _unmade(where, stack).exists():
        return True
    latest = _latest(where, stack) if where.in_files else None
    return latest is None or bool(latest.get("pending_operations"))


def _pick_up(stack: _Stack, variables: Mapping[str, str], where: Place) -> tuple[Fault, ...]:
    """Take into the state what was made and is not in it; return what cannot be decided.

    That is what a killed engine was making, and what could not be made when the stack was last worked on.
    """
    exported, file = stack.export_stack(), _unmade(where, stack.name)
    before = exported.deployment or {}
    deployment = pending.noted(before, json.loads(files.read_bytes(file, _LIMIT) or b"{}"))
    if not deployment.get("pending_operations"):
        return ()
    known = {resource["id"] for resource in deployment.get("resources") or () if resource.get("id")}
    ids, refused = finding.find(finding.Finder(variables), deployment, known)
    if refused:
        return refused
    if (stack.export_stack().deployment or {}) != before:
        return (Fault(urn="", message="the state was changed by somebody else meanwhile; run the command again"),)
    stack.import_stack(Deployment(version=exported.version, deployment=pending.taken_in(deployment, ids)))
    types = {resource["urn"]: resource["type"] for resource in pending.unfinished(deployment)}
    anew = [urn for urn in ids if types[urn] in pending.MADE_ANEW]
    if anew:
        stack.destroy(parallel=AT_ONCE, target=anew, suppress_outputs=True)
    if left := [urn for urn in ids if urn not in anew]:
        stack.refresh(parallel=AT_ONCE, target=left, suppress_outputs=True)
    file.unlink(missing_ok=True)
    return ()


def _unmade(where: Place, stack: str) -> Path:
    """Return the file that notes what could not be made of a stack and may be there all the same."""
    return where.folder / "applied" / f"{stack}.unmade.json"


def _look_for_unmade(stack: _Stack, hearing: Hearing, variables: Mapping[str, str], where: Place) -> None:
    """Look for what could not be made and may be there all the same; what cannot be decided is left to the next run.

    It is looked for at once, as the next run may be on another machine.
    """
    refused = {fault.urn for fault in hearing.faults if _REFUSED.search(fault.message)}
    with suppress(CommandError):
        found = pending.suspects(stack.export_stack().deployment or {}, hearing.unmade, refused)
        if found:
            files.write_atomic(_unmade(where, stack.name), json.dumps(found, sort_keys=True).encode())
            _pick_up(stack, variables, where)


def _needs(order: Order) -> dict[str, tuple[str, ...]]:
    """Return what each resource of a stack depends on, by URN: the engine's events do not say it."""
    return {told.urn: told.depends_on for told in embedded.preview_stack(order.stack, order.program).resources}


def _take_in(
    stack: _Stack, variables: Mapping[str, str], hearing: Hearing, needs: Mapping[str, tuple[str, ...]]
) -> dict[str, Step]:
    """Take into the state what a stack declares, does not hold and the cloud has; return it by URN, with its id.

    What cannot be decided is left out and noted as a fault.
    """
    finder, region = finding.Finder(variables), variables.get("OS_REGION_NAME", "")
    tried, taken, lacked = set[str](), dict[str, Step](), set[str]()
    while True:
        _look_again(stack, hearing)
        exported = stack.export_stack()
        deployment, lacking = exported.deployment or {}, hearing.lacking
        held = {resource["urn"]: resource.get("id") for resource in deployment.get("resources") or ()}
        lacked = lacked or set(lacking)
        urns = taking.wanted(lacking, deployment, tried)
        tried.update(urns)
        looked = taking.prepared(deployment, lacking, urns, hearing.outputs)
        ids, refused = finding.find(finder, looked, set(held.values()), why="is not in the state")
        hearing.faults += (*refused, *taking.secretive(lacking, ids))
        ids = {urn: id_ for urn, id_ in ids.items() if lacking[urn].type not in taking.SECRETIVE}
        ids |= taking.ones(lacking, urns, region)
        ready = taking.taken(taking.prepared(deployment, lacking, tuple(ids), hearing.outputs), ids)
        ready = taking.bound(ready, {urn: needs[urn] for urn in needs if urn in lacked})
        if ready != deployment:
            stack.import_stack(Deployment(version=exported.version, deployment=ready))
        if not ids:
            # What was not there after all has left the state again.
            return {urn: step for urn, step in taken.items() if urn in held}
        taken |= {urn: taking.step(lacking[urn], id_) for urn, id_ in ids.items()}
        again = Hearing(faults=hearing.faults)
        stack.refresh(parallel=AT_ONCE, target=list(ids), on_event=again.hear, suppress_outputs=True)


def _look_again(stack: _Stack, hearing: Hearing) -> None:
    hearing.lacking.clear()
    hearing.ended.clear()
    stack.preview(parallel=AT_ONCE, on_event=hearing.hear)
    hearing.ended.wait(_LAST_EVENT_SECONDS)


def _act(order: Order, stack: _Stack, hearing: Hearing) -> None:
    what, hear = order.what, hearing.hear
    if what in ("make", "list"):
        return
    if what == "tell":
        hearing.outputs = dict(json.loads(stack.ask("output", "--json", "--show-secrets")))
        return
    if what == "preview":
        stack.preview(parallel=AT_ONCE, on_event=hear)
    elif what == "up":
        _up(stack, hearing)
    elif what == "refresh":
        only = _held_of(stack, order.only) if order.only else None
        if only == []:
            return
        stack.refresh(parallel=AT_ONCE, on_event=hear, suppress_outputs=True, target=only)
    elif what == "drift":
        stack.preview_refresh(parallel=AT_ONCE, on_event=hear)
    elif what == "unmake":
        # The engine's own preview stops at what is protected, and asks the cloud nothing either.
        hearing.begun |= {step.urn: step for step in deletions(stack.export_stack().deployment or {})}
        return
    else:
        # What is protected was confirmed by its number (see governance.guard) before this is asked for.
        stack.workspace.pulumi_command.run(
            ["state", "unprotect", "--all", "--yes", "--stack", stack.name],
            stack.workspace.work_dir,
            stack.workspace.env_vars,
        )
        stack.destroy(parallel=AT_ONCE, on_event=hear, continue_on_error=True, remove=True, suppress_outputs=True)
    hearing.ended.wait(_LAST_EVENT_SECONDS)


def _held_of(stack: _Stack, urns: Iterable[str]) -> list[str]:
    """Return which of these objects the stack still holds: the engine refuses to look at others."""
    held = {resource["urn"] for resource in (stack.export_stack().deployment or {}).get("resources") or ()}
    return [urn for urn in urns if urn in held]


def _up(stack: _Stack, hearing: Hearing) -> None:
    """Apply a stack; once more, a few times, where identity has only not yet seen what it was given itself."""
    for left in reversed(range(_TRIES)):
        try:
            stack.up(parallel=AT_ONCE, on_event=hearing.hear, continue_on_error=True, suppress_outputs=True)
        except CommandError:
            hearing.ended.wait(_LAST_EVENT_SECONDS)
            if not left or not is_late(hearing.faults):
                raise
            hearing.faults.clear()
            hearing.unmade.clear()
            hearing.ended.clear()
            time.sleep(_BETWEEN_SECONDS)
        else:
            return


def is_late(found: Iterable[Fault]) -> bool:
    """Tell whether all that went wrong goes away by itself."""
    told = telling(found)
    return bool(told) and all(_LATE in fault.message for fault in told)


def last_words(text: str) -> str:
    """Return what the engine said last of an error that came with no event."""
    lines = [
        line for line in _NUMBERS.sub("", plain(text)).splitlines() if not line.strip().startswith(("code:", "stdout:"))
    ]
    told = [line.split("stderr:")[-1].strip() for line in lines]
    # A client of S3 also says what it thinks of answers.
    kept = [line for line in told if line and not line.startswith("SDK 2")]
    return "\n".join(kept[-3:]) or "the engine gave no reason"


# ---- what a killed engine left


def mend(where: Place, stack: str) -> None:
    """Remove a note beside a state in files that is half-written; nobody may be working on the stack.

    The engine writes the state beside the old one and swaps them, but this note of its library in place
    (gocloud.dev/blob/fileblob: attrs.go): killed meanwhile, it could not read the state any more ("EOF"). Without the
    note the library takes what is usual.
    """
    for note in where.stacks.glob(f"{stack}.json*.attrs"):
        try:
            json.loads(note.read_bytes())
        except (OSError, ValueError):
            note.unlink(missing_ok=True)


def free(where: Place, stack: str) -> str:
    """Remove the lock of an engine that is no more; return who holds a living one, "" for nobody."""
    for file in sorted((where.locks / stack).glob("*.json")):
        try:
            told = json.loads(file.read_bytes())
            pid, host, user = int(told["pid"]), str(told["hostname"]), str(told["username"])
        except (OSError, ValueError, KeyError, TypeError):
            continue
        if host != socket.gethostname() or locks.lives(pid):
            return f"process {pid} of {user} on {host}, since {told.get('timestamp', 'an unknown time')}"
        with suppress(OSError):
            file.unlink()
    return ""
