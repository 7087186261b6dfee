"""What is declared, lies in the cloud already and is not in the state: taken into the state, not made again.

A resource that lacks is put there as if an engine had been killed while it made it (see pending), with the components
and providers that it hangs on. What it refers to must be there first, so this goes by rounds of previews.
"""

from __future__ import annotations

import json
import uuid
from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping
from graphlib import TopologicalSorter
from string import Formatter
from typing import Any

from pulumi.automation.events import StepEventStateMetadata

from virgem.modules.cloud.engine.pending import LISTINGS
from virgem.modules.cloud.engine.steps import STACK_TYPE, Fault, Step, is_known, is_open

# What a preview would make, by URN, in the order in which it said so: parents and providers before what needs them.
Lacking = Mapping[str, StepEventStateMetadata]

_PROVIDER = "pulumi:providers:"
_QUOTA = "{projectId}/{region}"
# Of these there is one of each, whose id follows from the inputs.
ONES: Mapping[str, str] = {
    "openstack:blockstorage/quoteSetV3:QuoteSetV3": _QUOTA,
    "openstack:compute/quotaSetV2:QuotaSetV2": _QUOTA,
    "openstack:dns/quotaV2:QuotaV2": _QUOTA,
    "openstack:identity/roleAssignment:RoleAssignment": "{domainId}/{projectId}/{groupId}/{userId}/{roleId}",
    "openstack:loadbalancer/quota:Quota": _QUOTA,
    "openstack:networking/quotaV2:QuotaV2": _QUOTA,
}
# What has a secret that only the state knew: it cannot be used any more.
SECRETIVE = frozenset({"openstack:identity/user:User"})


def wanted(lacking: Lacking, deployment: Mapping[str, Any], tried: Collection[str]) -> tuple[str, ...]:
    """Return the URNs of what can be looked for now: what is declared of it is known, and its provider."""
    held = {resource["urn"] for resource in deployment.get("resources") or ()}
    return tuple(
        urn
        for urn, told in lacking.items()
        if told.custom
        and urn not in tried
        and (told.type in LISTINGS or told.type in ONES)
        and _is_told(told)
        and _is_there(told.provider, held, lacking)
    )


def _is_told(told: StepEventStateMetadata) -> bool:
    inputs = told.inputs or {}
    path = LISTINGS[told.type].path if told.type in LISTINGS else ""
    # The provider reads an object with all its inputs, and fails where one is not known.
    return is_known(inputs) and all(name in inputs for name in _fields(path))


def _fields(text: str) -> list[str]:
    return [name for _, name, _, _ in Formatter().parse(text) if name]


def _is_there(provider: str, held: Collection[str], lacking: Lacking) -> bool:
    urn = provider.rpartition("::")[0]
    return urn in held or (urn in lacking and is_known(lacking[urn].inputs or {}))


def prepared(
    deployment: Mapping[str, Any], lacking: Lacking, urns: Collection[str], outputs: Mapping[str, Any]
) -> dict[str, Any]:
    """Return a state with all that these resources hang on, in which they are as if they were being made.

    What is known of the stack's outputs is noted too: other stacks refer to it.
    """
    held = {resource["urn"]: resource for resource in _living(deployment)}
    needed = set[str]()
    for urn in urns:
        needed |= {lacking[urn].provider.rpartition("::")[0], *_above(lacking, lacking[urn].parent)}
    ground = {urn: _resource(lacking[urn], {}) for urn in lacking if urn in needed and urn not in held}
    every = {**held, **ground}
    # A secret is not told; the state keeps the one it has.
    told = {name: value for name, value in outputs.items() if is_known(value) and is_open(value)}
    resources = [
        {**resource, "outputs": {**(resource.get("outputs") or {}), **told}}
        if told and resource["type"] == STACK_TYPE
        else resource
        for resource in every.values()
    ]
    made = [{"type": "creating", "resource": _resource(lacking[urn], every)} for urn in urns]
    return {**deployment, "resources": [*resources, *_doomed(deployment)], "pending_operations": made}


