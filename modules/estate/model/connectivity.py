"""Zones, links, fibre, upstream networks and flows."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import ClassVar

from virgem.modules.estate.base import Located, key
from virgem.modules.estate.model.refs import (
    CableRef,
    ContractRef,
    DatacentreRef,
    DuctRef,
    EntityRef,
    LinkKindName,
    OwnerRef,
    PopRef,
    SiteRef,
    SpanRef,
    UpstreamKindName,
    ZoneKindName,
)
from virgem.modules.estate.scalars import (
    Asn,
    Capacity,
    Count,
    Date,
    Decibels,
    Description,
    Endpoint,
    Hostname,
    Identifier,
    InfoClass,
    KboNumber,
    Kilometres,
    Label,
    Latitude,
    Longitude,
    PortRange,
    Prefix,
    Protocol,
    TaggedName,
    VlanId,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Point:
    """A place on the map, WGS84."""

    lat: Latitude
    lon: Longitude


@dataclass(frozen=True, slots=True, kw_only=True)
class Zone(Located):
    """A network zone of a site; what is not written comes from its kind."""

    shorthand: ClassVar[str] = "kind"
    id: Identifier = key("The zone's name within the site.", written=False)
    path: str = key("municipality/site:zone", written=False)
    kind: ZoneKindName = key("Zone kind; when left out, the zone's own name.", example="cctv", filled=True)
    label: Label | None = key("Display name.", default=None)
    hosts: Count = key("How many addresses to plan for.", filled=True)
    classification: InfoClass = key("ICR class of what the zone carries.", name="class", filled=True)
    vlan: VlanId | None = key("A fixed VLAN id; when left out, the kind's own or the next free one.", default=None)
    owner: OwnerRef | None = key("Owner role; when left out, the site's.", default=None)


@dataclass(frozen=True, slots=True, kw_only=True)
class BackupLink(Located):
    """The second way out of a site."""

    shorthand: ClassVar[str] = "kind"
    pair: ClassVar[tuple[str, str]] = ("kind", "capacity")
    kind: LinkKindName = key("Link kind.")
    capacity: Capacity = key("Data rate in bit/s.", filled=True)
    contract: ContractRef | None = key("The contract that pays for it.", default=None)
    to: SiteRef | None = key("The site at the far end; when left out, chosen by the plan.", default=None)


@dataclass(frozen=True, slots=True, kw_only=True)
class Link(Located):
    """How a site is joined to the region."""

    shorthand: ClassVar[str] = "kind"
    pair: ClassVar[tuple[str, str]] = ("kind", "capacity")
    kind: LinkKindName = key("Link kind.", example="own-fibre", filled=True)
    capacity: Capacity = key("Data rate in bit/s.", example="200M", filled=True)
    backup: BackupLink | None = key("A second way out.", default=None)
    to: SiteRef | None = key("The site at the far end; when left out, the hub of the municipality.", default=None)
    over: tuple[SpanRef, ...] = key("The spans it runs over, in order.", default=())
    contract: ContractRef | None = key("The contract that pays for it.", default=None)


@dataclass(frozen=True, slots=True, kw_only=True)
class BackboneLink(Located):
    """A link of the regional backbone between the routers of two sites."""

    id: Identifier = key("The link's name.", written=False)
    between: tuple[SiteRef, ...] = key("The two sites.", example="[kortrijk/stadhuis, kuurne/gemeentehuis]")
    kind: LinkKindName = key("Link kind.", default=LinkKindName("own-fibre"))
    capacity: Capacity = key("Data rate in bit/s.", default=Capacity("10G"))
    over: tuple[SpanRef, ...] = key("The spans it runs over, in order.", default=())
    contract: ContractRef | None = key("The contract that pays for it.", default=None)


@dataclass(frozen=True, slots=True, kw_only=True)
class PointOfPresence(Located):
    """A place where fibres end or are joined."""

    id: Identifier = key("The point's name.", written=False)
    at: SiteRef | None = key("The site it stands in.", default=None)
    place: Point | None = key("Its place when it stands in no site: [lat, lon].", default=None)
    label: Label | None = key("Display name.", default=None)
    owner: OwnerRef | None = key("Owner role.", default=None)


@dataclass(frozen=True, slots=True, kw_only=True)
class Duct(Located):
    """A duct in the ground: what is cut together when it is dug up."""

    id: Identifier = key("The duct's name.", written=False)
    ends: tuple[PopRef, ...] = key("The two points of presence.", example="[pop-kortrijk, pop-kuurne]")
    length: Kilometres = key("Length in km along the route.")
    via: tuple[Point, ...] = key("Points of the route between the ends: [[lat, lon], ...].", default=())
    manager: Label | None = key("Who manages it (KLIP).", default=None)


class FibreType(StrEnum):
    """Single-mode fibre by ITU-T recommendation."""

    G652D = "G.652.D"
    G657A1 = "G.657.A1"
    G657A2 = "G.657.A2"


@dataclass(frozen=True, slots=True, kw_only=True)
class Cable(Located):
    """A cable through one or more ducts."""

    id: Identifier = key("The cable's name.", written=False)
    ducts: tuple[DuctRef, ...] = key("The ducts it runs through, in order.")
    strands: Count = key("Number of fibres.", default=Count(96))
    fibre: FibreType = key("Fibre type.", default=FibreType.G652D)
    owner: OwnerRef | None = key("Owner role.", default=None)


@dataclass(frozen=True, slots=True, kw_only=True)
class Span(Located):
    """A lit or dark pair of fibres through one cable, from one point of presence to another."""

    id: Identifier = key("The span's name.", written=False)
    cable: CableRef = key("The cable.")
    ends: tuple[PopRef, ...] = key("The two points of presence.")
    length: Kilometres = key("Fibre length in km.")
    splices: Count = key("Number of splices.", default=Count(0))
    connectors: Count = key("Number of connectors.", default=Count(2))
    measured: Decibels | None = key("Loss measured at 1550 nm, in dB.", default=None)


@dataclass(frozen=True, slots=True, kw_only=True)
class Fibre(Located):
    """The fibre plan of the region."""

    pops: tuple[PointOfPresence, ...] = key("Points of presence.", default=(), keyed=True)
    ducts: tuple[Duct, ...] = key("Ducts.", default=(), keyed=True)
    cables: tuple[Cable, ...] = key("Cables.", default=(), keyed=True)
    spans: tuple[Span, ...] = key("Spans.", default=(), keyed=True)


@dataclass(frozen=True, slots=True, kw_only=True)
class Upstream(Located):
    """A network above the region."""

    shorthand: ClassVar[str] = "kind"
    id: Identifier = key("The network's name.", written=False)
    kind: UpstreamKindName = key("Kind; when left out, the upstream's own name.", filled=True)
    label: Label | None = key("Display name.", default=None)
    at: tuple[DatacentreRef, ...] = key(
        "Datacentres where it is joined, the active one first, then those that stand by; when left out, all by name.",
        default=(),
    )
    asn: Asn | None = key("Its AS number.", default=None)
    prefixes: tuple[Prefix, ...] = key("Its prefixes; when left out, everything outside the pools.", default=())
    translate: tuple[Prefix, ...] = key(
        "Prefixes that our traffic towards it appears as, instead of the private pools of their family.", default=()
    )
    capacity: Capacity = key("Data rate in bit/s.", default=Capacity("1G"))
    contract: ContractRef | None = key("The contract that pays for it.", default=None)


@dataclass(frozen=True, slots=True, kw_only=True)
class Flow(Located):
    """A registered flow: who may reach what, for which purpose."""

    id: Identifier = key("The flow's name.", written=False)
    source: Endpoint = key("Where it starts.", name="from", example="kortrijk:administration")
    target: Endpoint = key("Where it ends.", name="to", example="upstream:flemish")
    protocol: Protocol = key("Transport protocol.", default=Protocol("tcp"))
    ports: tuple[PortRange, ...] = key("Ports; when left out, those of the target service.", default=())
    purpose: Description = key("Why it exists.", example="Population register lookups for counters")
    responsible: KboNumber | None = key("KBO number of the legally responsible body.", default=None)
    processor: KboNumber | None = key("KBO number of the processor.", default=None)
    entity: EntityRef | None = key("The entity on whose behalf.", default=None)
    registration: TaggedName | None = key("Number of the registration with the upstream.", default=None)
    purpose_code: TaggedName | None = key("Purpose code (IPDC).", default=None)
    environment: Identifier | None = key("Environment: production, test.", default=None)
    common_name: Hostname | None = key("CN of the client certificate.", default=None)
    expires: Date | None = key("Last day of the certificate or registration.", default=None)
    owner: OwnerRef | None = key("Owner role.", default=None)
    logs: Description | None = key("Where its use is logged.", default=None)
