"""What a preview found, the saved form of it, and what differs between two. Values and pure functions."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from virgem.modules.problem import UserError

API_VERSION, KIND = "virgem/v1", "CloudPreview"


@dataclass(frozen=True, slots=True, kw_only=True)
class PlannedResource:
    """One resource as its program declares it; `inputs` are canonical JSON texts by property.

    A value that only the cloud can give is `{"knownAfterApply": [urns it comes from]}`, a secret is `{"secret": true}`.
    """

    urn: str
    type: str
    name: str
    custom: bool  # False: a component, which groups others
    protect: bool
    parent: str
    provider: str
    depends_on: tuple[str, ...]
    inputs: Mapping[str, str]
    ignores: tuple[str, ...] = ()  # inputs of which another value changes nothing that is there

    @property
    def in_cloud(self) -> bool:
        """Whether it becomes an object of the cloud: no component, no provider."""
        return self.custom and not self.type.startswith("pulumi:")


@dataclass(frozen=True, slots=True, kw_only=True)
class StackPreview:
    """One stack with its resources by urn."""

    name: str
    resources: tuple[PlannedResource, ...]
    source: str = ""  # digest of the plan and the code it was made from


@dataclass(frozen=True, slots=True, kw_only=True)
class Preview:
    """All stacks of an estate, by name."""

    estate: str
    stacks: tuple[StackPreview, ...]
    tenant_of: Mapping[str, str] = field(default_factory=dict)  # NIS code (or "shared") by stack


def canonical(value: Any) -> str:
    """Return JSON with one form for equal values."""
    return json.dumps(value, sort_keys=True, ensure_ascii=False, separators=(",", ":"))


def dump(preview: Preview) -> bytes:
    """Return the saved form: the same bytes for the same preview, with a digest over its stacks."""
    stacks = {stack.name: _stack_data(preview, stack) for stack in preview.stacks}
    body = {
        "apiVersion": API_VERSION,
        "kind": KIND,
        "estate": preview.estate,
        "digest": _digest(stacks),
        "stacks": stacks,
    }
    return (json.dumps(body, indent=1, sort_keys=True, ensure_ascii=False) + "\n").encode()


def _digest(stacks: Mapping[str, Any]) -> str:
    return "sha256:" + hashlib.sha256(canonical(stacks).encode()).hexdigest()


def _stack_data(preview: Preview, stack: StackPreview) -> dict[str, Any]:
    resources = {resource.urn: _resource_data(resource) for resource in stack.resources}
    return {"tenant": preview.tenant_of[stack.name], "source": stack.source, "resources": resources}


def _resource_data(resource: PlannedResource) -> dict[str, Any]:
    ignores = {"ignores": list(resource.ignores)} if resource.ignores else {}
    return ignores | {
        "type": resource.type,
        "name": resource.name,
        "custom": resource.custom,
        "protect": resource.protect,
        "parent": resource.parent,
        "provider": resource.provider,
        "dependsOn": list(resource.depends_on),
        "inputs": {key: json.loads(value) for key, value in resource.inputs.items()},
    }


def parsed(data: bytes | None, estate: str) -> Preview | None:
    """Return a saved preview for whom it only saves time: None when it is not there, or refused by `parse`."""
    try:
        return parse(data, estate) if data is not None else None
    except UserError:
        return None


def parse(data: bytes, estate: str) -> Preview:
    """Return a saved preview; UserError when it is damaged, of another version or of another estate."""
    hint = "remove cloud/plan.json in the folder of results; the next preview writes it anew"
    try:
        body = json.loads(data)
        version, kind, owner = body["apiVersion"], body["kind"], body["estate"]
        stacks = body["stacks"]
        intact = body["digest"] == _digest(stacks)
        found = tuple(_parse_stack(name, stacks[name]) for name in sorted(stacks))
        tenant_of = {name: str(stacks[name]["tenant"]) for name in stacks}
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError) as error:
        raise UserError("the saved cloud plan cannot be read", hint) from error
    if (version, kind) != (API_VERSION, KIND):
        raise UserError(f"the saved cloud plan is a {kind} of {version}, not a {KIND} of {API_VERSION}", hint)
    if owner != estate:
        raise UserError(
            f"the saved cloud plan is of the estate {owner!r}, not of {estate!r}", "choose another -o folder"
        )
    if not intact:
        raise UserError("the saved cloud plan was changed by hand: its digest does not fit", hint)
    return Preview(estate=estate, stacks=found, tenant_of=tenant_of)


def _parse_stack(name: str, data: Mapping[str, Any]) -> StackPreview:
    resources = data["resources"]
    found = tuple(_parse_resource(urn, resources[urn]) for urn in sorted(resources))
    return StackPreview(name=name, resources=found, source=str(data["source"]))


def _parse_resource(urn: str, data: Mapping[str, Any]) -> PlannedResource:
    return PlannedResource(
        urn=urn,
        type=str(data["type"]),
        name=str(data["name"]),
        custom=bool(data["custom"]),
        protect=bool(data["protect"]),
        parent=str(data["parent"]),
        provider=str(data["provider"]),
        depends_on=tuple(map(str, data["dependsOn"])),
        inputs={str(key): canonical(value) for key, value in data["inputs"].items()},
        ignores=tuple(map(str, data.get("ignores", ()))),
    )


def merged(new: Preview, old: Preview | None) -> Preview:
    """Return what to save when only some stacks were previewed: those, and the others as they were saved."""
    seen = {stack.name for stack in new.stacks}
    kept: Iterable[StackPreview] = (s for s in old.stacks if s.name not in seen) if old else ()
    stacks = tuple(sorted((*new.stacks, *kept), key=lambda stack: stack.name))
    return Preview(estate=new.estate, stacks=stacks, tenant_of={**(old.tenant_of if old else {}), **new.tenant_of})
