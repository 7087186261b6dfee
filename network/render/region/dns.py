"""dns/<zone>.zone: forward zones of the region and of the municipalities' own domains, reverse zones of the pools.

A name has an A and an AAAA record or is an alias; every address has one PTR record. Load balancers get their addresses
from the cloud, which keeps the records of names that point to them.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from netaddr import IPAddress, IPNetwork

from virgem.modules.estate.model import DnsName, Municipality
from virgem.modules.estate.names import town_domain
from virgem.network.model import CloudAddress, NetworkPlan
from virgem.network.render.base import RegionRenderer

TTL = 3600
# Refresh, retry, expire and negative time to live in seconds (RIPE-203, RFC 2308).
TIMES = "86400 7200 3600000 300"


@dataclass(slots=True)
class Names:
    """Records collected by full name; `aliases` by full name to full name."""

    addresses: dict[str, dict[IPAddress, None]] = field(default_factory=dict)
    aliases: dict[str, str] = field(default_factory=dict)
    pointers: dict[IPAddress, str] = field(default_factory=dict)

    def add(self, name: str, addresses: Iterable[IPAddress], *, main: bool = True) -> None:
        """Give a name addresses; `main`: it is also what the addresses point back to."""
        for address in addresses:
            self.addresses.setdefault(name, {})[address] = None
            if main:
                self.pointers.setdefault(address, name)


def collect(plan: NetworkPlan) -> Names:
    """Return every name of the region."""
    found = Names()
    towns = _towns(plan)
    for router in plan.routers:
        found.add(f"{router.name}.{plan.domain}", (router.loopback4, router.loopback6))
        for zone in router.zones:
            for device in zone.reservations:
                name = f"{device.name}.{town_domain(router.town, plan.domain)}"
                found.add(name, (device.address4, device.address6))
        for link in router.links:
            end = link.end(router.site.path)
            found.add(f"{end.interface}.{router.name}.{plan.domain}", (end.address4.ip, end.address6.ip))
    for host in plan.cloud_addresses:
        found.add(f"{host.name}.{_tenant_domain(plan, towns, host.tenant)}", (host.address4, host.address6))
    for service in plan.services:
        found.add(f"{service.id}.{plan.domain}", _addresses(service.hosts), main=False)
    _tenant_names(plan, towns, found)
    return found


def _towns(plan: NetworkPlan) -> Mapping[str, Municipality]:
    return {str(router.town.id): router.town for router in plan.routers}


def _tenant_domain(plan: NetworkPlan, towns: Mapping[str, Municipality], tenant: str) -> str:
    return town_domain(towns[tenant], plan.domain) if tenant in towns else plan.domain


def _addresses(hosts: Iterable[CloudAddress]) -> list[IPAddress]:
    return [address for host in hosts for address in (host.address4, host.address6)]


def _tenant_names(plan: NetworkPlan, towns: Mapping[str, Municipality], found: Names) -> None:
    by_server: dict[tuple[str, str], list[CloudAddress]] = {}
    for host in plan.cloud_addresses:
        by_server.setdefault((host.tenant, host.server), []).append(host)
    for town in towns.values():
        for entry in town.cloud.dns if town.cloud else ():
            name = _full(plan, town, entry.id)
            if entry.server:
                hosts = by_server.get((str(town.id), entry.server.rpartition("/")[2]), ())
                found.add(name, _addresses(hosts), main=False)
            elif entry.alias:
                _alias(plan, town, entry, name, found)


def _alias(plan: NetworkPlan, town: Municipality, entry: DnsName, name: str, found: Names) -> None:
    # An alias may have no other record beside it (RFC 1034, section 3.6.2).
    if entry.alias and name not in found.addresses:
        found.aliases[name] = _full(plan, town, entry.alias)


def _full(plan: NetworkPlan, town: Municipality, name: str) -> str:
    return name if "." in name else f"{name}.{town_domain(town, plan.domain)}"


def forward_zones(plan: NetworkPlan) -> list[str]:
    """Return the names of the forward zones: the region's, and those of municipalities outside it."""
    own = {town_domain(town, plan.domain) for town in _towns(plan).values()}
    outside = {domain for domain in own if not _within(domain, plan.domain)}
    return sorted({plan.domain, *(d for d in outside if not any(_within(d, o) for o in outside - {d}))})


