"""The invented devices of a municipality: as many as the sizing formulas say, spread over its sites by staff."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date, timedelta
from functools import cache

from virgem.modules.estate.kinds import device_kinds, site_kinds
from virgem.modules.estate.kinds.types import DeviceKind
from virgem.modules.estate.public import PublicMunicipality
from virgem.modules.estate.starter.dice import Dice
from virgem.modules.estate.starter.places import Place
from virgem.modules.estate.starter.sizing import shared, sizes

# The profiles of templates/contracts.yaml by the kind they belong to.
PROFILES = {
    "laptop-standard": "laptop",
    "desktop-standard": "desktop",
    "thin-client": "thin-client",
    "kiosk": "kiosk",
    "smartphone": "smartphone",
    "tablet": "tablet",
    "router-hub": "router",
    "router-site": "router",
    "switch-24": "switch",
    "access-point": "access-point",
    "access-point-outdoor": "access-point",
    "printer-floor": "printer",
    "phone-desk": "ip-phone",
    "camera-dome": "camera",
    "sensor-climate": "sensor",
    "sensor-water": "sensor",
    "gateway-lora": "gateway",
    "server-rack": "server",
}
# Kinds that others call at a fixed address, beside those that virgem configures: their rows bear a MAC address.
_CALLED = ("printer", "camera", "gateway")
_VERSIONS = {"linux": ("debian-12.8", "debian-12.11", "debian-12.12"), "android": ("14", "15", "16")}
_FIRMWARE = ("2.4.1", "2.4.3", "3.0.0")
_STAFF_ZONES = ("administration", "ocmw", "library-staff", "school-staff", "counter")
# More devices than this in one zone, one broadcast domain, would hurt.
ZONE_LIMIT = 750
COLUMNS = "serial,profile,site,zone,state,order,item,mac,bought,warranty-end,support-end,version"


@dataclass(frozen=True, slots=True, kw_only=True)
class Batch:
    """So many devices of one profile in one zone of a site; `zone` is empty where the profile's own is right."""

    profile: str
    site: str
    zone: str
    count: int

    @property
    def lives_in(self) -> str:
        """The zone the devices take their addresses from."""
        return self.zone or kind_of(self.profile).zone


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """A device: a line of the municipality's CSV file."""

    serial: str
    batch: Batch
    bought: date
    version: str
    mac: str = ""
    state: str = ""
    order: str = ""
    item: str = ""


def batches(town: PublicMunicipality, sites: tuple[Place, ...]) -> tuple[Batch, ...]:
    """Return the devices of every site, site by site."""
    size, staff = sizes(town.population), tuple(place.staff for place in sites)
    pcs = shared(size.pcs, staff)
    counts = zip(
        sites,
        pcs,
        shared(size.laptops, pcs),
        shared(size.phones, staff),
        shared(size.tablets, staff),
        shared(size.switches(len(sites)) - len(sites), staff),
        shared(size.access_points(0), staff),
        strict=True,
    )
    found = (b for place, *numbers in counts for b in split(_site_batches(place, *numbers)) if b.count)
    return tuple(found)


def split(site_batches: Iterable[Batch]) -> Iterator[Batch]:
    """Yield the batches of a site, those that overfill a zone cut: the rest lives in a second zone of the kind."""
    filled = Counter[str]()
    for batch in site_batches:
        left, zone = batch.count, batch.lives_in
        if filled[zone] + left <= ZONE_LIMIT:
            filled[zone] += left
            yield batch
            continue
        while left:
            lap = filled[zone] // ZONE_LIMIT
            count = min(left, (lap + 1) * ZONE_LIMIT - filled[zone])
            yield replace(batch, count=count, zone=f"{zone}-{lap + 1}" if lap else batch.zone)
            filled[zone] += count
            left -= count


def _site_batches(
    place: Place, pcs: int, laptops: int, phones: int, tablets: int, switches: int, access_points: int
) -> Iterator[Batch]:
    zones = site_kinds()[place.kind].zones
    own = next((zone for zone in _STAFF_ZONES if zone in zones), "")
    kiosks = (pcs - laptops) * 2 // 3 if "public-pcs" in zones else 0
    thin = (pcs - laptops) // 3 if "counter" in zones else 0
    for profile, count in (
        ("laptop-standard", laptops),
        ("desktop-standard", pcs - laptops - kiosks - thin),
        ("smartphone", phones),
        ("tablet", tablets),
    ):
        yield _batch(place, profile, own, count)
    yield _batch(place, "kiosk", "public-pcs", kiosks)
    yield _batch(place, "thin-client", "counter", thin)
    yield from _network_batches(place, 1 + switches, access_points + (4 if is_public_building(place.kind) else 0))
    yield from _thing_batches(place, pcs, zones)


