"""What tenants may use and declare against what the datacentres have; their own quotas are checked over the plan."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from virgem.modules.estate.checks.facts import Facts
from virgem.modules.estate.checks.register import Finding, Notice, check
from virgem.modules.estate.model import CloudShare, Datacentre, QuotaClass
from virgem.modules.estate.sizes import SIZES

# How often capacity may be promised, beside cores: each datacentre says how often those. A choice of this project.
_PROMISED = {"ram_gb": 1.0, "storage_gb": 1.5}
# The same in both languages.
_NAMES = {"cores": "cores", "ram_gb": "GiB RAM", "storage_gb": "GiB (volumes)"}


def cores(share: CloudShare) -> int:
    """Return the processor cores of the declared servers."""
    return sum(SIZES[server.flavor].cores * server.count for server in share.servers if server.flavor in SIZES)


def ram_gb(share: CloudShare) -> int:
    """Return the memory of the declared servers in GiB."""
    return sum(SIZES[server.flavor].ram_gb * server.count for server in share.servers if server.flavor in SIZES)


def storage_gb(share: CloudShare) -> int:
    """Return the size of the declared volumes in GiB."""
    return sum(volume.size_gb for volume in share.volumes)


@check("W709", missing_from=("quotas", "datacentres"))
def quotas_fit_the_datacentres(facts: Facts) -> Iterator[Notice]:
    classes = {str(quota.id): quota for quota in facts.estate.quotas}
    shares = [town.cloud for town in facts.estate.municipalities if town.cloud]
    granted: list[QuotaClass] = [classes[share.quota] for share in shares if share.quota in classes]
    for field in _NAMES:
        have, times = _promised(facts.estate.datacentres, field)
        sum_ = sum(getattr(quota, field) for quota in granted)
        if facts.estate.datacentres and sum_ > have:
            place = facts.estate.datacentres[0].origin.at(field.replace("_", "-"))
            yield Notice(place, {"sum": sum_, "what": _NAMES[field], "have": have, "times": times}, facts.estate.name)


@check("E710", missing_from=("datacentres",))
def declared_fits_the_datacentres(facts: Facts) -> Iterator[Finding]:
    shares = [town.cloud for town in facts.estate.municipalities if town.cloud]
    for field, wanted in (("cores", cores), ("ram_gb", ram_gb), ("storage_gb", storage_gb)):
        promised, _ = _promised(facts.estate.datacentres, field)
        have = promised if field == "cores" else _capacity(facts.estate.datacentres, field)
        sum_ = sum(wanted(share) for share in shares) + _services(facts, field)
        if facts.estate.datacentres and sum_ > have:
            message = f"servers and volumes need {sum_} {_NAMES[field]}; the datacentres hold {have:.0f}"
            place = facts.estate.datacentres[0].origin.at(field.replace("_", "-"))
            yield Finding(place, message, "enlarge a datacentre, or declare less", facts.estate.name)


def _capacity(centres: tuple[Datacentre, ...], field: str) -> int:
    return sum(getattr(centre, field) for centre in centres)


def _promised(centres: tuple[Datacentre, ...], field: str) -> tuple[float, float]:
    """Return what the datacentres can promise, and how many times what they have that is."""
    have = _capacity(centres, field)
    if field != "cores":
        return have * _PROMISED[field], _PROMISED[field]
    promised = sum(centre.cores * centre.overcommit for centre in centres)
    return promised, promised / have if have else 0.0


def _services(facts: Facts, field: str) -> int:
    """Return what the shared services need."""
    services = [service for service in facts.estate.services if service.flavor in SIZES]
    if field == "storage_gb":
        return sum(service.servers * service.volume_gb for service in services)
    return sum(service.servers * int(getattr(SIZES[service.flavor], field)) for service in services)


def promised_at_most(centres: tuple[Datacentre, ...]) -> Mapping[str, float]:
    """Return what datacentres may promise to tenants together: cores, memory and volume storage in GiB."""
    return {field: _promised(centres, field)[0] for field in _NAMES}
