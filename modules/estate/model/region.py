"""The region, its municipalities, their entities and sites."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import ClassVar

from virgem.modules.estate.base import Located, key
from virgem.modules.estate.model.cloud import AccessKey, CloudShare, Datacentre, QuotaClass, SharedService
from virgem.modules.estate.model.connectivity import BackboneLink, Fibre, Flow, Link, Point, Upstream, Zone
from virgem.modules.estate.model.costs import Prices
from virgem.modules.estate.model.devices import Device, Ring
from virgem.modules.estate.model.governance import Attestation, Owner, Risk, Waiver
from virgem.modules.estate.model.procurement import Contract, Delivery, DeviceProfile, Order
from virgem.modules.estate.model.refs import (
    EntityKindName,
    EntityRef,
    OwnerRef,
    ServiceRef,
    SiteKindName,
    ZoneKindName,
)
from virgem.modules.estate.scalars import (
    Asn,
    Description,
    Hostname,
    Identifier,
    InfoClass,
    KboNumber,
    Label,
    NisCode,
    Prefix4,
    Prefix6,
    PrincipleId,
    TaggedName,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Operator(Located):
    """The intermunicipal organisation that runs the shared ICT."""

    shorthand: ClassVar[str] = "name"
    name: Label = key("Its name.", example="Leiedal")
    kbo: KboNumber | None = key("Its KBO number.", default=None)
    owner: OwnerRef = key(
        "Owner role of the shared services and of what names none.",
        default=OwnerRef("ict-manager"),
        example="service-manager",
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Pools(Located):
    """The numbers that the plan may give out."""

    ipv4: tuple[Prefix4, ...] = key("IPv4 prefixes; one or a list.", example="10.0.0.0/9")
    ipv6: tuple[Prefix6, ...] = key("IPv6 prefixes; one or a list.", example="fd34:22::/32")
    asn: Asn = key("The region's AS number; those of the municipalities follow it.", default=Asn(4_200_000_000))
    reserved: tuple[Prefix4 | Prefix6, ...] = key("Prefixes in use elsewhere: never given out.", default=())


@dataclass(frozen=True, slots=True, kw_only=True)
class Entity(Located):
    """A body within a municipality."""

    shorthand: ClassVar[str] = "kind"
    id: Identifier = key("The entity's name.", written=False)
    path: str = key("municipality/entity", written=False)
    kind: EntityKindName = key("Kind; when left out, the entity's own name.", filled=True)
    label: Label | None = key("Display name.", default=None)
    kbo: KboNumber | None = key("KBO number.", default=None)
    owner: OwnerRef = key("Owner role; when left out, the municipality's.", filled=True)


@dataclass(frozen=True, slots=True, kw_only=True)
class Site(Located):
    """A place with a network; what is not written comes from its kind."""

    shorthand: ClassVar[str] = "kind"
    id: Identifier = key("The site's name within the municipality.", written=False)
    path: str = key("municipality/site", written=False)
    municipality: str = key("Identifier of the municipality.", written=False)
    kind: SiteKindName = key("Site kind; when left out, the site's own name.", example="town-hall", filled=True)
    label: Label | None = key("Display name.", default=None)
    at: Point | None = key("Place, [latitude, longitude]; when left out, the centre of the municipality.", default=None)
    address: Description | None = key("Postal address.", default=None)
    classification: InfoClass = key("ICR class: how critical it is.", name="class", filled=True)
    entity: EntityRef = key("The entity that uses it.", filled=True)
    link: Link = key("How it is joined to the region.", filled=True)
    zones: tuple[Zone, ...] = key("Zones beside or instead of those of the kind.", keyed=True, filled=True)
    without: tuple[ZoneKindName, ...] = key("Zones of the kind that this site lacks.", default=())
    owner: OwnerRef = key("Owner role; when left out, the entity's.", filled=True)


@dataclass(frozen=True, slots=True, kw_only=True)
class Municipality(Located):
    """A municipality: one file in municipalities/, owned by the town."""

    id: Identifier = key("Short name, from the public register of municipalities.", written=False)
    nis: NisCode = key("NIS code.", name="municipality", example="34022")
    name: Label = key("Official name.", written=False)
    population: int = key("Inhabitants (Statbel, 2025).", written=False)
    centre: Point = key("Centre point.", written=False)
    label: Label | None = key("Display name.", default=None)
    kbo: KboNumber | None = key("KBO number.", default=None)
    owner: OwnerRef = key("Owner role of what names none.", default=OwnerRef("ict-manager"))
    domain: Hostname | None = key("DNS domain; when left out, under the region's.", default=None)
    entities: tuple[Entity, ...] = key("Bodies within the municipality.", default=(), keyed=True)
    sites: tuple[Site, ...] = key("Sites.", default=(), keyed=True)
    cloud: CloudShare | None = key("Share of the cloud.", default=None)
    services: tuple[ServiceRef, ...] = key("Shared services it uses.", default=())
    orders: tuple[Order, ...] = key("Orders.", default=(), keyed=True)
    deliveries: tuple[Delivery, ...] = key("Deliveries.", default=(), keyed=True)

    @property
    def title(self) -> str:
        """The name to show."""
        return self.label or self.name


@dataclass(frozen=True, kw_only=True)
class Estate(Located):
    """A region in text: everything virgem plans, provisions and proves."""

    api_version: TaggedName = key("Form of the text.", name="apiVersion", example="virgem/v1")
    name: Identifier = key("The estate's name.")
    label: Label | None = key("Display name.", default=None)
    operator: Operator = key("The intermunicipal organisation.")
    region: TaggedName | None = key("Code of the Flemish reference region.", default=None, example="REFREG08")
    domain: Hostname = key("DNS domain of the region.", default=Hostname("virgem.example"))
    pools: Pools = key("Numbers to give out.")
    datacentres: tuple[Datacentre, ...] = key("Datacentres.", default=(), keyed=True)
    quotas: tuple[QuotaClass, ...] = key("Quota classes beside small, medium and large.", default=(), keyed=True)
    services: tuple[SharedService, ...] = key("Shared services.", default=(), keyed=True)
    access_keys: tuple[AccessKey, ...] = key(
        "Public ssh keys of the operator, for the servers of all.", default=(), keyed=True
    )
    prices: Prices | None = key("What the shared cloud costs; without it nothing has a price.", default=None)
    upstreams: tuple[Upstream, ...] = key("Networks above the region.", default=(), keyed=True)
    flows: tuple[Flow, ...] = key("Registered flows.", default=(), keyed=True)
    backbone: tuple[BackboneLink, ...] = key("Links between hubs; when left out, a ring.", default=(), keyed=True)
    fibre: Fibre = key("The fibre plan.", default=Fibre())
    contracts: tuple[Contract, ...] = key("Frame contracts.", default=(), keyed=True)
    profiles: tuple[DeviceProfile, ...] = key("Device profiles.", default=(), keyed=True)
    rings: tuple[Ring, ...] = key("Roll-out rings.", default=(), keyed=True)
    owners: tuple[Owner, ...] = key("Roles that own things.", default=(), keyed=True)
    principles: tuple[PrincipleId, ...] = key("Principles chosen.", default=())
    risks: tuple[Risk, ...] = key("Risks.", default=(), keyed=True)
    attestations: tuple[Attestation, ...] = key("Attestations.", default=(), keyed=True)
    waivers: tuple[Waiver, ...] = key("Waivers.", default=(), keyed=True)
    municipalities: tuple[Municipality, ...] = key("From municipalities/*.yaml.", default=(), written=False)
    devices: tuple[Device, ...] = key("From devices/*.csv.", default=(), written=False)

    @property
    def title(self) -> str:
        """The name to show."""
        return self.label or self.name

    @cached_property
    def sites(self) -> Mapping[str, Site]:
        """Every site by `municipality/site`."""
        return {site.path: site for town in self.municipalities for site in town.sites}

    @cached_property
    def towns(self) -> Mapping[str, Municipality]:
        """Every municipality by id."""
        return {town.id: town for town in self.municipalities}

    @cached_property
    def profile_by_id(self) -> Mapping[str, DeviceProfile]:
        """Every device profile by id."""
        return {profile.id: profile for profile in self.profiles}

    @cached_property
    def devices_by_site(self) -> Mapping[str, tuple[Device, ...]]:
        """The devices of every site that has any, by `municipality/site`."""
        found: dict[str, list[Device]] = {}
        for device in self.devices:
            found.setdefault(device.site, []).append(device)
        return {path: tuple(devices) for path, devices in found.items()}
