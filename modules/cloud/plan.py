"""From estate and network plan to the cloud plan, one value per stack. Pure."""

from __future__ import annotations

from collections.abc import Iterator

from netaddr import IPNetwork

from virgem.modules.cloud import lasting, names
from virgem.modules.cloud.applications import tenant_stack
from virgem.modules.cloud.flavors import FLAVORS, image
from virgem.modules.cloud.model import (
    AddressPool,
    Aggregate,
    CloudPlan,
    ExternalNetwork,
    Platform,
    Subnet,
)
from virgem.modules.cloud.policy import flows
from virgem.modules.cloud.tenants import Tenant, tenants
from virgem.modules.estate.machines import hosts
from virgem.modules.estate.model import Estate
from virgem.modules.estate.model.hardware import HostRole
from virgem.network.model import SHARED, NetworkPlan

ROLES = ("admin", "load-balancer_member", "member", "reader")


def cloud_plan(estate: Estate, plan: NetworkPlan) -> CloudPlan:
    """Return what the shared cloud must hold: the platform and two stacks for every tenant.

    Raises UserError where the estate names a quota class or server size that does not exist.
    """
    found, known = tenants(estate, plan), flows(plan)
    applications = tuple(tenant_stack(estate, known, tenant) for tenant in found)
    towns = [tenant.limits for tenant in found if tenant.limits]
    return CloudPlan(
        estate=estate.name,
        platform=_platform(estate, plan, found),
        data=tuple(
            lasting.data_stack(estate, tenant, stack, towns) for tenant, stack in zip(found, applications, strict=True)
        ),
        tenants=applications,
    )


def _platform(estate: Estate, plan: NetworkPlan, found: tuple[Tenant, ...]) -> Platform:
    images = {kit.image for tenant in found for kit in tenant.kits}
    tags = names.tags(estate, SHARED, estate.operator.owner, 3)
    return Platform(
        flavors=tuple(FLAVORS.values()),
        images=tuple(image(name) for name in sorted(images)),
        external=tuple(
            ExternalNetwork(
                datacentre=name, name=names.external_network(name), floating=_floating(plan, name), tags=tags
            )
            for name in sorted(plan.datacentres)
        ),
        pools=(_pool("ipv4", 4, plan.pools4, 30, tags), _pool("ipv6", 6, plan.pools6, 64, tags)),
        aggregates=tuple(_aggregates(estate)),
        roles=ROLES,
        tags=tags,
    )


def _aggregates(estate: Estate) -> Iterator[Aggregate]:
    """Yield one for each datacentre that has its zone made so; without hosts that compute there is none to make."""
    for centre in estate.datacentres:
        members = tuple(sorted(machine.host_name for machine in hosts(centre, HostRole.COMPUTE)))
        if centre.aggregate and members:
            facts = names.metadata(estate, SHARED, centre.owner or estate.operator.owner, 3)
            yield Aggregate(zone=str(centre.id), hosts=members, metadata=facts)


def _floating(plan: NetworkPlan, datacentre: str) -> Subnet | None:
    found = next((one for one in plan.floating if one.datacentre == datacentre), None)
    if found is None:
        return None
    first, last = map(str, found.left)
    return Subnet(
        family="IPv4",
        prefix=str(found.prefix),
        gateway=str(found.gateway),
        first=first,
        last=last,
        nameservers=(),
    )


def _pool(name: str, version: int, prefixes: tuple[IPNetwork, ...], longest: int, tags: tuple[str, ...]) -> AddressPool:
    return AddressPool(
        id=name,
        version=version,
        prefixes=tuple(str(prefix) for prefix in sorted(prefixes)),
        shortest=min(prefix.prefixlen for prefix in prefixes),
        longest=longest,
        tags=tags,
    )
