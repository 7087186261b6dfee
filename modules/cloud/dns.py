"""The DNS zones of tenants and the names that a town or a shared service declares in them.

The region's own zone holds the names of shared services and delegates `net.<region domain>`, the zone of machines
(network/render/region/dns.py), to the servers of the shared DNS service.
"""

from __future__ import annotations

from collections.abc import Iterator

from virgem.modules.cloud import names
from virgem.modules.cloud.model import DnsRecord, DnsZone
from virgem.modules.cloud.tenants import Tenant
from virgem.modules.estate.model import DnsName, Estate
from virgem.modules.estate.names import full_name, machine_domain, within, zone_of
from virgem.network.model import CloudAddress, NetworkPlan

# The label before a name under which its floating addresses stand: the name itself keeps those of the region, where
# nothing is translated. Whoever keeps the name for the world lets it be an alias of this one, or copies it.
OUTSIDE = "outside"


def zones(estate: Estate, tenant: Tenant) -> tuple[DnsZone, ...]:
    """Return the zones of a tenant: its own, and one for every declared name that lies outside it."""
    own = names.zone_name(estate, tenant.town)
    found = {own, *(zone_of(name.id, own) for name in tenant.share.dns)}
    email = f"hostmaster@{estate.domain}"
    return tuple(
        DnsZone(
            id=name,
            name=name,
            email=email,
            description=f"Zone of {tenant.id} in {estate.name}",
            held=tenant.town is not None and within(name, str(estate.domain)),
        )
        for name in sorted(found)
    )


def records(estate: Estate, plan: NetworkPlan, tenant: Tenant) -> tuple[DnsRecord, ...]:
    """Return every record set: names of shared services with the delegation, or what the town declares."""
    own = names.zone_name(estate, tenant.town)
    found = {record.id: record for record in _service_records(tenant, own)}
    if tenant.town is None:
        found |= {record.id: record for record in _delegation(plan, own)}
    for name in tenant.share.dns:
        found |= {record.id: record for record in _declared(tenant, name, own)}
    return tuple(found[key] for key in sorted(found))


def _service_records(tenant: Tenant, own: str) -> Iterator[DnsRecord]:
    for kit in tenant.kits if tenant.town is None else ():
        yield from _addresses(f"{kit.id}.{own}", own, kit.hosts)


def _delegation(plan: NetworkPlan, own: str) -> Iterator[DnsRecord]:
    """Delegate the zone of machines; its servers have their names in it, so here is glue (RFC 1034, 4.2.1)."""
    if plan.name_servers:
        yield _record(machine_domain(own), own, "NS", tuple(f"{name}." for name in plan.name_servers))
    for name, host in plan.name_servers.items():
        yield from _addresses(name, own, (host,))


def _declared(tenant: Tenant, name: DnsName, own: str) -> Iterator[DnsRecord]:
    full, zone = full_name(name.id, own), zone_of(name.id, own)
    if name.alias:
        yield _record(full, zone, "CNAME", (f"{full_name(name.alias, own)}.",))
    elif name.load_balancer:
        yield from _addresses(full, zone, tuple(b for b in tenant.balancers if b.server == name.load_balancer))
    elif name.server:
        server = name.server.rpartition("/")[2]
        yield from _addresses(full, zone, next((kit.hosts for kit in tenant.kits if kit.id == server), ()))


def _addresses(full: str, zone: str, hosts: tuple[CloudAddress, ...]) -> Iterator[DnsRecord]:
    if hosts:
        yield _record(full, zone, "A", tuple(str(host.address4) for host in hosts))
        yield _record(full, zone, "AAAA", tuple(str(host.address6) for host in hosts))
    if floating := tuple(str(host.floating) for host in hosts if host.floating):
        yield _record(f"{OUTSIDE}.{full}", zone, "A", floating)


def _record(full: str, zone: str, kind: str, values: tuple[str, ...]) -> DnsRecord:
    ordered = tuple(sorted(values))
    return DnsRecord(id=f"{full}/{kind}", zone=zone, name=full, type=kind, values=ordered)  # type: ignore[arg-type]
