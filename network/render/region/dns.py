"""dns/<zone>.zone: the forward zone of machines, `net.<region domain>`, and the reverse zones of the pools.

Every machine has one name, with an A and an AAAA record, and each of its addresses one PTR record back. Names of
services, the region's own domain and those of municipalities are the cloud's (modules/cloud/dns.py), which delegates
the zone of machines to the servers named here.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

from netaddr import IPAddress, IPNetwork

from virgem.modules.estate.names import machine_domain
from virgem.network.model import NetworkPlan
from virgem.network.render.base import RegionRenderer

TTL = 3600
# Refresh, retry, expire and negative time to live in seconds (RIPE-203, RFC 2308).
TIMES = "86400 7200 3600000 300"

Named = tuple[str, IPAddress]


def machines(plan: NetworkPlan) -> Iterator[Named]:
    """Yield every machine's name with each of its addresses; no address comes twice."""
    domain = machine_domain(plan.domain)
    for router in plan.routers:
        yield from _both(f"{router.name}.{domain}", router.loopback4, router.loopback6)
        for link in router.links:
            end = link.end(router.site.path)
            yield from _both(f"{end.interface}.{router.name}.{domain}", end.address4.ip, end.address6.ip)
        of_town = machine_domain(plan.domain, router.town.id)
        for zone in router.zones:
            for device in zone.reservations:
                yield from _both(f"{device.name}.{of_town}", device.address4, device.address6)
    for host in plan.cloud_addresses:
        yield from _both(f"{host.name}.{machine_domain(plan.domain, host.tenant)}", host.address4, host.address6)


def _both(name: str, address4: IPAddress, address6: IPAddress) -> tuple[Named, Named]:
    return (name, address4), (name, address6)


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


def records(plan: NetworkPlan) -> Mapping[str, list[str]]:
    """Return the records of every zone by its name, in order: the same lines whatever the order of the estate."""
    forward = machine_domain(plan.domain)
    pools = (*plan.pools4, *plan.pools6)
    zones: dict[str, list[str]] = {forward: []}
    named = sorted((name, address.version, int(address), address) for name, address in machines(plan))
    for name, version, _, address in named:
        zones[forward].append(f"{name}. IN {'A' if version == 4 else 'AAAA'} {address}")
    for name, _, _, address in sorted(named, key=lambda found: found[1:3]):
        zones.setdefault(reverse_zone(address, pools), []).append(f"{pointer(address)}. IN PTR {name}.")
    return zones


def files(plan: NetworkPlan, serial: int) -> Mapping[str, str]:
    """Return every zone file of the region; none where no DNS service is there to hold them."""
    if not plan.name_servers:
        return {}
    return {f"dns/{zone}.zone": _text(plan, zone, lines, serial) for zone, lines in records(plan).items()}


def _text(plan: NetworkPlan, zone: str, lines: Iterable[str], serial: int) -> str:
    servers = list(plan.name_servers)
    head = [
        f"; {zone}: made by virgem, do not edit",
        f"$ORIGIN {zone}.",
        f"$TTL {TTL}",
        f"@ IN SOA {servers[0]}. hostmaster.{plan.domain}. {serial} {TIMES}",
        *(f"@ IN NS {name}." for name in servers),
    ]
    return "\n".join([*head, *lines, ""])


REGION_RENDERER = RegionRenderer(
    name="dns",
    files="dns/*.zone",
    render=files,
    checker=("named-checkzone", "-q", "-i", "local", "{zone}", "{file}"),
)
