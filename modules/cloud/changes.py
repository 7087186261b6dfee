"""What differs between a preview and the last saved one: how the general comparison sees the objects of a cloud."""

from __future__ import annotations

import json
from collections.abc import Mapping

from virgem.modules.changes import Changes, Fields, Label, Nature, compare
from virgem.modules.cloud.preview import PlannedResource, Preview
from virgem.modules.cloud.replacing import forces_new


def diff(preview: Preview, saved: Preview | None) -> Changes:
    """Return what must change to come from the saved preview to this one; only objects of the cloud count."""
    old, new = _resources(saved), _resources(preview)
    return compare(_objects(old), _objects(new), _nature({**old, **new}, _tenants(saved) | _tenants(preview)))


# A resource with the stack that declares it, by its URN, which holds the stack's name: no two stacks share one.
_Resources = Mapping[str, tuple[str, PlannedResource]]


def _resources(preview: Preview | None) -> _Resources:
    stacks = preview.stacks if preview else ()
    return {
        resource.urn: (stack.name, resource) for stack in stacks for resource in stack.resources if resource.in_cloud
    }


def _tenants(preview: Preview | None) -> dict[str, str]:
    return dict(preview.tenant_of) if preview else {}


def _objects(resources: _Resources) -> Mapping[str, Mapping[str, Fields]]:
    found: dict[str, dict[str, Fields]] = {}
    for urn, (_, resource) in resources.items():
        found.setdefault(resource.type, {})[urn] = resource.inputs
    return found


def _nature(resources: _Resources, tenant_of: Mapping[str, str]) -> Nature:
    def label(kind: str, urn: str) -> Label:
        stack, resource = resources[urn]
        return Label(kind=kind.rpartition(":")[2], name=resource.name, place=stack, protect=resource.protect)

    return Nature(
        grouping="tenant",
        group=lambda kind, urn: tenant_of[resources[urn][0]],
        label=label,
        replaces=forces_new,
        value=json.loads,
    )