def _living(deployment: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    return [resource for resource in deployment.get("resources") or () if not resource.get("delete")]


def _doomed(deployment: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    """Return what was replaced and is still to be deleted: it has the URN of what replaced it."""
    return [resource for resource in deployment.get("resources") or () if resource.get("delete")]


def _above(lacking: Lacking, parent: str) -> Iterator[str]:
    while parent in lacking:
        yield parent
        parent = lacking[parent].parent


def _resource(told: StepEventStateMetadata, every: Mapping[str, Mapping[str, Any]]) -> dict[str, Any]:
    """Return a resource as a state has it."""
    found: dict[str, Any] = {"urn": told.urn, "custom": bool(told.custom), "type": told.type}
    if told.inputs:
        found["inputs"] = dict(told.inputs)
    if told.type.startswith(_PROVIDER):
        found |= {
            "id": str(uuid.uuid4()),
            "outputs": {k: v for k, v in found.get("inputs", {}).items() if k[:2] != "__"},
        }
    found |= {"parent": told.parent} if told.parent else {}
    found |= {"protect": True} if told.protect else {}
    if provider := every.get(told.provider.rpartition("::")[0]):
        found["provider"] = f"{provider['urn']}::{provider['id']}"
    return found


def ones(lacking: Lacking, urns: Collection[str], region: str) -> dict[str, str]:
    """Return the ids of those of which there is one of each, by URN."""
    return {
        urn: ONES[told.type].format_map(defaultdict(str, {"region": region, **(told.inputs or {})}))
        for urn in urns
        if (told := lacking[urn]).type in ONES
    }


def taken(looked: Mapping[str, Any], ids: Mapping[str, str]) -> dict[str, Any]:
    """Return a prepared state in which nothing is being made, with the objects of these ids by URN."""
    made = [operation["resource"] for operation in looked["pending_operations"]]
    new = [{**one, "id": ids[one["urn"]], "outputs": one.get("inputs") or {}} for one in made if one["urn"] in ids]
    return {**looked, "resources": [*looked["resources"], *new], "pending_operations": []}


def bound(deployment: Mapping[str, Any], needs: Mapping[str, Collection[str]]) -> dict[str, Any]:
    """Return a state in which resources depend on what they need, as far as it holds that, and come after it.

    `needs` is by URN; it decides in which order they are taken away. The engine refuses a state in any other order.
    """
    held = {resource["urn"]: resource for resource in _living(deployment)}
    every = {
        urn: {**resource, "dependencies": [need for need in sorted(needs[urn]) if need in held]}
        if urn in needs
        else resource
        for urn, resource in held.items()
    }
    order = TopologicalSorter({urn: _before(resource) & every.keys() for urn, resource in every.items()})
    return {**deployment, "resources": [*(every[urn] for urn in order.static_order()), *_doomed(deployment)]}


def _before(resource: Mapping[str, Any]) -> set[str]:
    provider = str(resource.get("provider") or "").rpartition("::")[0]
    return {resource.get("parent") or "", provider, *(resource.get("dependencies") or ())}


def secretive(lacking: Lacking, ids: Mapping[str, str]) -> tuple[Fault, ...]:
    """Return what is there and of no use, as faults with the way out."""
    return tuple(
        Fault(
            urn=urn,
            message=f"the password of {id_} was in the state that is lost; delete this user in the cloud, and `up` "
            "makes it anew with what hangs on it",
        )
        for urn, id_ in ids.items()
        if lacking[urn].type in SECRETIVE
    )


def step(told: StepEventStateMetadata, id_: str) -> Step:
    """Return what came to the state, with the id that the cloud gave it."""
    return Step(
        action="create",
        urn=told.urn,
        type=told.type,
        protect=bool(told.protect),
        existed=True,
        fields=(("id", "", json.dumps(id_)),),
    )
