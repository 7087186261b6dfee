"""Devices and the rings they are rolled out in."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from virgem.modules.estate.base import Located, key
from virgem.modules.estate.model.refs import EntityRef, ItemRef, OrderRef, OwnerRef, ProfileRef, RingRef, SiteRef
from virgem.modules.estate.scalars import (
    Count,
    Date,
    Description,
    Hostname,
    Identifier,
    Label,
    MacAddress,
    Percent,
    TaggedName,
)


class DeviceState(StrEnum):
    """Where a device stands in its life."""

    ORDERED = "ordered"
    RECEIVED = "received"
    ENROLLED = "enrolled"
    IN_SERVICE = "in-service"
    IN_REPAIR = "in-repair"
    LOST = "lost"
    RETIRED = "retired"
    WIPED = "wiped"


@dataclass(frozen=True, slots=True, kw_only=True)
class Device(Located):
    """One device: a row of a CSV file in devices/."""

    serial: TaggedName = key("Serial number, unique in the estate.")
    name: Hostname | None = key("Host name; when left out, made from profile and serial.", default=None)
    tag: TaggedName | None = key("Asset tag.", default=None)
    profile: ProfileRef = key("Device profile.")
    site: SiteRef = key("The site it is used in.")
    entity: EntityRef | None = key("The entity that uses it; when left out, the site's.", default=None)
    zone: Identifier | None = key("The zone it lives in; when left out, the profile's.", default=None)
    owner: OwnerRef | None = key("Owner role; when left out, the site's.", default=None)
    ring: RingRef | None = key("Roll-out ring; when left out, by rule.", default=None)
    state: DeviceState = key("Where it stands in its life.", default=DeviceState.IN_SERVICE)
    order: OrderRef | None = key("The order it came with.", default=None)
    item: ItemRef | None = key("The catalogue item it is.", default=None)
    mac: MacAddress | None = key("MAC address, for a fixed DHCP address.", default=None)
    bought: Date | None = key("Day of purchase.", default=None)
    warranty_end: Date | None = key("Last day of warranty.", default=None)
    support_end: Date | None = key("Last day of the maker's support.", default=None)
    version: TaggedName | None = key("Version of operating system or firmware.", default=None)


@dataclass(frozen=True, slots=True, kw_only=True)
class Ring(Located):
    """A group of devices that get a change together, after the ring before it."""

    id: Identifier = key("The ring's name.", written=False)
    label: Label | None = key("Display name.", default=None)
    share: Percent = key("Share of the devices, in percent.")
    success: Percent = key("Share that must succeed before the next ring.", default=Percent(98))
    soak_hours: Count = key("Hours to wait before the next ring.", default=Count(24))
    description: Description | None = key("What it is for.", default=None)
