"""Fixed addresses of the devices whose MAC address the estate knows: from the top of their zone's prefix downwards."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from netaddr import IPAddress

from virgem.modules.codes import problem
from virgem.modules.estate.kinds import device_kinds
from virgem.modules.estate.model import Device, Estate, Site
from virgem.modules.estate.model.devices import DeviceState
from virgem.modules.estate.names import device_name
from virgem.modules.problem import Problem
from virgem.network.lock import FILE, Block, Lock
from virgem.network.model import Reservation

# Devices in these states are on the network.
PRESENT = frozenset({DeviceState.ENROLLED, DeviceState.IN_SERVICE, DeviceState.IN_REPAIR})
_FIRST = 3  # below: the network, the gateway and a second router


@dataclass(frozen=True, slots=True, kw_only=True)
class Lodger:
    """A device with a fixed address, and the zone it lives in."""

    key: str  # "device SN0001"
    device: Device
    zone: str  # "zone 34022/stadhuis:cctv"


Blocks = Mapping[str, tuple[Block, ...]]


class Leases:
    """The fixed addresses by zone; `addresses` has them by key for the lock, as (IPv4, IPv6)."""

    def __init__(self, estate: Estate, blocks4: Blocks, blocks6: Blocks, lock: Lock) -> None:
        self.problems: list[Problem] = []
        self.addresses: dict[str, tuple[int, int]] = {}
        self.by_zone: dict[str, list[Reservation]] = {}
        self._blocks4, self._blocks6, self._lock = blocks4, blocks6, lock
        self._used: dict[int, str] = {}
        self._next: dict[str, int] = {}
        known = {lodger.key: lodger for lodger in lodgers(estate)}
        held = lock.kind("device")
        self._gone = {entry.ipv4[0][0] for key, entry in held.items() if key not in known and entry.ipv4}
        waiting = [lodger for _, lodger in sorted(known.items()) if not self._keep(lodger)]
        for lodger in waiting:
            self._deal(lodger)

    def _keep(self, lodger: Lodger) -> bool:
        """Keep a locked address while the device stays in its zone; tell whether it was kept."""
        entry = self._lock.entries.get(lodger.key)
        base, order = self._blocks4[lodger.zone][0]
        if not entry or not entry.ipv4 or not _FIRST <= entry.ipv4[0][0] - base < (1 << order) - 1:
            return False
        place = entry.ipv4[0][0] - base
        if rival := self._used.get(base + place):
            line = self._lock.mark(lodger.key)
            text = f"device {lodger.device.serial} has the address of '{rival}' in {FILE}"
            hint = f"delete line {line.line} of {FILE} and it gets a new address"
            self.problems.append(problem("E609", lodger.device.origin.mark, text, hint, (line,)))
        self._give(lodger, place)
        return True

    def _deal(self, lodger: Lodger) -> None:
        """Give the highest free place; one of a device that is gone only when no other is left."""
        base, order = self._blocks4[lodger.zone][0]
        top = self._next.get(lodger.zone, (1 << order) - 2)
        places = (p for p in range(top, _FIRST - 1, -1) if base + p not in self._used and base + p not in self._gone)
        place = next(places, None)
        self._next[lodger.zone] = _FIRST - 1 if place is None else place - 1
        if place is None:
            place = next((p for p in range(_FIRST, (1 << order) - 1) if base + p not in self._used), None)
        if place is None:
            text = (
                f"device {lodger.device.serial} finds no free address in its {lodger.zone}, of {1 << order} addresses"
            )
            hint = "raise `hosts` of the zone"
            self.problems.append(problem("E614", lodger.device.origin.mark, text, hint))
            return
        self._give(lodger, place)

    def _give(self, lodger: Lodger, place: int) -> None:
        four, six = self._blocks4[lodger.zone][0][0] + place, self._blocks6[lodger.zone][0][0] + place
        self._used[four] = lodger.key
        self.addresses[lodger.key] = (four, six)
        self.by_zone.setdefault(lodger.zone, []).append(
            Reservation(
                mac=str(lodger.device.mac),
                name=device_name(lodger.device),
                address4=IPAddress(four, 4),
                address6=IPAddress(six, 6),
            )
        )


def lodgers(estate: Estate) -> Iterator[Lodger]:
    """Yield the devices in use that have a MAC address and a zone to live in; the site's own router has its own."""
    towns = estate.towns
    for device in estate.devices:
        site = estate.sites.get(device.site)
        if device.mac and site and device.state in PRESENT and (zone := lives_in(estate, site, device)):
            key = f"device {device.serial}"
            yield Lodger(key=key, device=device, zone=f"zone {towns[site.municipality].nis}/{site.id}:{zone}")


def lives_in(estate: Estate, site: Site, device: Device) -> str:
    """Return the id of the zone a device lives in: the one named, else the one of its profile's or kind's zone kind."""
    profile = estate.profile_by_id.get(device.profile)
    kind = device_kinds().get(profile.kind) if profile else None
    if profile is None or kind is None or kind.site_router:
        return ""
    wanted = device.zone or profile.zone or kind.zone
    named = [zone.id for zone in site.zones if zone.id == wanted]
    alike = [] if device.zone else sorted(zone.id for zone in site.zones if zone.kind == wanted)
    return str([*named, *alike, ""][0])
