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


# The port of a fixed line to the internet, where tunnels are waited for.
FIXED_PORT = "inet0"

# The web for devices that are people's own, QUIC (RFC 9114) too. No explicit proxy: most of them do not ask for one,
# and one that is found by a name (WPAD) is as easily somebody else's. The ICR asks for a filter of user zones; visitors
# it asks to keep apart, and they are: an instance of their own, these ports, and addresses of the internet only.
WEB = ("tcp/80", "tcp/443", "udp/443")


@dataclass(frozen=True, slots=True, kw_only=True)
class NamedKind:
    """A kind with its id and its names for reports; `aliases` are short names for it in an estate."""

    id: str
    nl: str
    en: str
    aliases: tuple[str, ...] = ()


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
    # A zone of guests rides in a routing instance of its own, apart from the municipality's.
    guest: bool = False
    # Ports of public networks that its hosts reach by themselves, translated on the way; empty: by a filter only.
    outbound: tuple[str, ...] = ()
    # True: staff work here, at desks or on laptops.
    desks: bool = False
    # The kind of entity whose people it is for; empty: for any.
    entity: str = ""
    # True: routers and other network devices are managed here.
    management: bool = False
    # True: filters of web traffic stand here, so it reaches public networks itself.
    filters: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class LinkKind(NamedKind):
    """A way to join a site to the region: `capacity` in bit/s, `mtu` in bytes, `cost` as routing metric."""

    medium: Medium
    capacity: int
    mtu: int = 1500
    cost: int = 100
    # True: the link crosses a network of others, so traffic rides an encrypted tunnel to the datacentres.
    tunnel: bool = False
    # True: from end to end nobody else carries or switches what is sent. Where a link is neither own nor a tunnel, what
    # rides in VXLAN crosses the network of others in clear.
    own: bool = False
    # The port of a site's router towards that network.
    port: str = FIXED_PORT
    # Its firewall mark and routing table, so that tunnels leave by it although a fixed line is better; 0: the main one.
    mark: int = 0
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
    # True: it is the router of a site, which the plan names, numbers and renders; a row of devices tells its maker.
    site_router: bool = False
    # True: the router that a site has when no row of devices tells another.
    usual: bool = False


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
    # True: a region has one whether its text names it or not, because zones need it.
    usual: bool = False
    # True: servers of every tenant may use it; else those of its subscribers.
    for_all_servers: bool = False
    # True: its servers resolve names for all and hold the zones of machines.
    resolves: bool = False
    # True: its servers give the time.
    tells_time: bool = False
    # True: it filters web traffic: the way of users to public networks.
    filters: bool = False
    # Ports that every host needs that a role configures, in whatever zone it lives; in a visitor zone only when the
    # service stands in a DMZ.
    for_hosts: tuple[str, ...] = ()
    # Ports by which its servers reach the devices of the zones that use it: a mediator, so its zone is a DMZ.
    reaches: tuple[str, ...] = ()
    # Its servers keep something together, and reach each other for it by the service's own ports.
    replicates: bool = True
    # True: its volumes hold the backups of others; those of a datacentre lie in another one.
    keeps_backups: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class EntityKind(NamedKind):
    """A body within a municipality that owns sites and data."""

    legal_person: bool = False
    # True: every municipality has one, and it owns the sites that no other body owns.
    usual: bool = False
    # True: it has rules of its own, so it shares no site with another body.
    own_sites: bool = False
    # True: its data stay apart, so its desks stand in a zone of its own.
    own_zone: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class UpstreamKind(NamedKind):
    """A network above the region; on a public one private addresses mean nothing and must not appear."""

    registration_required: bool = True
    public: bool = False
    ports: tuple[str, ...] = field(default=())
    # True: a region whose text names no upstream network has this one.
    usual: bool = False