def _network_batches(place: Place, switches: int, access_points: int) -> Iterator[Batch]:
    yield _batch(place, "router-hub" if place.kind == "town-hall" else "router-site", "management", 1)
    yield _batch(place, "switch-24", "management", switches)
    yield _batch(place, "access-point", "management", access_points)


def _thing_batches(place: Place, pcs: int, zones: Mapping[str, int]) -> Iterator[Batch]:
    """Yield what domain knowledge gives no formula for: a few by zone, more where more people work (own estimate)."""
    yield _batch(place, "printer-floor", "printers", 1 + pcs // 25 if "printers" in zones else 0)
    yield _batch(place, "phone-desk", "voip", 1 + pcs // 10 if "voip" in zones else 0)
    yield _batch(place, "camera-dome", "cctv", 3 if "cctv" in zones else 0)
    yield _batch(place, "server-rack", "servers", 2 if "servers" in zones else 0)
    if "sensors" in zones:
        yield _batch(place, "sensor-climate" if place.kind == "square" else "sensor-water", "sensors", 4)
        yield _batch(place, "gateway-lora", "sensors", 1)


def is_public_building(kind: str) -> bool:
    """Tell whether the public comes inside sites of this kind: a square is public, but no building."""
    return site_kinds()[kind].public and kind != "square"


def _batch(place: Place, profile: str, zone: str, count: int) -> Batch:
    own = "" if zone == kind_of(profile).zone else zone
    return Batch(profile=profile, site=place.id, zone=own, count=count)


def needed(town_batches: tuple[Batch, ...]) -> Mapping[str, Mapping[str, int]]:
    """Return the number of devices by site and zone."""
    found: dict[str, Counter[str]] = {}
    for batch in town_batches:
        found.setdefault(batch.site, Counter())[batch.lives_in] += batch.count
    return found


def rows(town: PublicMunicipality, town_batches: tuple[Batch, ...], dice: Dice, today: date) -> tuple[Row, ...]:
    """Return a row for every device; serial numbers start with INV: they are invented."""
    each = ((batch, kind_of(batch.profile)) for batch in town_batches for _ in range(batch.count))
    return tuple(_row(town, batch, kind, number, dice, today) for number, (batch, kind) in enumerate(each, 1))


def _row(town: PublicMunicipality, batch: Batch, kind: DeviceKind, number: int, dice: Dice, today: date) -> Row:
    age = dice.whole(45, kind.support_years * 292)  # at most four fifths of its life
    return Row(
        serial=f"INV-{town.nis}-{number:05d}",
        batch=batch,
        bought=_before(today, age),
        version=dice.one_of(_VERSIONS.get(kind.os, _FIRMWARE)),
        mac=_mac(town, number) if has_fixed_address(kind) else "",
        state="in-repair" if dice.whole(1, 150) == 1 else "",
    )


def has_fixed_address(kind: DeviceKind) -> bool:
    """Tell whether devices of a kind get a fixed address: those that something else, or a playbook, calls.

    Laptops are among them: at their own site a playbook finds them, elsewhere they take an address of the pool. It
    costs no addresses, since a zone has room for all its devices.
    """
    return kind.id in _CALLED or kind.role not in ("", "site_router")


@cache
def kind_of(profile: str) -> DeviceKind:
    """Return the device kind of a profile."""
    return device_kinds()[PROFILES[profile]]


@cache
def _before(today: date, days: int) -> date:
    return today - timedelta(days=days)


def _mac(town: PublicMunicipality, number: int) -> str:
    """Return a locally administered address (the second bit of the first octet, IEEE 802) that no maker gave out."""
    octets = (2, *int(town.nis).to_bytes(3, "big"), *number.to_bytes(2, "big"))
    return ":".join(f"{octet:02x}" for octet in octets)


def came_with(row: Row, order: str, item: str, bought: date) -> Row:
    """Return the row of a device that was delivered for an order."""
    return replace(row, order=order, item=item, bought=bought, state="")


def text(town: PublicMunicipality, town_rows: tuple[Row, ...]) -> str:
    """Return the CSV file of the municipality's devices."""
    return "\n".join((COLUMNS, *(_line(town.id, row) for row in town_rows), ""))


def _line(town: str, row: Row) -> str:
    batch, order = row.batch, f"{town}/{row.order}" if row.order else ""
    return (
        f"{row.serial},{batch.profile},{town}/{batch.site},{batch.zone},{row.state},{order},{row.item},"
        f"{row.mac},{_days(row.bought, batch.profile)},{row.version}"
    )


@cache
def _days(bought: date, profile: str) -> str:
    """Return the days of purchase, warranty end and support end as they stand in a row."""
    years = kind_of(profile).support_years
    return f"{bought},{later(bought, min(3, years))},{later(bought, years)}"


def later(day: date, years: int) -> date:
    """Return the same day so many years later; 29 February becomes the 28th."""
    leap = (day.month, day.day) == (2, 29)
    return day.replace(year=day.year + years, day=28 if leap else day.day)
