"""Devices and rings: what a device is, where it lives, what it came with."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from virgem.modules.estate.checks.facts import Facts
from virgem.modules.estate.checks.register import Finding, Notice, check
from virgem.modules.estate.kinds import device_kinds, zone_kinds
from virgem.modules.estate.model import Device, Zone
from virgem.modules.estate.model.devices import DeviceState

_GONE = (DeviceState.RETIRED, DeviceState.WIPED, DeviceState.LOST)
# The first ring shall be small enough to fail; a choice of this project.
_CANARY = 10


@check("E830", missing_from=("contracts", "profiles"))
def profile_of_a_device_can_be_bought(facts: Facts) -> Iterator[Finding]:
    offered = {found.profile for found in facts.items.values()}
    told: set[str] = set()
    for device in facts.estate.devices:
        if device.profile not in offered and device.profile not in told and device.state not in _GONE:
            told.add(device.profile)
            message = f"device {device.serial} is of profile {device.profile}, which no catalogue offers"
            hint = f"add an item with `profile: {device.profile}` to a contract"
            yield Finding(device.origin.at("profile"), message, hint, device.profile)


@check("E831", missing_from=("sites", "profiles"))
def device_lives_in_a_zone_of_its_site(facts: Facts) -> Iterator[Finding]:
    usual = _usual_zones(facts)
    names = {
        site.path: {zone.kind for zone in site.zones} | {str(zone.id) for zone in site.zones} for site in facts.sites
    }
    for device in facts.estate.devices:
        if device.zone or device.state in _GONE or usual[device.profile] in names[device.site]:
            continue
        wanted, site = usual[device.profile], facts.estate.sites[device.site]
        message = f"device {device.serial} ({device.profile}) needs zone {wanted}, which {device.site} does not have"
        hint = f"name one of {', '.join(zone.id for zone in site.zones)} under `zone`"
        yield Finding(device.origin.at("site"), message, hint, device.serial)


def _usual_zones(facts: Facts) -> Mapping[str, str]:
    """Return the zone that the devices of each profile live in when nothing else is written."""
    return {profile.id: profile.zone or device_kinds()[profile.kind].zone for profile in facts.estate.profiles}


@check("E832")
def device_lives_among_its_like(facts: Facts) -> Iterator[Finding]:
    usual = _usual_zones(facts)
    for device in facts.estate.devices:
        zone = _zone(facts, device) if device.zone else None
        if not zone:
            continue
        wanted = zone_kinds()[usual[device.profile]].icr
        if zone_kinds()[zone.kind].icr is not wanted:
            message = (
                f"device {device.serial} ({device.profile}) belongs in a {wanted} zone; {zone.path} is of ICR kind "
                f"{zone_kinds()[zone.kind].icr}"
            )
            yield Finding(device.origin.at("zone"), message, "leave `zone` out to get the usual one", device.serial)


def _zone(facts: Facts, device: Device) -> Zone | None:
    site = facts.estate.sites.get(device.site)
    return next((zone for zone in site.zones if zone.id == device.zone), None) if site else None


@check("E833")
def warranty_ends_after_purchase(facts: Facts) -> Iterator[Finding]:
    for device in facts.estate.devices:
        if device.bought and device.warranty_end and device.warranty_end < device.bought:
            message = f"the warranty of {device.serial} ends on {device.warranty_end}, before {device.bought}"
            yield Finding(device.origin.at("warranty-end"), message, "swap the two days", device.serial)


@check("E834")
def support_ends_after_purchase(facts: Facts) -> Iterator[Finding]:
    for device in facts.estate.devices:
        if device.bought and device.support_end and device.support_end < device.bought:
            message = (
                f"the support of {device.serial} ended on {device.support_end}, before purchase on {device.bought}"
            )
            yield Finding(device.origin.at("support-end"), message, "correct one of the days", device.serial)


@check("E835")
def device_was_bought_after_its_order(facts: Facts) -> Iterator[Finding]:
    for device in facts.estate.devices:
        found = facts.orders.get(device.order or "")
        if found and device.bought and device.bought.day < found[1].date.day:
            message = f"device {device.serial} was bought on {device.bought}, before its order of {found[1].date}"
            related = (found[1].origin.at("date"),)
            yield Finding(device.origin.at("bought"), message, "correct the day or the order", device.serial, related)


@check("E836")
def device_came_with_the_order_of_its_town(facts: Facts) -> Iterator[Finding]:
    for device in facts.estate.devices:
        found = facts.orders.get(device.order or "")
        town = device.site.partition("/")[0]
        if found and found[0].id != town:
            message = (
                f"device {device.serial} stands in {device.site}, but its order {device.order} is of {found[0].id}"
            )
            yield Finding(device.origin.at("order"), message, "name an order of the town it stands in", device.serial)


@check("W837", missing_from=("deliveries", "orders", "contracts"))
def device_arrived_with_its_order(facts: Facts) -> Iterator[Notice]:
    arrived: dict[str, set[str]] = {}
    for town in facts.estate.municipalities:
        for delivery in town.deliveries:
            serials = (serial for line in delivery.lines for serial in line.serials)
            arrived.setdefault(delivery.order, set()).update(serials)
    for device in facts.estate.devices:
        serials_of_order = arrived.get(device.order or "")
        if serials_of_order and device.serial not in serials_of_order:
            yield Notice(device.origin.at("order"), {"device": device.serial, "order": device.order}, device.serial)


@check("E838", missing_from=("contracts",))
def item_of_a_device_is_of_its_profile(facts: Facts) -> Iterator[Finding]:
    for device in facts.estate.devices:
        offered = facts.items.get(device.item or "")
        if offered and offered.profile != device.profile:
            met = offered.profile or "none"
            message = f"device {device.serial} is of profile {device.profile}, its item {offered.path} of {met}"
            related = (offered.origin.at("profile"),)
            yield Finding(device.origin.at("item"), message, "correct one of the two", device.serial, related)


@check("E839")
def entity_of_a_device_is_of_its_town(facts: Facts) -> Iterator[Finding]:
    for device in facts.estate.devices:
        if device.entity and device.entity.partition("/")[0] != device.site.partition("/")[0]:
            message = f"device {device.serial} stands in {device.site}, but is used by {device.entity}"
            yield Finding(device.origin.at("entity"), message, "name an entity of that municipality", device.serial)


@check("W840")
def device_that_is_gone_is_in_no_ring(facts: Facts) -> Iterator[Notice]:
    for device in facts.estate.devices:
        if device.ring and device.state in _GONE:
            yield Notice(
                device.origin.at("ring"),
                {"device": device.serial, "state": device.state, "ring": device.ring},
                device.serial,
            )


@check("E841")
def mac_address_is_of_one_device(facts: Facts) -> Iterator[Finding]:
    for device in facts.estate.devices:
        if device.mac and int(device.mac[:2], 16) & 1:
            message = f"the MAC address of {device.serial}, {device.mac}, is a group address"
            yield Finding(device.origin.at("mac"), message, "read it again from the device", device.serial)


@check("W842")
def device_in_use_is_supported(facts: Facts) -> Iterator[Notice]:
    for device in facts.estate.devices:
        end = device.support_end
        if facts.as_of and end and end.day < facts.as_of and device.state is DeviceState.IN_SERVICE:
            yield Notice(device.origin.at("support-end"), {"device": device.serial, "end": end}, device.serial)


@check("E845", missing_from=("rings",))
def rings_hold_all_devices(facts: Facts) -> Iterator[Finding]:
    rings = facts.estate.rings
    total = sum(ring.share for ring in rings)
    if rings and total != 100:
        message = f"the shares of the rings add up to {total} %, not 100"
        yield Finding(rings[-1].origin.at("share"), message, _mend(rings[-1].share + 100 - total), rings[-1].id)


def _mend(share: int) -> str:
    return f"make the last one {share}" if share > 0 else "lower the larger ones"


@check("W846", missing_from=("rings",))
def first_ring_is_a_canary(facts: Facts) -> Iterator[Notice]:
    first = next(iter(facts.estate.rings), None)
    if first and first.share > _CANARY:
        yield Notice(first.origin.at("share"), {"ring": first.id, "share": first.share, "most": _CANARY}, first.id)
