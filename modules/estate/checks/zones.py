"""Zones of sites, by the Flemish information classification framework (ICR)."""

from __future__ import annotations

from collections.abc import Iterator

from virgem.modules.estate.checks.facts import Facts
from virgem.modules.estate.checks.register import Finding, Notice, check
from virgem.modules.estate.kinds import entity_kinds, zone_kinds
from virgem.modules.estate.kinds.types import Icr
from virgem.modules.estate.model import Zone
from virgem.modules.estate.scalars import VlanId

# More hosts than this in one broadcast domain hurt; a choice of this project.
_HOSTS = 1022


@check("E501")
def visitor_zone_carries_nothing_critical(facts: Facts) -> Iterator[Finding]:
    for _, zone in facts.zones:
        if zone_kinds()[zone.kind].icr is Icr.VISITOR and zone.classification > 1:
            message = f"visitor zone {zone.path} has class {zone.classification}; nothing critical goes in it"
            yield Finding(zone.origin.at("class"), message, "class 1, or another kind of zone", zone.path)


@check("W502")
def zone_is_no_higher_than_its_site(facts: Facts) -> Iterator[Notice]:
    for site, zone in facts.zones:
        # A zone that the kind of the site brings has the site's origin: nobody wrote its class.
        written = zone.origin.mark != site.origin.mark and "class" in zone.origin.keys
        if written and zone.classification > site.classification:
            yield Notice(
                zone.origin.at("class"),
                {"zone": zone.path, "level": zone.classification, "site_level": site.classification},
                zone.path,
                (site.origin.at("class"),),
            )


@check("E503")
def fixed_vlan_is_of_one_zone(facts: Facts) -> Iterator[Finding]:
    for site in facts.sites:
        seen: dict[VlanId, Zone] = {}
        for zone in site.zones:
            first = seen.setdefault(zone.vlan, zone) if zone.vlan else zone
            if first is not zone:
                message = f"VLAN {zone.vlan} is also used by zone {first.id} of {site.path}"
                hint = "leave `vlan` out to get the next free one"
                yield Finding(zone.origin.at("vlan"), message, hint, zone.path, (first.origin.at("vlan"),))


@check("W504")
def vlan_one_stays_free(facts: Facts) -> Iterator[Notice]:
    for _, zone in facts.zones:
        if zone.vlan == 1:
            yield Notice(zone.origin.at("vlan"), {"zone": zone.path}, zone.path)


@check("E505")
def police_and_fire_share_no_zone(facts: Facts) -> Iterator[Finding]:
    for device in facts.estate.devices:
        entity = facts.entities.get(device.entity or "")
        site = facts.estate.sites.get(device.site)
        host = facts.entities.get(site.entity) if site else None
        if not entity or not host or entity.path == host.path:
            continue
        apart = next((body for body in (entity, host) if entity_kinds()[body.kind].own_sites), None)
        if apart:
            message = f"device {device.serial} of {entity.path} shares site {device.site} with {host.path}"
            yield Finding(device.origin.at("entity"), message, f"give {apart.path} a site of its own", device.serial)


@check("E506")
def police_and_fire_sites_hold_own_zones(facts: Facts) -> Iterator[Finding]:
    for site, zone in facts.zones:
        entity = facts.entities.get(site.entity)
        people = zone_kinds()[zone.kind].entity
        if entity and entity_kinds()[entity.kind].own_sites and people not in ("", entity.kind):
            message = f"site {site.path} of {entity.path} holds zone {zone.id}, which is for bodies of kind {people}"
            yield Finding(zone.origin.at("kind"), message, f"move the zone, or add `without: [{zone.kind}]`", zone.path)


@check("W507", missing_from=("sites",))
def welfare_has_a_zone_of_its_own(facts: Facts) -> Iterator[Notice]:
    for site in facts.sites:
        entity = facts.entities.get(site.entity)
        if entity is None or not entity_kinds()[entity.kind].own_zone:
            continue
        kinds = [zone_kinds()[zone.kind] for zone in site.zones]
        own = next((kind.id for kind in zone_kinds().values() if kind.entity == entity.kind), "")
        if all(kind.entity != entity.kind for kind in kinds) and any(kind.desks and not kind.entity for kind in kinds):
            values = {"site": site.path, "entity": entity.path, "zone": own}
            yield Notice(site.origin.at("zones"), values, site.path)


@check("E508")
def zone_holds_somebody(facts: Facts) -> Iterator[Finding]:
    for _, zone in facts.zones:
        if zone.hosts == 0:
            message = f"zone {zone.path} is planned for 0 hosts"
            yield Finding(zone.origin.at("hosts"), message, "name a number, or list the zone in `without`", zone.path)


@check("W509")
def zone_is_not_too_large(facts: Facts) -> Iterator[Notice]:
    for _, zone in facts.zones:
        if zone.hosts > _HOSTS:
            yield Notice(zone.origin.at("hosts"), {"zone": zone.path, "hosts": zone.hosts, "most": _HOSTS}, zone.path)


@check("E510")
def zone_is_what_its_name_says(facts: Facts) -> Iterator[Finding]:
    kinds = zone_kinds()
    for _, zone in facts.zones:
        named = kinds.get(zone.id)
        if named and named.icr is not kinds[zone.kind].icr:
            message = (
                f"zone {zone.path} is called {zone.id}, a kind of {named.icr} zone, but is of kind {zone.kind}, "
                f"{_article(kinds[zone.kind].icr)} zone"
            )
            yield Finding(zone.origin.at("kind"), message, "own users and guests stay apart: rename it", zone.path)


def _article(icr: Icr) -> str:
    return f"an {icr}" if icr is Icr.APPLICATION else f"a {icr}"
