"""What the engine says while it works, as plain values: steps, faults and outputs of one stack."""

from __future__ import annotations

import re
import threading
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from pulumi.automation.events import EngineEvent, StepEventMetadata, StepEventStateMetadata

from virgem.modules.changes import Action
from virgem.modules.cloud.preview import canonical

STACK_TYPE = "pulumi:pulumi:Stack"
ACTIONS: Mapping[str, Action] = {
    "create": "create",
    "import": "create",
    "update": "update",
    "replace": "replace",
    "delete": "delete",
}
# What the engine writes for a value that only the cloud can give (pulumi/sdk: plugin.UnknownStringValue and others).
_UNKNOWN = re.compile(r"04da6b54-80e4-46f7-96ec-b56ff0331ba9|[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-96ec-b56ff0331ba9")

# What it writes for a secret: a word in its events, an object with the cipher in its state (pulumi/sdk: sig).
_SECRET = "[secret]"
_SIGN, _SIGN_OF_SECRETS = "4dabf18193072939515e22adb298388d", "1b47061264138c4ac30d75fd1eb44270"


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """One resource and its fate; `fields` are (name, old, new) in canonical JSON."""

    action: Action | None  # None: it stays as it is
    urn: str
    type: str
    protect: bool
    existed: bool
    fields: tuple[tuple[str, str, str], ...] = ()
    called: str = ""  # by the cloud, where no program declares it

    @property
    def name(self) -> str:
        """Return its name: an id of the estate, or what the cloud calls it."""
        return self.called or self.urn.rpartition("::")[2]


@dataclass(frozen=True, slots=True, kw_only=True)
class Fault:
    """What the engine or the provider refused; `urn` is empty where it is about the stack."""

    urn: str
    message: str


# What is said of a whole stack when one of its resources failed.
_ECHOES = re.compile(r"(update|preview|refresh|destroy|resource deletion) failed|.*\bfailed to register\b", re.DOTALL)


def telling(faults: Iterable[Fault]) -> tuple[Fault, ...]:
    """Return each fault once, those that only echo another left out unless there is nothing else."""
    every = tuple(dict.fromkeys(faults))
    return tuple(fault for fault in every if not _ECHOES.fullmatch(fault.message.strip())) or every


@dataclass(kw_only=True)
class Hearing:
    """Collects the events of one run."""

    begun: dict[str, Step] = field(default_factory=dict)
    done: dict[str, Step] = field(default_factory=dict)
    # What the engine said last of each resource that it would make, components and providers too.
    lacking: dict[str, StepEventStateMetadata] = field(default_factory=dict)
    faults: list[Fault] = field(default_factory=list)
    unmade: dict[str, dict[str, Any]] = field(default_factory=dict)  # what could not be made, as a state writes it
    outputs: dict[str, Any] = field(default_factory=dict)
    ended: threading.Event = field(default_factory=threading.Event)
    tell: Callable[[int], None] = lambda count: None  # how many objects are done

    def hear(self, event: EngineEvent) -> None:
        """Take one event; the engine's last one says that there are no more."""
        if event.cancel_event:
            self.ended.set()
        elif event.resource_pre_event:
            self._note(self.begun, event.resource_pre_event.metadata)
            self._note_lacking(event.resource_pre_event.metadata)
        elif event.res_outputs_event:
            self._finish(event.res_outputs_event.metadata)
        elif event.res_op_failed_event:
            self._fail(event.res_op_failed_event.metadata)
        elif event.diagnostic_event and event.diagnostic_event.severity == "error":
            said = event.diagnostic_event
            self.faults.append(Fault(urn=said.urn or "", message=plain(said.message)))

    def _finish(self, told: StepEventMetadata) -> None:
        if told.type == STACK_TYPE and told.new is not None:
            self.outputs = {key: value for key, value in (told.new.outputs or {}).items() if key[:2] != "__"}
        self._note(self.done, told)
        self.tell(len(self.done))

    def _fail(self, told: StepEventMetadata) -> None:
        new, op = told.new, str(getattr(told.op, "value", told.op))
        if new is not None and new.custom and op in ("create", "create-replacement"):
            known = {"urn": told.urn, "type": told.type, "parent": new.parent, "provider": told.provider}
            more = {"custom": True, "protect": bool(new.protect), "inputs": dict(new.inputs or {})}
            self.unmade[told.urn] = {name: value for name, value in {**known, **more}.items() if value}

    def _note_lacking(self, told: StepEventMetadata) -> None:
        self.lacking.pop(told.urn, None)
        if told.new is not None and str(getattr(told.op, "value", told.op)) == "create":
            self.lacking[told.urn] = told.new

    def _note(self, into: dict[str, Step], told: StepEventMetadata) -> None:
        state = told.new or told.old
        op = str(getattr(told.op, "value", told.op))
        if state is None or not state.custom or told.type.startswith("pulumi:") or op.endswith("-replaced"):
            return
        known, step = into.get(told.urn), _step(told, "replace" if op == "create-replacement" else op)
        # A replacement comes in three steps: the one that names it says most. What was done before a stack was tried
        # again stays told.
        if known is None or (known.action != "replace" and (step.action or not known.action)):
            into[told.urn] = step


