"""The shared cloud: datacentres, tenants' shares, services, servers and data."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import ClassVar

from virgem.modules.estate.base import Located, key
from virgem.modules.estate.model.hardware import Host, Rack, RackSwitch, Room
from virgem.modules.estate.model.refs import (
    DatacentreRef,
    DataSetRef,
    EntityRef,
    OwnerRef,
    QuotaRef,
    ServerRef,
    ServiceKindName,
    SiteRef,
)
from virgem.modules.estate.scalars import (
    Address,
    Copies,
    Count,
    Date,
    Description,
    Hostname,
    Identifier,
    InfoClass,
    InterfaceAddress,
    Label,
    Percent,
    Port,
    Prefix4,
    PublicKey,
    Ratio,
    SecretRef,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class PublicAddress(Located):
    """An address at which a datacentre's router is found, on its port `inet0`.

    Alone, the internet provider hands it out (DHCP, or router advertisements for IPv6). With the length of its prefix
    and the provider's gateway, it is set on the router: `{ address: 203.0.113.2/29, gateway: 203.0.113.1 }`.
    """

    shorthand: ClassVar[str] = "address"
    address: InterfaceAddress = key("The address, with the length of its prefix when it is set.", example="203.0.113.1")
    gateway: Address | None = key("The provider's router, for an address that is set.", default=None)


@dataclass(frozen=True, slots=True, kw_only=True)
class Datacentre(Located):
    """A datacentre of the region: the place where the shared cloud stands, and its availability zone.

    With `hosts`, cores, memory and storage follow from them; what is written beside them may be less, for a part that
    tenants get, and never more.
    """

    id: Identifier = key("The datacentre's name.", written=False)
    at: SiteRef = key("The site it stands in.", example="kortrijk/stadhuis")
    label: Label | None = key("Display name.", default=None)
    public: tuple[PublicAddress, ...] = key(
        "Addresses at which its router is found from the internet, where tunnels end; one or a list.",
        default=(),
        example="203.0.113.1",
    )
    floating: Prefix4 | None = key(
        "The prefix of its floating addresses, at which networks that see no private address find what a registered "
        "flow lets them reach: servers and load balancers in the upper half. The lower half is for routers of tenants.",
        default=None,
        example="192.0.2.64/26",
    )
    cores: Count = key("Processor cores for tenants; of hosts, their hardware threads.", default=Count(512))
    ram_gb: Count = key("Memory for tenants in GiB; of hosts, what is not reserved.", default=Count(4096))
    storage_gb: Count = key(
        "Volume storage for tenants in GiB; of hosts, what is left of their disks after copies.",
        default=Count(200_000),
    )
    owner: OwnerRef | None = key("Owner role.", default=None)
    rooms: tuple[Room, ...] = key("Its rooms.", default=(), keyed=True)
    racks: tuple[Rack, ...] = key("Its racks.", default=(), keyed=True)
    hosts: tuple[Host, ...] = key("Its hosts.", default=(), keyed=True)
    switches: tuple[RackSwitch, ...] = key("Its switches.", default=(), keyed=True)
    overcommit: Ratio = key(
        "Virtual cores for each hardware thread; 4 is Nova's own (initial_cpu_allocation_ratio). Memory is promised "
        "once.",
        default=Ratio(4),
    )
    copies: Copies = key("Copies of each volume, every one on another host.", default=Copies(3))
    fill: Percent = key(
        "How full storage may get in percent; Ceph warns above 85 (mon_osd_nearfull_ratio).", default=Percent(85)
    )
    aggregate: bool = key(
        "Its availability zone is made with the shared stack: a host aggregate of its hosts that compute, which the "
        "cloud knows as `west-compute-1`. Else the zone must be there already.",
        default=False,
    )
    vip: Address | None = key("Address of the cloud's own interfaces, shared by its network hosts.", default=None)


@dataclass(frozen=True, slots=True, kw_only=True)
class QuotaClass(Located):
    """What a tenant may use at most; every field becomes a quota of the cloud."""

    id: Identifier = key("The class's name.", written=False)
    instances: Count = key("Servers.")
    cores: Count = key("Processor cores.")
    ram_gb: Count = key("Memory in GiB.")
    volumes: Count = key("Volumes.")
    storage_gb: Count = key("Volume storage in GiB.")
    snapshots: Count = key("Volume snapshots.", default=Count(20))
    networks: Count = key("Networks, each with two subnets; four in every datacentre.", default=Count(16))
    ports: Count = key(
        "Network ports: of servers, load balancers (two each) and routers, and one of each network.", default=Count(200)
    )
    routers: Count = key("Routers, one in every datacentre.", default=Count(4))
    floating_ips: Count = key("Floating addresses.", default=Count(4))
    security_groups: Count = key("Security groups.", default=Count(20))
    security_group_rules: Count = key("Security group rules.", default=Count(400))
    load_balancers: Count = key("Load balancers; each is two in the cloud, one for each family.", default=Count(2))
    dns_zones: Count = key("DNS zones.", default=Count(4))
    dns_records: Count = key("DNS records of a zone.", default=Count(200))
    key_pairs: Count = key("Key pairs: one for each access key, those of the operator too.", default=Count(10))


class Tier(StrEnum):
    """The cloud network a server stands in."""

    DMZ = "dmz"
    APPLICATION = "application"
    DATA = "data"
    MANAGEMENT = "management"


@dataclass(frozen=True, slots=True, kw_only=True)
class SharedService(Located):
    """A shared service of the catalogue; what is not written comes from its kind."""

    shorthand: ClassVar[str] = "kind"
    id: Identifier = key("The service's name.", written=False)
    kind: ServiceKindName = key("Kind of service; when left out, the service's own name.", filled=True)
    label: Label | None = key("Display name.", default=None)
    description: Description | None = key("What it offers.", default=None)
    servers: Count = key("Number of servers.", filled=True)
    flavor: Identifier = key("Size of each server: small, medium, large or xlarge.", filled=True)
    volume_gb: Count = key("Data volume of each server in GiB.", filled=True)
    classification: InfoClass = key("ICR class.", default=InfoClass(3), name="class")
    datacentre: DatacentreRef | None = key("Where it runs; when left out, spread over all.", default=None)
    backup: bool = key("Its data volumes are backed up in the other datacentre.", default=False)
    owner: OwnerRef = key("Owner role; when left out, the operator's.", filled=True)


@dataclass(frozen=True, slots=True, kw_only=True)
class Server(Located):
    """A virtual server of a tenant."""

    shorthand: ClassVar[str] = "flavor"
    id: Identifier = key("The server's name.", written=False)
    path: str = key("municipality/server", written=False)
    flavor: Identifier = key("Size: small, medium, large or xlarge.", default=Identifier("small"))
    image: Identifier = key("Operating system image.", default=Identifier("debian-12"))
    tier: Tier = key("The cloud network it stands in.", default=Tier.APPLICATION)
    count: Count = key("How many alike.", default=Count(1))
    datacentre: DatacentreRef | None = key("Where it runs; when left out, spread over all.", default=None)
    anti_affinity: bool = key("Keep those alike on different hosts.", default=True)
    serves: tuple[Port, ...] = key("TCP ports it offers within its tenant.", default=())
    replicates: tuple[Port, ...] = key(
        "TCP ports that those alike use among each other; when left out, in the data tier those it offers.", default=()
    )
    classification: InfoClass = key("ICR class.", default=InfoClass(2), name="class")
    users: tuple[EntityRef, ...] = key(
        "Entities whose staff use it from their workplaces; when left out, the municipality itself, and for a server "
        "in the DMZ every entity but police and fire zones.",
        filled=True,
        example="[ocmw]",
    )
    owner: OwnerRef = key("Owner role; when left out, the municipality's.", filled=True)
    description: Description | None = key("What it is for.", default=None)


@dataclass(frozen=True, slots=True, kw_only=True)
class Volume(Located):
    """A volume of a tenant: data, kept apart from the server that uses it."""

    id: Identifier = key("The volume's name.", written=False)
    path: str = key("municipality/volume", written=False)
    size_gb: Count = key("Size in GiB.", name="size")
    server: ServerRef | None = key("The server it is attached to.", default=None)
    dataset: DataSetRef | None = key("The data set it holds.", default=None)
    encrypted: bool = key("Encrypted at rest.", default=False)
    backup: bool = key("Backed up in the other datacentre.", default=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class DnsName(Located):
    """A DNS name of a tenant."""

    shorthand: ClassVar[str] = "server"
    id: Hostname = key("The name.", written=False)
    server: ServerRef | None = key("The server it points to.", default=None)
    load_balancer: Identifier | None = key("The load balancer it points to.", default=None)
    alias: Hostname | None = key("The name it is an alias of (CNAME).", default=None)


@dataclass(frozen=True, slots=True, kw_only=True)
class LoadBalancer(Located):
    """A load balancer of a tenant, at a planned address of both families; flows and DNS names may lead to it."""

    id: Identifier = key("The load balancer's name.", written=False)
    servers: tuple[ServerRef, ...] = key("The servers behind it.")
    port: Port = key("The port it listens on.", default=Port(443))
    server_port: Port | None = key("The servers' port; when left out, the same.", default=None)


@dataclass(frozen=True, slots=True, kw_only=True)
class DataSet(Located):
    """A data set with its classes for confidentiality, integrity and availability."""

    id: Identifier = key("The data set's name.", written=False)
    path: str = key("municipality/data-set", written=False)
    label: Label | None = key("Display name.", default=None)
    confidentiality: InfoClass = key("ICR class for confidentiality.")
    integrity: InfoClass = key("ICR class for integrity.")
    availability: InfoClass = key("ICR class for availability.")
    personal: bool = key("Holds personal data.", default=False)
    source: bool = key("Is an authentic source.", default=False)
    owner: OwnerRef | None = key("Owner role.", default=None)
    secret: SecretRef | None = key("Reference to its encryption key.", default=None)


@dataclass(frozen=True, slots=True, kw_only=True)
class AccessKey(Located):
    """A public ssh key of a role: who holds its private half may log in to servers, those of a municipality to its own.

    The text never has the private half, nor a person's name.
    """

    id: Identifier = key("The key's name; a key that takes its place gets another.", written=False)
    path: str = key("operator/key or municipality/key", written=False)
    public: PublicKey = key(
        "The public half, as `ssh-keygen` writes it but for the comment: type and key.",
        name="key",
        example="ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIH7B1ItvHeJyiFNZrBNYhCkB4TMGtx3Gx+SPIwEg7JdJ",
    )
    owner: OwnerRef = key("Owner role; when left out, the municipality's, or the operator's.", filled=True)
    until: Date | None = key("Last day it counts: servers made with it refuse the key afterwards.", default=None)


@dataclass(frozen=True, slots=True, kw_only=True)
class CloudShare(Located):
    """A municipality's share of the cloud: its tenant."""

    shorthand: ClassVar[str] = "quota"
    quota: QuotaRef = key("Quota class.", default=QuotaRef("medium"), example="large")
    datacentre: DatacentreRef | None = key("Home datacentre; when left out, chosen by the plan.", default=None)
    servers: tuple[Server, ...] = key("Virtual servers.", default=(), keyed=True)
    volumes: tuple[Volume, ...] = key("Volumes.", default=(), keyed=True)
    dns: tuple[DnsName, ...] = key("DNS names.", default=(), keyed=True)
    load_balancers: tuple[LoadBalancer, ...] = key("Load balancers.", default=(), keyed=True)
    datasets: tuple[DataSet, ...] = key("Data sets.", default=(), keyed=True)
    access_keys: tuple[AccessKey, ...] = key(
        "Public ssh keys for its own servers, beside those of the operator.", default=(), keyed=True
    )
