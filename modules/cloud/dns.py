"""The DNS zones of tenants and the names that a town or a shared service declares in them.

The names of hosts and routers are in the region's own zones (network/render/region), not here.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from virgem.modules.cloud import names
from virgem.modules.cloud.model import DnsRecord, DnsZone, LoadBalancer
from virgem.modules.cloud.tenants import Tenant
from virgem.modules.estate.model import DnsName, Estate
from virgem.network.model import CloudAddress


def zones(estate: Estate, tenant: Tenant) -> tuple[DnsZone, ...]:
    """Return the zones of a tenant: its own, and one for every declared name that lies outside it."""
    own = names.zone_name(estate, tenant.town)
    found = {own, *(zone_of(name.id, own) for name in tenant.share.dns)}
    email = f"hostmaster@{estate.domain}"
    return tuple(
        DnsZone(id=name, name=name, email=email, description=f"Zone of {tenant.id} in {estate.name}")
        for name in sorted(found)
    )


def full_name(name: str, own: str) -> str:
    """Return a declared name in full: a single label lies in the tenant's own zone."""
    return name if "." in name else f"{name}.{own}"


def zone_of(name: str, own: str) -> str:
    """Return the zone in which a declared name lies."""
    full = full_name(name, own)
    return own if full == own or full.endswith(f".{own}") else full.partition(".")[2]


def records(estate: Estate, tenant: Tenant, balancers: Iterable[LoadBalancer]) -> tuple[DnsRecord, ...]:
    """Return every record set: names of shared services, and what the town declares."""
    own = names.zone_name(estate, tenant.town)
    known = {balancer.id: balancer for balancer in balancers}
    found = {record.id: record for record in _service_records(tenant, own)}
    for name in tenant.share.dns:
        found |= {record.id: record for record in _declared(tenant, name, own, known)}
    return tuple(found[key] for key in sorted(found))


def _service_records(tenant: Tenant, own: str) -> Iterator[DnsRecord]:
    for kit in tenant.kits if tenant.town is None else ():
        yield from _addresses(f"{kit.id}.{own}", own, kit.hosts)


def _declared(tenant: Tenant, name: DnsName, own: str, balancers: dict[str, LoadBalancer]) -> Iterator[DnsRecord]:
    full, zone = full_name(name.id, own), zone_of(name.id, own)
    if name.alias:
        yield _record(full, zone, "CNAME", (f"{full_name(name.alias, own)}.",))
    elif name.load_balancer and name.load_balancer in balancers:
        yield from _balanced(full, zone, balancers[name.load_balancer])
    elif name.server:
        server = name.server.rpartition("/")[2]
        yield from _addresses(full, zone, next((kit.hosts for kit in tenant.kits if kit.id == server), ()))


def _balanced(full: str, zone: str, balancer: LoadBalancer) -> Iterator[DnsRecord]:
    # The cloud gives a load balancer its address: the record takes it from there.
    yield _record(full, zone, "A", (), balancer.id)


def _addresses(full: str, zone: str, hosts: tuple[CloudAddress, ...]) -> Iterator[DnsRecord]:
    if hosts:
        yield _record(full, zone, "A", tuple(str(host.address4) for host in hosts))
        yield _record(full, zone, "AAAA", tuple(str(host.address6) for host in hosts))


def _record(full: str, zone: str, kind: str, values: tuple[str, ...], balancer: str = "") -> DnsRecord:
    ordered = tuple(sorted(values))
    return DnsRecord(id=f"{full}/{kind}", zone=zone, name=full, type=kind, values=ordered, balancer=balancer)  # type: ignore[arg-type]
