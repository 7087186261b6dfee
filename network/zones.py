"""The prefixes and VLAN ids of municipalities, sites and zones."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from itertools import chain

from virgem.modules.codes import problem
from virgem.modules.estate.kinds import zone_kinds
from virgem.modules.estate.model import Estate, Municipality, Site, Zone
from virgem.modules.problem import Mark, Problem
from virgem.network.addressing import Want, order_of
from virgem.network.keys import site_key, town_key, zone_key
from virgem.network.lock import FILE, Lock

# Network, gateway, a second router (VRRP, RFC 9568) and broadcast.
RESERVED = 4
LEAST4 = 4  # /28: a smaller zone saves nothing and must be renumbered soon
ZONE6 = 64  # bits: /64, which SLAAC asks for (RFC 4291, RFC 4862)
SITE6 = 72  # bits: /56, one of the sizes RFC 6177 names for a site; 256 zones on a byte boundary
TOWN6 = 76  # bits: /52, 16 sites; on a nibble boundary, so that reverse DNS zones can be delegated (RFC 3596)
VLANS = range(2, 4095)  # 1 is the untagged default of most switches, 0 and 4095 are reserved (IEEE 802.1Q)


def zone_order(hosts: int) -> int:
    """Return the bits left to hosts of the smallest IPv4 prefix for so many hosts."""
    return max(LEAST4, order_of(hosts + RESERVED))


def wants(estate: Estate) -> Iterator[Want]:
    """Yield what every municipality, site and zone asks for."""
    for town in estate.municipalities:
        order6 = TOWN6 if len(town.sites) <= 12 else TOWN6 + 4
        key = town_key(town)
        mark = town.origin.mark
        yield Want(key=key, within="", what=town.id, order4=0, order6=order6, mark=mark, space=True)
        for site in town.sites:
            yield from _site_wants(town, site, key)


def _site_wants(town: Municipality, site: Site, within: str) -> Iterator[Want]:
    key = f"site {site_key(town, site)}"
    mark = site.origin.mark
    yield Want(key=key, within=within, what=site.path, order4=LEAST4, order6=SITE6, mark=mark, space=True)
    for zone in site.zones:
        yield Want(
            key=f"zone {zone_key(town, site, zone)}",
            within=key,
            what=f"zone {zone.id} of {site.path}",
            order4=zone_order(zone.hosts),
            order6=ZONE6,
            mark=_mark(site, zone),
            asked=zone.hosts + RESERVED,
        )


def _mark(site: Site, zone: Zone) -> Mark:
    """Return where a zone stands: its own place, or the site's when its kind brought it."""
    return zone.origin.mark if zone.origin.mark.file else site.origin.mark


class Vlans:
    """The VLAN ids of all zones: a fixed one, else the locked, else the kind's own, else the next free of the site."""

    def __init__(self, estate: Estate, lock: Lock) -> None:
        self.ids: dict[str, int] = {}
        self.problems: list[Problem] = []
        self._lock = lock
        self._held: dict[str, dict[str, int]] = {}
        for key, entry in lock.kind("zone").items():
            if (vlan := entry.number("vlan")) is not None:
                self._held.setdefault(key.rpartition(":")[0], {})[key] = vlan
        for town in estate.municipalities:
            for site in town.sites:
                zones = {f"zone {zone_key(town, site, zone)}": zone for zone in site.zones}
                self._site(site, dict(sorted(zones.items())), self._held.get(f"zone {site_key(town, site)}", {}))

    def _site(self, site: Site, zones: Mapping[str, Zone], held: Mapping[str, int]) -> None:
        used = {int(zone.vlan): key for key, zone in zones.items() if zone.vlan is not None}
        self.ids |= {key: int(zone.vlan) for key, zone in zones.items() if zone.vlan is not None}
        kept = [key for key, zone in zones.items() if zone.vlan is None and key in held]
        for key in sorted(kept, key=lambda key: self._lock.entries[key].released):
            self._keep(site, zones, key, held[key], used)
        gone = {vlan for key, vlan in held.items() if key not in zones}
        # The zone that bears its kind's name comes first to its kind's id.
        order = sorted(zones, key=lambda key: zones[key].id != zones[key].kind)
        new = [key for key in order if key not in self.ids]
        without = [zones[key] for key in new if not self._deal(key, zones[key], used, gone)]
        if without:
            who = f"zone '{without[0].id}' and {len(without) - 1} more of {site.path}"
            text = f"{who} find none of the {len(VLANS):,} VLAN ids free"
            self.problems.append(problem("E613", site.origin.mark, text, "split the site"))

    def _keep(self, site: Site, zones: Mapping[str, Zone], key: str, vlan: int, used: dict[int, str]) -> None:
        rival = used.setdefault(vlan, key)
        # A zone that comes back has no claim on an id that was given to another meanwhile.
        if rival != key and self._lock.entries[key].released:
            return
        self.ids[key] = vlan
        if rival == key:
            return
        line = self._lock.mark(key)
        text = f"VLAN {vlan} is kept for zone '{zones[key].id}' of {site.path} in {FILE}"
        fixed = zones[rival].vlan is not None
        mark = zones[rival].origin.at("vlan") if fixed else site.origin.mark
        hint = f"choose another id, or delete line {line.line} of {FILE}"
        code, other = ("E612", "") if fixed else ("E609", f" and for zone '{zones[rival].id}'")
        self.problems.append(problem(code, mark, text + other, hint, (line,)))

    def _deal(self, key: str, zone: Zone, used: dict[int, str], gone: set[int]) -> bool:
        """Give a zone its kind's id or the next free one; False when all are taken."""
        kind = zone_kinds().get(zone.kind)
        vlan = next_free([kind.vlan] if kind else [], used, gone)
        if vlan is None:
            return False
        used[vlan] = key
        self.ids[key] = vlan
        return True


def next_free(preferred: Sequence[int], used: Collection[int], gone: Collection[int]) -> int | None:
    """Return a preferred id, else the lowest free one, else one of a zone that is gone, else None."""
    free = (vlan for vlan in chain(preferred, VLANS) if vlan not in used and vlan not in gone)
    found = next(free, None)
    return min((vlan for vlan in gone if vlan not in used), default=None) if found is None else found
