"""The values a network plan is made of. Prefixes and addresses are netaddr values, capacities bit/s, lengths km.

Keys name an object for the lock file and never change with a display name or a position:
`34022/stadhuis` is a site (NIS code / site), `34022/stadhuis:voip` a zone in it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from functools import cached_property
from typing import Literal

from netaddr import IPAddress, IPNetwork

from virgem.modules.estate.kinds import service_kinds, zone_kinds
from virgem.modules.estate.kinds.types import Icr
from virgem.modules.estate.model import Municipality, Site, Zone
from virgem.modules.estate.model.cloud import Tier
from virgem.modules.estate.names import machine_domain
from virgem.modules.problem import NOWHERE, Mark
from virgem.network.fibre.model import NO_FIBRE, FibrePlan

# The tenant of the shared services, beside the municipalities.
SHARED = "shared"
# The first ten addresses of a cloud network are its own, its gateway's and the provider's: for DHCP, and for what load
# balancers speak from.
FIRST_HOST = 10
# Of those eight: one for DHCP, two for each load balancer (Octavia's pair that watch each other), and one that is free
# when a broken half is replaced before it is taken away.
_FOR_DHCP, _FOR_A_BALANCER, _FOR_REPAIRS = 1, 2, 1
MOST_BALANCERS = (FIRST_HOST - 2 - _FOR_DHCP - _FOR_REPAIRS) // _FOR_A_BALANCER


class Place(StrEnum):
    """What a router is in the regional network."""

    EDGE = "edge"  # joins one site to the hub of its municipality, or to a datacentre over a tunnel
    HUB = "hub"  # the main site of a municipality, on the regional ring
    DATACENTRE = "datacentre"  # a hub that also joins the cloud and the upstream networks


@dataclass(frozen=True, slots=True, kw_only=True)
class Vrf:
    """A routing instance of a tenant: its own table on every router, joined over EVPN by `vni` (RFC 8365)."""

    name: str  # at most 15 characters, the limit of a Linux interface name: "t34022", "g34022" for guests, "shared"
    tenant: str  # municipality id, or "shared"
    guest: bool
    table: int  # Linux routing table
    vni: int
    target: str  # route target, `asn:number` (RFC 4360, RFC 5668)


@dataclass(frozen=True, slots=True, kw_only=True)
class Reservation:
    """A device's fixed addresses in its zone, handed out by DHCP to its MAC address."""

    mac: str
    name: str
    address4: IPAddress
    address6: IPAddress


@dataclass(frozen=True, slots=True, kw_only=True)
class ZonePlan:
    """A zone of a site with its numbers."""

    key: str
    zone: Zone
    site: str  # path, "kortrijk/stadhuis"
    icr: Icr
    vlan: int
    vrf: str
    prefix4: IPNetwork
    prefix6: IPNetwork
    reservations: tuple[Reservation, ...] = ()
    entity: str = ""  # path of the entity whose people or things are in it, "kortrijk/ocmw"
    desks: bool = False  # staff work in it
    # Tenants (a municipality, or "shared" for the operator) whose management tier reaches hosts in it.
    managers: tuple[str, ...] = ()
    apart: bool = False  # of a body with rules of its own, whose hosts nobody else manages

    @property
    def gateway4(self) -> IPAddress:
        """The router's address: the first of the prefix."""
        return IPAddress(self.prefix4.first + 1, 4)

    @property
    def gateway6(self) -> IPAddress:
        """The router's address: ::1 of the /64."""
        return IPAddress(self.prefix6.first + 1, 6)


@dataclass(frozen=True, slots=True, kw_only=True)
class LinkEnd:
    """One end of a WAN link: the router's site, its interface and its addresses (/31 RFC 3021, /127 RFC 6164)."""

    site: str
    interface: str
    address4: IPNetwork
    address6: IPNetwork


@dataclass(frozen=True, slots=True, kw_only=True)
class WanLink:
    """A point-to-point link between two routers, physical or a tunnel."""

    key: str
    kind: str  # link kind id
    ends: tuple[LinkEnd, LinkEnd]
    capacity: int
    mtu: int
    cost: int
    tunnel: bool
    backup: bool
    backbone: bool
    over: tuple[str, ...] = ()  # spans
    km: float = 0.0
    caller: str = ""  # of a tunnel: the site that opens it, towards the public address of the other
    origin: Mark = field(default=NOWHERE, compare=False)

    def end(self, site: str) -> LinkEnd:
        """Return this site's end."""
        return self.ends[0] if self.ends[0].site == site else self.ends[1]

    def far(self, site: str) -> LinkEnd:
        """Return the other end."""
        return self.ends[1] if self.ends[0].site == site else self.ends[0]

    @property
    def listener(self) -> str:
        """Of a tunnel: the site of the datacentre that waits for the other end."""
        return self.far(self.caller).site


