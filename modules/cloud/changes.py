"""What differs between a preview and the saved one, or is changed by the real engine, as the one value of changes."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from virgem.modules.changes import Change, Changes, Fields, Label, Nature, collected, compare
from virgem.modules.cloud.preview import PlannedResource, Preview
from virgem.modules.cloud.replacing import forces_new

if TYPE_CHECKING:
    from virgem.modules.cloud.engine.steps import Step


def diff(preview: Preview, saved: Preview | None) -> Changes:
    """Return what must change to come from the saved preview to this one; only objects of the cloud count."""
    old, new = _resources(saved), _resources(preview)
    return compare(_objects(old, new), _objects(new, old), _nature({**old, **new}, _tenants(saved) | _tenants(preview)))


# A resource with the stack that declares it, by its URN, which holds the stack's name: no two stacks share one.
_Resources = Mapping[str, tuple[str, PlannedResource]]


def _resources(preview: Preview | None) -> _Resources:
    stacks = preview.stacks if preview else ()
    return {
        resource.urn: (stack.name, resource) for stack in stacks for resource in stack.resources if resource.in_cloud
    }


def _tenants(preview: Preview | None) -> dict[str, str]:
    return dict(preview.tenant_of) if preview else {}


def _objects(resources: _Resources, others: _Resources) -> Mapping[str, Mapping[str, Fields]]:
    """Return the inputs by type and URN; of what `others` have too, those of which another value changes nothing are
    left out."""
    found: dict[str, dict[str, Fields]] = {}
    for urn, (_, resource) in resources.items():
        ignored = {*resource.ignores, *others[urn][1].ignores} if urn in others else set()
        inputs = {name: value for name, value in resource.inputs.items() if name not in ignored}
        found.setdefault(resource.type, {})[urn] = inputs
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


def of_steps(
    found: Mapping[str, Sequence[Step]], kept: Mapping[str, Mapping[str, int]], tenant_of: Mapping[str, str]
) -> Changes:
    """Return what steps of the real engine change; `kept` are the objects by type of stacks that were not opened."""
    nature = Nature(grouping="tenant", value=json.loads)
    unchanged: Counter[tuple[str, str]] = Counter()
    for stack, numbers in kept.items():
        unchanged.update({(tenant_of[stack], kind): number for kind, number in numbers.items()})
    items: list[Change] = []
    for stack, steps in found.items():
        items += (_changed(step, stack, tenant_of[stack]) for step in steps if step.action)
        unchanged.update((tenant_of[stack], step.type) for step in steps if not step.action)
    return collected(nature, items, unchanged)


def _changed(step: Step, stack: str, tenant: str) -> Change:
    assert step.action is not None
    label = Label(kind=step.type.rpartition(":")[2], name=step.name, place=stack, protect=step.protect)
    return Change(action=step.action, kind=step.type, key=step.urn, group=tenant, label=label, fields=step.fields)