def _within(name: str, zone: str) -> bool:
    return name == zone or name.endswith(f".{zone}")


def reverse_zone(address: IPAddress, pools: Iterable[IPNetwork]) -> str:
    """Return the reverse zone of an address: per /16 or /24 of an IPv4 pool, per IPv6 pool (RFC 3596)."""
    pool = next((pool for pool in pools if address in pool), None)
    if address.version == 4:
        octets = str(address).split(".")
        keep = 2 if pool is None or pool.prefixlen <= 16 else 3
        return ".".join([*reversed(octets[:keep]), "in-addr.arpa"])
    nibbles = f"{int(address):032x}"[: (pool.prefixlen if pool else 32) // 4]
    return ".".join([*reversed(nibbles), "ip6.arpa"])


def pointer(address: IPAddress) -> str:
    """Return the name under which an address is looked up."""
    if address.version == 4:
        return ".".join([*reversed(str(address).split(".")), "in-addr.arpa"])
    return ".".join([*reversed(f"{int(address):032x}"), "ip6.arpa"])


def servers(plan: NetworkPlan) -> list[tuple[str, CloudAddress | None]]:
    """Return the name servers; a region without a DNS service has the routers of its datacentres answer."""
    hosts = [host for service in plan.services if service.kind == "dns" for host in service.hosts]
    if hosts:
        return [(f"{host.name}.{plan.domain}", host) for host in hosts]
    return [(f"{router.name}.{plan.domain}", None) for router in plan.routers[:1]]


def _head(plan: NetworkPlan, zone: str, serial: int) -> list[str]:
    masters = [name for name, _ in servers(plan)]
    return [
        f"; {zone}: made by virgem, do not edit",
        f"$ORIGIN {zone}.",
        f"$TTL {TTL}",
        f"@ IN SOA {masters[0]}. hostmaster.{plan.domain}. {serial} {TIMES}",
        *(f"@ IN NS {name}." for name in masters),
    ]


def _forward(plan: NetworkPlan, zone: str, names: Names, serial: int) -> str:
    lines = _head(plan, zone, serial)
    for name in sorted(names.addresses):
        if _within(name, zone):
            # IPv4 first, then in order: the same bytes whatever the order of the estate.
            for address in sorted(names.addresses[name], key=lambda a: (a.version, a)):
                lines.append(f"{name}. IN {'A' if address.version == 4 else 'AAAA'} {address}")
    lines += [f"{name}. IN CNAME {names.aliases[name]}." for name in sorted(names.aliases) if _within(name, zone)]
    return "\n".join([*lines, ""])


def _reverse(plan: NetworkPlan, names: Names, serial: int) -> dict[str, str]:
    pools = (*plan.pools4, *plan.pools6)
    zones: dict[str, list[IPAddress]] = {}
    for address in sorted(names.pointers, key=lambda a: (a.version, a)):
        zones.setdefault(reverse_zone(address, pools), []).append(address)
    return {
        zone: "\n".join([*_head(plan, zone, serial), *(f"{pointer(a)}. IN PTR {names.pointers[a]}." for a in own), ""])
        for zone, own in zones.items()
    }


def files(plan: NetworkPlan, serial: int) -> Mapping[str, str]:
    """Return every zone file of the region."""
    if not plan.routers:
        return {}
    names = collect(plan)
    zones = {zone: _forward(plan, zone, names, serial) for zone in forward_zones(plan)} | _reverse(plan, names, serial)
    return {f"dns/{zone}.zone": text for zone, text in sorted(zones.items())}


REGION_RENDERER = RegionRenderer(
    name="dns",
    files="dns/*.zone",
    render=files,
    checker=("named-checkzone", "-q", "-i", "local", "{zone}", "{file}"),
)