@dataclass(frozen=True, slots=True, kw_only=True)
class PublicEnd:
    """An address of a datacentre's router on the internet, alone when its provider hands it out."""

    address: IPAddress
    network: IPNetwork | None = None  # the address with its prefix
    gateway: IPAddress | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class RouterPlan:
    """The router of a site with everything its files are rendered from."""

    key: str
    name: str  # host name, "rtr-kortrijk-stadhuis"
    site: Site
    town: Municipality
    place: Place
    asn: int
    loopback4: IPAddress
    loopback6: IPAddress
    blocks4: tuple[IPNetwork, ...]  # every zone of the site lies within one of them; one, until it is full
    blocks6: tuple[IPNetwork, ...]
    zones: tuple[ZonePlan, ...]  # by key
    links: tuple[WanLink, ...]  # by key
    vrfs: tuple[Vrf, ...]
    datacentre: str = ""  # id, for Place.DATACENTRE
    public: tuple[PublicEnd, ...] = ()  # where it is found from the internet, IPv4 first, for Place.DATACENTRE
    ports: Mapping[str, str] = field(default_factory=dict)  # its physical ports: name to path (udev's ID_PATH)

    @property
    def managed_in(self) -> ZonePlan | None:
        """The zone in which it is managed, with its address for that; None where the site has no such zone."""
        return next((zone for zone in self.zones if zone_kinds()[zone.zone.kind].management), None)

    @property
    def town_folder(self) -> str:
        """Where the files of its municipality lie under the folder of results."""
        return f"network/{self.town.nis}-{self.town.id}/"

    @property
    def folder(self) -> str:
        """Where its own files lie under the folder of results."""
        return f"{self.town_folder}{self.site.id}"


@dataclass(frozen=True, slots=True, kw_only=True)
class TownPlan:
    """What a municipality was given."""

    nis: str
    id: str
    asn: int
    blocks4: tuple[IPNetwork, ...]
    blocks6: tuple[IPNetwork, ...]
    vrf: Vrf
    hub: str  # path of the hub site


@dataclass(frozen=True, slots=True, kw_only=True)
class CloudNetwork:
    """A network of a tenant in the cloud of one datacentre."""

    key: str  # "cloud:34022/application@west", "cloud:shared/dmz@east"
    tenant: str  # municipality id, or "shared"
    datacentre: str
    tier: Tier
    vrf: str
    prefix4: IPNetwork
    prefix6: IPNetwork

    @property
    def name(self) -> str:
        """The network's name in the cloud, "kortrijk-application-west"."""
        return f"{self.tenant}-{self.tier}-{self.datacentre}"

    def left(self, version: Literal[4, 6]) -> tuple[IPAddress, IPAddress]:
        """Return the first and the last address that the provider gives out itself."""
        first = (self.prefix4 if version == 4 else self.prefix6).first
        return IPAddress(first + 2, version), IPAddress(first + FIRST_HOST - 1, version)


@dataclass(frozen=True, slots=True, kw_only=True)
class CloudAddress:
    """A planned fixed address of a virtual server or a load balancer."""

    key: str  # "host:34022/web-1", "host:shared/dns-2", or "balancer:34022/web"
    tenant: str
    server: str  # id of the server, service or load balancer
    name: str  # "web-1"
    network: str  # key of the CloudNetwork
    address4: IPAddress
    address6: IPAddress
    floating: IPAddress | None = None  # IPv4, what networks that never see `address4` reach it at


@dataclass(frozen=True, slots=True, kw_only=True)
class FloatingPrefix:
    """The floating addresses of a datacentre, in a network of the cloud's that the datacentre's router stands before.

    Its routers take theirs in the lower half by themselves; those of servers and load balancers are planned, in the
    upper half.
    """

    datacentre: str
    prefix: IPNetwork

    @property
    def half(self) -> int:
        """Return where the upper half begins, counted from the first address."""
        return int(self.prefix.size) // 2

    @property
    def gateway(self) -> IPAddress:
        """The address of the datacentre's router: the first of the prefix that a host may have."""
        return IPAddress(self.prefix.first + 1, 4)

    @property
    def left(self) -> tuple[IPAddress, IPAddress]:
        """Return the first and the last address that the provider gives to routers."""
        return IPAddress(self.prefix.first + 2, 4), IPAddress(self.prefix.first + self.half - 1, 4)


@dataclass(frozen=True, slots=True, kw_only=True)
class ServicePlan:
    """A shared service with the addresses clients use."""

    id: str
    kind: str
    ports: tuple[str, ...]  # "tcp/443", "udp/10000-20000"
    tier: Tier
    hosts: tuple[CloudAddress, ...]


class Side(StrEnum):
    """What a selector selects by."""

    ZONE = "zone"  # zones of sites, by site or town and zone name, ICR kind, or all
    SERVICE = "service"  # a shared service
    SERVER = "server"  # a server of a tenant
    BALANCER = "balancer"  # a load balancer of a tenant, where clients reach it
    RELAY = "relay"  # what a load balancer speaks to its servers from
    TIER = "tier"  # a cloud network tier of a tenant
    UPSTREAM = "upstream"  # an upstream network