def _step(told: StepEventMetadata, op: str) -> Step:
    action, state = ACTIONS.get(op), told.old or told.new
    return Step(
        action=action,
        urn=told.urn,
        type=told.type,
        protect=bool(state and state.protect),
        existed=told.old is not None,
        fields=tuple(_fields(told, action)) if action else (),
    )


def deletions(deployment: Mapping[str, Any]) -> Iterator[Step]:
    """Yield the end of every object of the cloud in a state."""
    for told in deployment.get("resources") or ():
        if told.get("custom") and not told["type"].startswith("pulumi:") and not told.get("external"):
            inputs = StepEventStateMetadata.from_json({"custom": True, **told})
            fields = ((name, value, "") for name, value in sorted(_inputs(inputs).items()))
            yield Step(
                action="delete",
                urn=told["urn"],
                type=told["type"],
                protect=bool(told.get("protect")),
                existed=True,
                fields=tuple(fields),
            )


def _fields(told: StepEventMetadata, action: Action) -> Iterator[tuple[str, str, str]]:
    old = _inputs(told.old) if told.old and action != "create" else {}
    new = _inputs(told.new) if told.new and action != "delete" else {}
    names = _changed(told) if action in ("update", "replace") else sorted({*old, *new})
    for name in names:
        before, after = old.get(name, ""), new.get(name, "")
        if before != after:
            yield name, before, after


def _inputs(state: Any) -> dict[str, str]:
    return {name: canonical(_shown(value)) for name, value in (state.inputs or {}).items() if name[:2] != "__"}


def is_known(value: Any) -> bool:
    """Tell whether an input is known before the cloud was asked, with all that it holds."""
    if isinstance(value, dict):
        return all(map(is_known, value.values()))
    if isinstance(value, list):
        return all(map(is_known, value))
    return not (isinstance(value, str) and _UNKNOWN.search(value))


def is_open(value: Any) -> bool:
    """Tell whether nothing in a value is secret, with all that it holds."""
    if _is_secret(value):
        return False
    if isinstance(value, dict):
        return all(map(is_open, value.values()))
    return not isinstance(value, list) or all(map(is_open, value))


def _is_secret(value: Any) -> bool:
    return value == _SECRET or (isinstance(value, dict) and value.get(_SIGN) == _SIGN_OF_SECRETS)


def _shown(value: Any) -> Any:
    """Return a value as previews show it: what only the cloud can give is marked, and what is secret."""
    if _is_secret(value):
        return {"secret": True}
    if isinstance(value, dict):
        return {key: _shown(item) for key, item in value.items() if key[:2] != "__"}
    if isinstance(value, list):
        return [_shown(item) for item in value]
    if isinstance(value, str) and _UNKNOWN.fullmatch(value):
        return {"knownAfterApply": []}
    return value


def _changed(told: StepEventMetadata) -> list[str]:
    """Return the properties that differ: the engine names paths, their first part is a property."""
    paths = [*(told.diffs or ()), *(told.detailed_diff or {}), *(told.keys or ())]
    return sorted({re.split(r"[.\[]", path, maxsplit=1)[0] for path in paths})


def plain(text: str) -> str:
    """Return a message without the engine's marks for colours, on few lines."""
    bare = re.sub(r"<\{%.*?%\}>|\x1b\[[0-9;]*m", "", text)
    return "\n".join(line.rstrip() for line in bare.strip().splitlines() if line.strip())
