"""What the stacks of tenants make against their quota classes: the cloud would refuse what goes beyond, half-way."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import partial

from virgem.modules.cloud import dns, lasting
from virgem.modules.cloud.applications import tenant_stack
from virgem.modules.cloud.keys import access_keys
from virgem.modules.cloud.model import Quota
from virgem.modules.cloud.policy import Flows, flows
from virgem.modules.cloud.quotas import ENCRYPTED_TYPE, class_of, quota
from virgem.modules.cloud.tenants import Tenant, tenants
from virgem.modules.cloud.usage import used
from virgem.modules.codes import problem
from virgem.modules.estate.model import Estate, QuotaClass
from virgem.modules.problem import Problem, UserError
from virgem.network.model import NetworkPlan


@dataclass(frozen=True, slots=True, kw_only=True)
class Limit:
    """A quota of the cloud: which field of a quota class it is made from, and what it limits, in words."""

    code: str
    key: str  # field of the quota class
    service: str  # field of Quota
    name: str
    what: str
    unit: int = 1  # how many of the quota's units make one of the words'
    also: str = ""  # another field of the class that it is made from


# For one field of a class the first that is too small is told, so those that say most come first.
LIMITS = (
    Limit(code="E701", key="instances", service="compute", name="instances", what="servers"),
    Limit(code="E701", key="instances", service="compute", name="server_groups", what="server groups"),
    Limit(
        code="E701", key="instances", service="compute", name="server_group_members", what="servers in a server group"
    ),
    Limit(code="E702", key="cores", service="compute", name="cores", what="cores"),
    Limit(code="E703", key="ram_gb", service="compute", name="ram", what="GiB of memory", unit=1024),
    Limit(code="E704", key="volumes", service="storage", name="volumes", what="volumes"),
    Limit(
        code="E704",
        key="volumes",
        service="storage_types",
        name=f"volumes_{ENCRYPTED_TYPE}",
        what="encrypted volumes",
    ),
    Limit(code="E705", key="storage_gb", service="storage", name="gigabytes", what="GiB of volumes"),
    Limit(code="E705", key="storage_gb", service="storage", name="per_volume_gigabytes", what="GiB in a volume"),
    Limit(
        code="E705",
        key="storage_gb",
        service="storage_types",
        name=f"gigabytes_{ENCRYPTED_TYPE}",
        what="GiB of encrypted volumes",
    ),
    Limit(code="E706", key="ports", service="network", name="port", what="network ports"),
    Limit(code="E707", key="dns_records", service="dns", name="zone_records", what="DNS records in a zone"),
    Limit(code="E707", key="dns_records", service="dns", name="zone_recordsets", what="DNS record sets in a zone"),
    Limit(code="E707", key="dns_records", service="dns", name="recordset_records", what="records of a DNS name"),
    Limit(
        code="E708", key="load_balancers", service="balancing", name="loadbalancer", what="load balancers of one family"
    ),
    Limit(code="E708", key="load_balancers", service="balancing", name="listener", what="listeners of load balancers"),
    Limit(code="E708", key="load_balancers", service="balancing", name="pool", what="pools of load balancers"),
    Limit(code="E708", key="load_balancers", service="balancing", name="health_monitor", what="health monitors"),
    Limit(
        code="E708",
        key="load_balancers",
        service="balancing",
        name="member",
        what="members of pools",
        also="instances",
    ),
    Limit(code="E736", key="networks", service="network", name="network", what="networks"),
    Limit(code="E736", key="networks", service="network", name="subnet", what="subnets"),
    Limit(code="E737", key="routers", service="network", name="router", what="routers"),
    Limit(code="E738", key="security_groups", service="network", name="security_group", what="security groups"),
    Limit(
        code="E739",
        key="security_group_rules",
        service="network",
        name="security_group_rule",
        what="security group rules",
    ),
    Limit(code="E751", key="floating_ips", service="network", name="floatingip", what="floating addresses"),
    Limit(code="E740", key="dns_zones", service="dns", name="zones", what="DNS zones"),
    Limit(code="E791", key="key_pairs", service="compute", name="key_pairs", what="key pairs"),
)


def over_quota(estate: Estate, plan: NetworkPlan) -> Iterator[Problem]:
    """Yield what municipalities need more of than their quota class allows.

    The shared services have no class: their limits are made from what they need.
    """
    known = flows(plan)
    for tenant in tenants(estate, plan):
        if tenant.limits and (needed := _needed(estate, known, tenant)):
            yield from _of_tenant(estate, tenant, tenant.limits, needed)


def classes(estate: Estate, plan: NetworkPlan) -> Mapping[str, QuotaClass]:
    """Return the quota class of every tenant by its id; that of the shared services is made from what they need."""
    known, found = flows(plan), tenants(estate, plan)
    towns = [tenant.limits for tenant in found if tenant.limits]
    return {tenant.id: class_of(tenant.limits, towns, partial(_used, estate, known, tenant)) for tenant in found}


def _needed(estate: Estate, known: Flows, tenant: Tenant) -> Quota | None:
    try:
        return _used(estate, known, tenant)
    except UserError:
        return None  # a size that does not exist, which was told


def _used(estate: Estate, known: Flows, tenant: Tenant) -> Quota:
    stack = tenant_stack(estate, known, tenant)
    return used(lasting.volumes(estate, tenant), dns.zones(estate, tenant), access_keys(estate, tenant), stack)


def _of_tenant(estate: Estate, tenant: Tenant, limits: QuotaClass, needed: Quota) -> Iterator[Problem]:
    allowed, told = quota(limits), set[str]()
    place = tenant.share.origin.at("quota")
    # A class that nobody wrote has the place of the whole estate.
    written = limits.origin.mark != estate.origin.mark
    for limit in LIMITS:
        need, most = _of(needed, limit), _of(allowed, limit)
        if need > most and not {limit.key, limit.also} & told:
            told.add(limit.key)
            message = (
                f"tenant {tenant.id} needs {_amount(need, limit)}; quota class {limits.id} allows {most // limit.unit}"
            )
            related = (limits.origin.at(limit.key),) if written else ()
            yield problem(limit.code, place, message, _way_out(estate, limits, limit, needed), related, tenant.id)


def _of(amounts: Quota, limit: Limit) -> int:
    return int(getattr(amounts, limit.service)[limit.name])


def _amount(number: int, limit: Limit) -> str:
    some = -(-number // limit.unit)
    return (
        f"{some} {limit.what.removesuffix('es' if limit.what.endswith('sses') else 's') if some == 1 else limit.what}"
    )


def _way_out(estate: Estate, limits: QuotaClass, limit: Limit, needed: Quota) -> str:
    """Name the smallest class that has room for all a tenant needs, else the number to write."""
    fitting = [other for other in estate.quotas if _fits(other, needed)]
    if fitting:
        best = min(fitting, key=lambda other: (int(other.instances), int(getattr(other, limit.key)), other.id))
        return f"quota class {best.id} has room for all of it"
    value, need, most = int(getattr(limits, limit.key)), _of(needed, limit), _of(quota(limits), limit)
    enough = -(-value * need // most) if most else -(-need // limit.unit)
    return f"set `{limit.key.replace('_', '-')}` of a quota class to {enough} or more, or declare less"


def _fits(limits: QuotaClass, needed: Quota) -> bool:
    allowed = quota(limits)
    return all(_of(needed, limit) <= _of(allowed, limit) for limit in LIMITS)