@dataclass(frozen=True, slots=True, kw_only=True, order=True)
class Selector:
    """One side of a flow. Empty `town`, `site` or `name` means any; the fields after them narrow zones further.

    For a server, a load balancer, a tier or a service `town` is the tenant ("shared" for the operator's own tier).
    """

    side: Side
    town: str = ""
    site: str = ""  # path, "kortrijk/stadhuis"
    name: str = ""  # id of a zone, service, server, load balancer or upstream; zone kind or tier
    icr: str = ""
    kind: str = ""  # zone kind
    entities: tuple[str, ...] = ()  # paths; empty means any
    desks: bool = False  # only zones where staff work
    manager: str = ""  # only zones that this tenant manages

    def matches(self, zone: ZonePlan) -> bool:
        """Tell whether a zone of a site is among those selected."""
        return (
            self.side is Side.ZONE
            and (not self.site or self.site == zone.site)
            and (not self.town or zone.site.startswith(self.town + "/"))
            and (not self.name or self.name in (zone.zone.id, zone.zone.kind))
            and (not self.icr or self.icr == zone.icr)
            and (not self.kind or self.kind == zone.zone.kind)
            and (not self.entities or zone.entity in self.entities)
            and (not self.desks or zone.desks)
            and (not self.manager or self.manager in zone.managers)
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class FlowRule:
    """One allowed flow, stateful, both families; whatever no rule allows is dropped."""

    id: str
    source: Selector
    target: Selector
    ports: tuple[str, ...]  # "tcp/443", "udp/123", "icmp", "any"
    purpose: str
    registered: bool  # True: a flow written in the estate; False: a default of a kind
    origin: Mark = field(default=NOWHERE, compare=False)
    purpose_nl: str = ""  # the purpose of a default in Dutch, for reports; a registered flow has its own words only


@dataclass(frozen=True, slots=True, kw_only=True)
class UpstreamPlan:
    """An upstream network with the datacentres that join it: the first is active, the others stand by, in this order.

    `translate4` and `translate6` are the prefixes that our traffic towards it appears as; a public network never sees
    a private address, so a family without any stays closed to those.
    """

    id: str
    kind: str
    asn: int | None
    datacentres: tuple[str, ...]
    prefixes4: tuple[IPNetwork, ...]
    prefixes6: tuple[IPNetwork, ...]
    public: bool = False
    translate4: tuple[IPNetwork, ...] = ()
    translate6: tuple[IPNetwork, ...] = ()


@dataclass(frozen=True, kw_only=True)
class NetworkPlan:
    """The network of a region: everything the renderers, the cloud, the inventory and the report need to know."""

    estate: str
    domain: str
    asn: int
    pools4: tuple[IPNetwork, ...]
    pools6: tuple[IPNetwork, ...]
    towns: tuple[TownPlan, ...]
    routers: tuple[RouterPlan, ...]
    links: tuple[WanLink, ...]
    vrfs: tuple[Vrf, ...]
    cloud_networks: tuple[CloudNetwork, ...]
    cloud_addresses: tuple[CloudAddress, ...]  # of servers
    balancers: tuple[CloudAddress, ...]
    services: tuple[ServicePlan, ...]
    upstreams: tuple[UpstreamPlan, ...]
    rules: tuple[FlowRule, ...]
    datacentres: Mapping[str, str]  # id to site path
    floating: tuple[FloatingPrefix, ...] = ()  # by datacentre
    serials: Mapping[str, int] = field(default_factory=dict)  # of every zone of machines, by its name
    fibre: FibrePlan = NO_FIBRE

    @cached_property
    def router_at(self) -> Mapping[str, RouterPlan]:
        """The router of every site, by path."""
        return {router.site.path: router for router in self.routers}

    @cached_property
    def reflectors(self) -> tuple[RouterPlan, ...]:
        """The routers of the datacentres: route reflectors of the overlay."""
        return tuple(router for router in self.routers if router.place is Place.DATACENTRE)

    @cached_property
    def town(self) -> Mapping[str, TownPlan]:
        """What every municipality was given, by id."""
        return {town.id: town for town in self.towns}

    @cached_property
    def network(self) -> Mapping[str, CloudNetwork]:
        """Every cloud network by key."""
        return {network.key: network for network in self.cloud_networks}

    @cached_property
    def service(self) -> Mapping[str, ServicePlan]:
        """Every shared service by id."""
        return {service.id: service for service in self.services}

    @cached_property
    def name_servers(self) -> Mapping[str, CloudAddress]:
        """The shared DNS service's servers by full name: they resolve for all and hold the zones of machines."""
        hosts = (host for service in self.services if service_kinds()[service.kind].resolves for host in service.hosts)
        return {f"{host.name}.{machine_domain(self.domain, host.tenant)}": host for host in hosts}

    @cached_property
    def memo(self) -> dict[str, object]:
        """Room for what others derive from this plan once, by the name of who derives it; no part of the value."""
        return {}
