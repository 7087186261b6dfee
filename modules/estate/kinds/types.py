"""What a kind brings: the defaults a person would have chosen. Values only, no behaviour."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum


class Icr(StrEnum):
    """The five zone kinds of the Flemish information classification framework (ICR)."""

    DMZ = "dmz"
    APPLICATION = "application"
    USER = "user"
    DEVICE = "device"
    VISITOR = "visitor"


class Medium(StrEnum):
    """What carries a link."""

    FIBRE = "fibre"
    FIXED = "fixed"
    RADIO = "radio"


@dataclass(frozen=True, slots=True, kw_only=True)
class NamedKind:
    """A kind with its id and its names for reports."""

    id: str
    nl: str
    en: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ZoneKind(NamedKind):
    """A network zone: its ICR kind decides the rules, the rest are defaults.

    `hosts` is the number of addresses planned when the estate does not say; `services` are the shared services every
    zone of this kind may use; `vlan` is the preferred VLAN id in every site; `classification` the ICR class.
    """

    icr: Icr
    vlan: int
    hosts: int
    classification: int = 2
    services: tuple[str, ...] = ("dns", "ntp")
    wireless: bool = False
    dhcp: bool = True
    dot1x: bool = False
    dscp: int = 0
    # A zone of guests rides in a routing instance of its own, apart from the municipality's.
    guest: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class LinkKind(NamedKind):
    """A way to join a site to the region: `capacity` in bit/s, `mtu` in bytes, `cost` as routing metric."""

    medium: Medium
    capacity: int
    mtu: int = 1500
    cost: int = 100
    # True: the link crosses a network of others, so traffic rides an encrypted tunnel to the datacentres.
    tunnel: bool = False
    # The port of a site's router towards that network.
    underlay: str = "inet0"
    # True: the link runs over spans of the estate's own fibre plan (ducts, cables, strands).
    over_spans: bool = False
    max_km: float = 0.0


@dataclass(frozen=True, slots=True, kw_only=True)
class SiteKind(NamedKind):
    """A place with a network: `zones` it brings with their planned hosts, its class, link and owning entity kind."""

    zones: Mapping[str, int]
    classification: int = 2
    link: str = "internet-vpn"
    entity: str = "municipality"
    public: bool = False
    # The site of a municipality with the highest rank is its hub in the regional network.
    rank: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class DeviceKind(NamedKind):
    """A device: the zone it lives in, the role that configures it, watts it draws, years it is supported."""

    zone: str
    role: str = ""
    os: str = ""
    watts: int = 0
    poe_watts: int = 0
    support_years: int = 5
    personal: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class ServiceKind(NamedKind):
    """A shared service: ports (`tcp/443`), the cloud zone that holds it, the ICR zones whose hosts may use it."""

    ports: tuple[str, ...]
    zone: Icr = Icr.APPLICATION
    users: tuple[Icr, ...] = (Icr.DMZ, Icr.APPLICATION, Icr.USER, Icr.DEVICE)
    servers: int = 1
    flavor: str = "small"
    volume_gb: int = 0
    # True: it holds data of others, which are reached through applications only.
    data: bool = False
    # What its own servers need from the public internet; empty: nothing.
    outbound: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class EntityKind(NamedKind):
    """A body within a municipality that owns sites and data."""

    legal_person: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class UpstreamKind(NamedKind):
    """A network above the region; on a public one private addresses mean nothing and must not appear."""

    registration_required: bool = True
    public: bool = False
    ports: tuple[str, ...] = field(default=())
