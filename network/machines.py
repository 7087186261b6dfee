"""The zones of machines: the forward zone `net.<region domain>` and the reverse zones of the pools, with their serials.

Every machine has one name, with an A and an AAAA record, and each of its addresses one PTR record back. Names of
services, the region's own domain and those of municipalities are the cloud's (modules/cloud/dns.py), which delegates
the zone of machines to the servers of the shared DNS service.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from hashlib import sha256
from operator import itemgetter

from netaddr import IPAddress, IPNetwork

from virgem.modules.estate.names import machine_domain
from virgem.network.lock import Entry, Lock
from virgem.network.model import NetworkPlan
from virgem.network.texts import colons, dotted

_LAST_SERIAL = 2**32 - 1

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
    for host in (*plan.cloud_addresses, *plan.balancers):
        yield from _both(f"{host.name}.{machine_domain(plan.domain, host.tenant)}", host.address4, host.address6)


def _both(name: str, address4: IPAddress, address6: IPAddress) -> tuple[Named, Named]:
    return (name, address4), (name, address6)


def reverse_zone(address: IPAddress, pools: Iterable[IPNetwork]) -> str:
    """Return the reverse zone of an address: per /16 or /24 of an IPv4 pool, per IPv6 pool (RFC 3596)."""
    own = _own_labels(address.version, int(address), [_bounds(pool) for pool in pools])
    return pointer(address).split(".", own)[own]


def pointer(address: IPAddress) -> str:
    """Return the name under which an address is looked up."""
    return _pointer(address.version, int(address))


# The version of a pool, its first and last address, and how many labels below its reverse zone an address has.
Bounds = tuple[int, int, int, int]


def _bounds(pool: IPNetwork) -> Bounds:
    own = (2 if pool.prefixlen <= 16 else 1) if pool.version == 4 else 32 - pool.prefixlen // 4
    return pool.version, pool.first, pool.last, own


def _own_labels(version: int, number: int, pools: Iterable[Bounds]) -> int:
    for of_version, first, last, own in pools:
        if version == of_version and first <= number <= last:
            return own
    return 2 if version == 4 else 24


def _pointer(version: int, number: int) -> str:
    if version == 4:
        return f"{number & 255}.{number >> 8 & 255}.{number >> 16 & 255}.{number >> 24}.in-addr.arpa"
    return f"{'.'.join(f'{number:032x}'[::-1])}.ip6.arpa"


def records(plan: NetworkPlan) -> Mapping[str, list[str]]:
    """Return the records of every zone by its name, in order: the same lines whatever the order of the estate.

    Nothing without a DNS service to hold them.
    """
    if not plan.name_servers:
        return {}
    known = plan.memo.get("records")
    if isinstance(known, dict):
        return known
    named = sorted((name, address.version, int(address)) for name, address in machines(plan))
    forward = [f"{name}. IN A {dotted(n)}" if v == 4 else f"{name}. IN AAAA {colons(n)}" for name, v, n in named]
    return {machine_domain(plan.domain): forward, **_reverse(plan, named)}


def _reverse(plan: NetworkPlan, named: Iterable[tuple[str, int, int]]) -> Mapping[str, list[str]]:
    pools = [_bounds(pool) for pool in (*plan.pools4, *plan.pools6)]
    zones: dict[str, list[str]] = {}
    for name, version, number in sorted(named, key=itemgetter(1, 2)):
        pointed, own = _pointer(version, number), _own_labels(version, number, pools)
        zones.setdefault(pointed.split(".", own)[own], []).append(f"{pointed}. IN PTR {name}.")
    return zones


def numbered(plan: NetworkPlan, lock: Lock) -> tuple[NetworkPlan, Mapping[str, Entry]]:
    """Return the plan with the serial of every zone, and what the lock keeps of them.

    A zone whose text is as before keeps its serial, else it grows by one (RFC 1912, section 2.2): secondary servers
    fetch what has a higher one.
    """
    zones = records(plan)
    servers = " ".join((plan.domain, *plan.name_servers))
    kept = {zone: _entry(lock.entries.get(f"dns {zone}"), servers, lines) for zone, lines in zones.items()}
    made = replace(plan, serials={zone: entry.number("serial") or 1 for zone, entry in kept.items()})
    made.memo["records"] = zones
    return made, {f"dns {zone}": entry for zone, entry in kept.items()}


def _entry(old: Entry | None, servers: str, lines: Iterable[str]) -> Entry:
    mark = sha256("\n".join((servers, *lines)).encode()).hexdigest()[:16]
    before = (old.number("serial") or 0) if old else 0
    same = old is not None and old.value("hash") == mark and before > 0
    # The number after the last is the first (RFC 1982).
    serial = before if same else before % _LAST_SERIAL + 1
    return Entry(values=(("serial", str(serial)), ("hash", mark)))
