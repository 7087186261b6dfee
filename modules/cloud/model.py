"""The values a cloud plan is made of, one per stack. Names are those in the cloud; `id`s name resources in a stack.

A municipality has two stacks: `data-<nis>` lasts (project, roles, quotas, volumes, DNS zones), `tenant-<nis>` is the
application half, which can be destroyed and built anew. The project belongs to the lasting half: were it deleted with
the applications, its volumes would belong to nobody.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Literal

from virgem.network.model import SHARED

Tags = tuple[str, ...]  # "key=value", sorted
Family = Literal["IPv4", "IPv6"]
Direction = Literal["ingress", "egress"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Image:
    """An operating system image: the image service fetches it from its publisher."""

    name: str
    url: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Flavor:
    """A server size: memory in MiB, disk in GiB, named after the Sovereign Cloud Stack flavor standard (SCS-0100)."""

    id: str  # "small"
    name: str  # "SCS-2V-4-20"
    vcpus: int
    ram_mb: int
    disk_gb: int


@dataclass(frozen=True, slots=True, kw_only=True)
class ExternalNetwork:
    """The network by which the routers of a datacentre reach the region.

    It has a subnet where the datacentre has floating addresses: the cloud gives its routers theirs from `first` to
    `last`, those of servers and load balancers are planned.
    """

    datacentre: str
    name: str
    floating: Subnet | None
    tags: Tags


@dataclass(frozen=True, slots=True, kw_only=True)
class AddressPool:
    """An address scope and its subnet pool: within a scope, networks are routed without translation."""

    id: str  # "ipv4"
    version: int
    prefixes: tuple[str, ...]
    shortest: int
    longest: int
    tags: Tags


@dataclass(frozen=True, slots=True, kw_only=True)
class Aggregate:
    """The host aggregate that makes an availability zone of a datacentre; `hosts` as the compute service names them."""

    zone: str
    hosts: tuple[str, ...]
    metadata: Mapping[str, str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Platform:
    """What all tenants share: the stack `shared`."""

    flavors: tuple[Flavor, ...]
    images: tuple[Image, ...]
    external: tuple[ExternalNetwork, ...]
    pools: tuple[AddressPool, ...]
    aggregates: tuple[Aggregate, ...]
    roles: tuple[str, ...]  # roles that the control plane has, looked up by name
    tags: Tags


@dataclass(frozen=True, slots=True, kw_only=True)
class Group:
    """The people of one owner role and the roles they hold in the project."""

    id: str
    name: str
    description: str
    roles: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Automation:
    """The user of a tenant's own programs, who is nobody, and the roles it holds in the project and nowhere else."""

    name: str
    description: str
    roles: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class AccessKey:
    """A public ssh key that servers of a tenant take; `name` says whose it is, never a person."""

    name: str  # "operator_beheer", "kortrijk_beheer"
    public: str  # type and key
    until: str  # last day, ISO 8601; "" for none


@dataclass(frozen=True, slots=True, kw_only=True)
class Quota:
    """Every limit of a tenant, or what it uses, by service and the provider's property names; memory in MiB, storage in
    GiB."""

    compute: Mapping[str, int]
    network: Mapping[str, int]
    storage: Mapping[str, int]
    storage_types: Mapping[str, int]
    balancing: Mapping[str, int]
    dns: Mapping[str, int]


@dataclass(frozen=True, slots=True, kw_only=True)
class Volume:
    """A volume: data. Size in GiB."""

    id: str
    name: str
    size_gb: int
    zone: str  # availability zone
    encrypted: bool
    metadata: Mapping[str, str]
    description: str


@dataclass(frozen=True, slots=True, kw_only=True)
class DnsZone:
    """A DNS zone of a tenant; `name` without the final dot.

    What lies under a zone must be its owner's too: those under the region's are held by the project of the shared
    services, which lets the tenant's write in them.
    """

    id: str
    name: str
    email: str
    description: str
    held: bool  # by the project of the shared services


