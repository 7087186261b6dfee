"""Runs the real engine on one stack, by the Automation API, in a process of its own (see workers)."""

from __future__ import annotations

import json
import os
import signal
import socket
import time
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, cast

from pulumi.automation import Deployment, LocalWorkspace, Stack, UpdateSummary
from pulumi.automation._stack import StackInitMode
from pulumi.automation.errors import CommandError

from virgem.modules import files
from virgem.modules.cloud.engine import access, finding, pending
from virgem.modules.cloud.engine.command import Command
from virgem.modules.cloud.engine.place import Place
from virgem.modules.cloud.engine.steps import Fault, Hearing, Step, deletions, plain

# How many resources of one stack are worked on at a time: a control plane serves a few requests at once.
AT_ONCE = 4
_LAST_EVENT_SECONDS = 10
_LIMIT = 2**30
_CHANGING = frozenset({"up", "refresh", "destroy"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Order:
    """What to do with one stack.

    preview, up, refresh, drift, destroy, unmake (list what that takes), tell (its outputs, secrets too), or only make.
    """

    what: str
    stack: str
    program: Callable[[], None]


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


def work(order: Order, where: Place, engine: Engine) -> Outcome:
    """Carry out an order; what goes wrong is in the outcome."""
    began, hearing = time.monotonic(), Hearing()
    access.take_out()
    os.environ.update(engine.access)
    with (where.folder / "log" / f"{order.stack}.log").open("a", encoding="utf-8") as log:
        command = Command(engine.path, engine.version, log)
        signal.signal(signal.SIGINT, lambda *_: command.interrupt())
        try:
            stack = _open(order, where, engine, command)
            if order.what in _CHANGING and _was_killed(where, order.stack):
                hearing.faults += _pick_up(stack, engine.access)
            if not hearing.faults:
                _act(order.what, stack, hearing)
        except CommandError as error:
            hearing.ended.wait(_LAST_EVENT_SECONDS if hearing.begun else 0)
            if not hearing.faults:
                hearing.faults.append(Fault(urn="", message=_last_words(str(error))))
    found = hearing.begun if order.what in ("preview", "unmake") else hearing.done
    return Outcome(
        stack=order.stack,
        steps=tuple(found[urn] for urn in sorted(found)),
        faults=tuple(hearing.faults),
        outputs=hearing.outputs,
        seconds=time.monotonic() - began,
    )


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
    if not exists(where, order.stack):
        workspace.create_stack(order.stack)
    return _Stack(order.stack, workspace)


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


def _was_killed(where: Place, stack: str) -> bool:
    """Tell whether an engine may have been killed at work on a stack; only the engine knows of a state elsewhere."""
    latest = _latest(where, stack) if where.in_files else None
    return latest is None or bool(latest.get("pending_operations"))


def _pick_up(stack: _Stack, variables: Mapping[str, str]) -> tuple[Fault, ...]:
    """Take into the state what a killed engine had made and not noted; return what cannot be decided."""
    exported = stack.export_stack()
    deployment = exported.deployment or {}
    if not deployment.get("pending_operations"):
        return ()
    known = {resource["id"] for resource in deployment.get("resources") or () if resource.get("id")}
    ids, refused = finding.find(finding.Finder(variables), deployment, known)
    if refused:
        return refused
    stack.import_stack(Deployment(version=exported.version, deployment=pending.taken_in(deployment, ids)))
    if ids:
        stack.refresh(parallel=AT_ONCE, target=list(ids), suppress_outputs=True)
    return ()


def _act(what: str, stack: _Stack, hearing: Hearing) -> None:
    hear = hearing.hear
    if what == "make":
        return
    if what == "tell":
        hearing.outputs = dict(json.loads(stack.ask("output", "--json", "--show-secrets")))
        return
    if what == "preview":
        stack.preview(parallel=AT_ONCE, on_event=hear)
    elif what == "up":
        stack.up(parallel=AT_ONCE, on_event=hear, continue_on_error=True, suppress_outputs=True)
    elif what == "refresh":
        stack.refresh(parallel=AT_ONCE, on_event=hear, suppress_outputs=True)
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


def _last_words(text: str) -> str:
    """Return what the engine said last of an error that came with no event."""
    lines = [line for line in plain(text).splitlines() if not line.strip().startswith(("code:", "stdout:"))]
    told = [line.split("stderr:")[-1].strip() for line in lines]
    return "\n".join([line for line in told if line][-3:]) or "the engine gave no reason"


# ---- locks that a killed engine left


def free(where: Place, stack: str) -> str:
    """Remove the lock of an engine that is no more; return who holds a living one, "" for nobody."""
    for file in sorted((where.locks / stack).glob("*.json")):
        try:
            told = json.loads(file.read_bytes())
            pid, host, user = int(told["pid"]), str(told["hostname"]), str(told["username"])
        except (OSError, ValueError, KeyError, TypeError):
            continue
        if host != socket.gethostname() or _lives(pid):
            return f"process {pid} of {user} on {host}, since {told.get('timestamp', 'an unknown time')}"
        with suppress(OSError):
            file.unlink()
    return ""


def _lives(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True
