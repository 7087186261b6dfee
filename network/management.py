"""Who manages what: the one answer, which the flows, routers, host firewalls, the cloud and the inventory follow.

A zone is managed where routers and switches are managed, or where a host lives that a role configures: from the
management tier of its municipality and from that of the operator, and from nowhere else. Three things are apart:

- guests ride in a routing instance that a municipality's tier has no way to, and the ICR lets nothing into a visitor
  zone; a computer that the region itself sets up there is the operator's exception, one zone at a time;
- bodies with `own_sites` (police, fire) have rules of their own: no tier of others reaches their hosts. Their routers
  are part of the joint network, so those are the operator's, never the municipality's;
- without a datacentre there is no tier.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from virgem.modules.estate.bodies import entity_of
from virgem.modules.estate.kinds import device_kinds, entity_kinds, zone_kinds
from virgem.modules.estate.kinds.types import Icr, ZoneKind
from virgem.modules.estate.model import Device, Estate, Municipality, Site, Zone
from virgem.modules.estate.model.devices import DeviceState
from virgem.network.keys import zone_key
from virgem.network.leases import lodgers
from virgem.network.model import SHARED

# A device is reachable for management from the day it is enrolled until it leaves service.
MANAGED_STATES = frozenset({DeviceState.ENROLLED, DeviceState.IN_SERVICE})


@dataclass(frozen=True, slots=True, kw_only=True)
class Managed:
    """A zone that somebody manages: its kind, and the tenants whose management tier does."""

    town: str
    kind: str
    managers: tuple[str, ...]


def configured(estate: Estate, device: Device) -> bool:
    """Tell whether a play brings a device to what its role asks for; a site's router is a host of the plan's."""
    kind = device_kinds()[estate.profile_by_id[device.profile].kind]
    return bool(kind.role) and not kind.site_router and device.state in MANAGED_STATES


def management(estate: Estate) -> Mapping[str, Managed]:
    """Return every managed zone by its key, as `34022/stadhuis:voip`."""
    return dict(_managed(estate))


def _managed(estate: Estate) -> Iterator[tuple[str, Managed]]:
    hosted = {lodger.zone.removeprefix("zone ") for lodger in lodgers(estate) if configured(estate, lodger.device)}
    kinds = zone_kinds()
    for town in estate.municipalities if estate.datacentres else ():
        for site in town.sites:
            for zone in site.zones:
                key, kind = zone_key(town, site, zone), kinds[zone.kind]
                if (kind.management or key in hosted) and (found := _managers(estate, town, kind, (site, zone))):
                    yield key, Managed(town=str(town.id), kind=kind.id, managers=found)


def _managers(estate: Estate, town: Municipality, kind: ZoneKind, place: tuple[Site, Zone]) -> tuple[str, ...]:
    operator = (SHARED,) if estate.services else ()
    if is_apart(town, entity_of(town, *place)):
        return operator if kind.management else ()
    own = town.cloud and not kind.guest and kind.icr is not Icr.VISITOR
    return (str(town.id), *operator) if own else operator


def is_apart(town: Municipality, path: str) -> bool:
    """Tell whether an entity of a municipality, by its path, is a body with rules of its own."""
    return any(entity_kinds()[entity.kind].own_sites for entity in town.entities if entity.path == path)