@dataclass(frozen=True, slots=True, kw_only=True)
class DataStack:
    """The lasting half of a tenant."""

    name: str  # "data-34022"
    tenant: str  # municipality id, or "shared"
    nis: str  # NIS code, or "shared"
    project: str
    description: str
    tags: Tags
    groups: tuple[Group, ...]
    automation: Automation
    quota: Quota
    volumes: tuple[Volume, ...]
    zones: tuple[DnsZone, ...]
    keys: tuple[AccessKey, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Subnet:
    """One family of a network; `first` to `last` is the range the provider may give out itself."""

    family: Family
    prefix: str
    gateway: str
    first: str
    last: str
    nameservers: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Network:
    """A network of a tenant in one datacentre."""

    id: str  # "application@west"
    name: str
    datacentre: str
    subnets: tuple[Subnet, ...]
    tags: Tags

    def subnet(self, family: Family) -> Subnet:
        """Return the subnet of a family."""
        return next(subnet for subnet in self.subnets if subnet.family == family)


@dataclass(frozen=True, slots=True, kw_only=True)
class Router:
    """The router of a tenant in one datacentre, joined to these networks."""

    id: str  # "west"
    name: str
    datacentre: str
    networks: tuple[str, ...]
    tags: Tags


@dataclass(frozen=True, slots=True, kw_only=True)
class AddressGroup:
    """Many prefixes under one name, of one family, for rules."""

    id: str
    name: str
    prefixes: tuple[str, ...]
    description: str


@dataclass(frozen=True, slots=True, kw_only=True)
class SecurityRule:
    """One allowed flow of a security group; one of `prefix`, `address_group`, `remote_group` is the far side."""

    id: str
    direction: Direction
    family: Family
    protocol: str  # "tcp", "udp", "icmp", "ipv6-icmp", "" for any
    ports: tuple[int, int] | None
    prefix: str = ""
    address_group: str = ""
    remote_group: str = ""  # a security group of the same tenant
    description: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class SecurityGroup:
    """The rules of all servers of a tenant, of a tier or of servers alike; the provider's default rules are removed."""

    id: str
    name: str
    description: str
    exposed: bool  # the servers stand in a DMZ
    rules: tuple[SecurityRule, ...]
    tags: Tags


@dataclass(frozen=True, slots=True, kw_only=True)
class FixedAddress:
    """A planned address in a network's subnet."""

    network: str
    address4: str
    address6: str


@dataclass(frozen=True, slots=True, kw_only=True)
class FloatingAddress:
    """A planned IPv4 address of an external network, which the cloud translates to a fixed one."""

    address: str
    network: str  # name of the external network
    description: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Server:
    """A virtual server with its port at the planned addresses; `volumes` lie in the data stack."""

    id: str  # "web-1"
    name: str  # host name
    flavor: str  # name in the cloud
    image: str
    zone: str  # availability zone
    address: FixedAddress
    service: str  # the servers alike that it is one of
    security_groups: tuple[str, ...]
    server_group: str  # "" where one stands alone
    volumes: tuple[str, ...]
    metadata: Mapping[str, str]
    floating: FloatingAddress | None
    user_data: str  # what it does at its first boot; "" for nothing
    tags: Tags


@dataclass(frozen=True, slots=True, kw_only=True)
class ServerGroup:
    """Servers alike that are kept on different hosts."""

    id: str
    name: str
    policy: str  # "anti-affinity" or "soft-anti-affinity"


@dataclass(frozen=True, slots=True, kw_only=True)
class Member:
    """A server behind a load balancer."""

    id: str
    address: str


@dataclass(frozen=True, slots=True, kw_only=True)
class LoadBalancer:
    """A load balancer of a tenant in one family: one listener, its pool, members and monitor, all TCP."""

    id: str  # "web-ipv4"
    name: str
    family: Family
    network: str
    address: str  # where clients reach it
    port: int
    server_port: int
    allowed: tuple[str, ...]
    members: tuple[Member, ...]
    floating: FloatingAddress | None  # of IPv4 only
    tags: Tags


@dataclass(frozen=True, slots=True, kw_only=True)
class DnsRecord:
    """A record set."""

    id: str  # "web-1.kortrijk.example/A"
    zone: str  # id of the zone in the data stack
    name: str  # without the final dot
    type: Literal["A", "AAAA", "CNAME", "NS"]
    values: tuple[str, ...]


@dataclass(frozen=True, kw_only=True)
class TenantStack:
    """The application half of a tenant: all that can be built anew."""

    name: str  # "tenant-34022"
    data: str  # name of its data stack
    tenant: str
    nis: str
    tags: Tags
    networks: tuple[Network, ...]
    routers: tuple[Router, ...]
    address_groups: tuple[AddressGroup, ...]
    security_groups: tuple[SecurityGroup, ...]
    server_groups: tuple[ServerGroup, ...]
    servers: tuple[Server, ...]
    balancers: tuple[LoadBalancer, ...]
    records: tuple[DnsRecord, ...]

    @cached_property
    def network(self) -> Mapping[str, Network]:
        """Every network by id."""
        return {network.id: network for network in self.networks}


@dataclass(frozen=True, kw_only=True)
class CloudPlan:
    """The shared cloud of a region, stack by stack, in the order in which they are built."""

    estate: str
    platform: Platform
    data: tuple[DataStack, ...]
    tenants: tuple[TenantStack, ...]

    @cached_property
    def stacks(self) -> tuple[str, ...]:
        """The names of all stacks, in the order in which they are built."""
        return (SHARED, *(stack.name for stack in self.data), *(stack.name for stack in self.tenants))

    @cached_property
    def tenant_of(self) -> Mapping[str, str]:
        """The NIS code (or "shared") of every stack."""
        return (
            {SHARED: SHARED}
            | {stack.name: stack.nis for stack in self.data}
            | {stack.name: stack.nis for stack in self.tenants}
        )

    def stack(self, name: str) -> Platform | DataStack | TenantStack:
        """Return the plan of one stack; KeyError when there is none of that name."""
        if name == SHARED:
            return self.platform
        return self._by_name[name]

    @cached_property
    def _by_name(self) -> Mapping[str, DataStack | TenantStack]:
        return {**{stack.name: stack for stack in self.data}, **{stack.name: stack for stack in self.tenants}}
