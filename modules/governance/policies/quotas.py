"""What tenants may use fits what the datacentres of the region offer, and is what was agreed with each."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from virgem.modules.cloud.model import DataStack, Quota
from virgem.modules.cloud.quotas import quota, quota_class
from virgem.modules.estate.checks.quotas import promised_at_most
from virgem.modules.governance.planned import COMPUTE_QUOTA, STORAGE_QUOTA, Planned, Resource
from virgem.modules.governance.policy import Finding, Policy, finding
from virgem.modules.problem import Rule, Severity, Text
from virgem.network.model import SHARED

_SUM = Text(
    "the quotas of all municipalities together are {sum} {what}; the datacentres can promise {have}",
    "de quota van alle gemeenten samen zijn {sum} {what}; de datacentra kunnen {have} beloven",
)
_ENLARGE = Text("enlarge a datacentre, or grant less", "vergroot een datacentrum, of ken minder toe")
_MORE = Text(
    "{what} is {number}; quota class {name} grants {granted}", "{what} is {number}; quotaklasse {name} geeft {granted}"
)
_DEFECT = Text(
    "the plan grants more than the estate: a defect of virgem, report it",
    "het plan geeft meer dan het estate: een fout van virgem, meld ze",
)
# What a quota is called by the provider, in the model, and in datacentres; how many of its units make one of those.
_COUNTED = (
    (COMPUTE_QUOTA, "cores", "compute", "cores", "cores", 1, "cores"),
    (COMPUTE_QUOTA, "ram", "compute", "ram", "ram_gb", 1024, "GiB RAM"),
    (STORAGE_QUOTA, "gigabytes", "storage", "gigabytes", "storage_gb", 1, "GiB (volumes)"),
)
_GRANTED = (
    *((kind, key, service, name) for kind, key, service, name, *_ in _COUNTED),
    (COMPUTE_QUOTA, "instances", "compute", "instances"),
    (STORAGE_QUOTA, "volumes", "storage", "volumes"),
    (STORAGE_QUOTA, "perVolumeGigabytes", "storage", "per_volume_gigabytes"),
)


def _find(planned: Planned) -> Iterator[Finding]:
    have = promised_at_most(planned.estate.datacentres)
    for kind, key, service, name, field, unit, what in _COUNTED:
        sum_ = sum(_amounts(planned, kind, key, service, name).values()) / unit
        if planned.estate.datacentres and sum_ > have[field]:
            place = planned.estate.datacentres[0].origin.at(field.replace("_", "-"))
            values = {"sum": f"{sum_:.0f}", "what": what, "have": f"{have[field]:.0f}"}
            yield finding("", _SUM, _ENLARGE, values, (str(planned.estate.name), place))
    for kind, key, service, name in _GRANTED:
        for limit in planned.of(kind):
            yield from _granted(planned, limit, key, service, name)


def _amounts(planned: Planned, kind: str, key: str, service: str, name: str) -> Mapping[str, int]:
    """Return a quota of each municipality, planned now or not; the shared services have what they need, no quota."""
    stacks = (stack for stack in planned.cloud.data if stack.nis != SHARED)
    found = {stack.name: _of(stack, service, name) for stack in stacks}
    found |= {limit.stack: int(limit.get(key) or 0) for limit in planned.of(kind) if limit.nis != SHARED}
    return found


def _of(stack: DataStack, service: str, name: str) -> int:
    amounts: Mapping[str, int] = getattr(stack.quota, service)
    return amounts[name]


def _granted(planned: Planned, limit: Resource, key: str, service: str, name: str) -> Iterator[Finding]:
    town = planned.towns.get(limit.nis)
    if town is None or town.cloud is None:
        return
    granted: Quota = quota(quota_class(planned.estate, town.cloud.quota))
    most, number = getattr(granted, service)[name], limit.get(key)
    # -1 is no limit at all (OpenStack).
    if not isinstance(number, int) or number > most or number < 0:
        values = {"what": f"{limit.shown} {key}", "number": number, "name": town.cloud.quota, "granted": most}
        yield finding(limit.urn, _MORE, _DEFECT, values, (str(town.id), town.cloud.origin.at("quota")))


POLICY = Policy(
    rule=Rule(
        "quotas",
        "Quotas stay within what the region has",
        "Quota blijven binnen wat de regio heeft",
        "The cores, memory and volumes that municipalities may use together are no more than the datacentres can"
        " promise (W709 has the factors), and no municipality gets more than its quota class grants.",
        "Enlarge a datacentre, or grant less.",
        ("PR.IR-04.1", "ISO 27002:8.6"),
    ),
    severity=Severity.WARNING,
    find=_find,
)
