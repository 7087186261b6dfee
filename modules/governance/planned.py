"""What is planned, as policies look at it: every resource that would be declared, beside the estate it comes from.

The resources are those that the stacks' real programs declare. A value that only the cloud can give names the
resources it comes from (see `cloud.preview`); so what a rule, a port or a volume is joined to is known before it is
there.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache, cached_property
from typing import Any

from virgem.modules.cloud.model import CloudPlan
from virgem.modules.cloud.preview import PlannedResource, Preview
from virgem.modules.estate.base import Origin
from virgem.modules.estate.model import Estate, Municipality
from virgem.modules.estate.model.cloud import Tier
from virgem.modules.problem import Mark
from virgem.network.model import SHARED, NetworkPlan

_REFERENCE = "pulumi:pulumi:StackReference"

ADDRESS_GROUP = "openstack:networking/addressGroupV2:AddressGroupV2"
AGGREGATE = "openstack:compute/aggregateV2:AggregateV2"
BALANCER = "openstack:loadbalancer/loadBalancer:LoadBalancer"
COMPUTE_QUOTA = "openstack:compute/quotaSetV2:QuotaSetV2"
DNS_SHARE = "openstack:dns/zoneShareV2:ZoneShareV2"
DNS_ZONE = "openstack:dns/zone:Zone"
FLAVOR = "openstack:compute/flavor:Flavor"
GROUP = "openstack:networking/secGroup:SecGroup"
IMAGE = "openstack:images/image:Image"
INSTANCE = "openstack:compute/instance:Instance"
LISTENER = "openstack:loadbalancer/listener:Listener"
MEMBER = "openstack:loadbalancer/member:Member"
MONITOR = "openstack:loadbalancer/monitor:Monitor"
NETWORK = "openstack:networking/network:Network"
POOL = "openstack:loadbalancer/pool:Pool"
PORT = "openstack:networking/port:Port"
PROJECT = "openstack:identity/project:Project"
PROVIDER = "pulumi:providers:openstack"
FLOATING = "openstack:networking/floatingIp:FloatingIp"
ROUTER = "openstack:networking/router:Router"
RULE = "openstack:networking/secGroupRule:SecGroupRule"
SERVER_GROUP = "openstack:compute/serverGroup:ServerGroup"
STORAGE_QUOTA = "openstack:blockstorage/quoteSetV3:QuoteSetV3"
SUBNET = "openstack:networking/subnet:Subnet"
SUBNET_POOL = "openstack:networking/subnetPool:SubnetPool"
USERS = "openstack:identity/groupV3:GroupV3"
VOLUME = "openstack:blockstorage/volume:Volume"


@dataclass(frozen=True, slots=True)
class Resource:
    """A resource that a stack declares, with the tenant whose stack it is (municipality id, or "shared")."""

    planned: PlannedResource
    stack: str
    nis: str
    tenant: str

    @property
    def urn(self) -> str:
        """The engine's name for it."""
        return self.planned.urn

    @property
    def type(self) -> str:
        """The provider's type."""
        return self.planned.type

    @property
    def name(self) -> str:
        """Its name within its stack: an id of the estate."""
        return self.planned.name

    @property
    def shown(self) -> str:
        """Its stack, kind and name, for people."""
        return f"{self.stack} {self.type.rpartition(':')[2]} {self.name}"

    def get(self, key: str) -> Any:
        """Return an input; None when it is not given."""
        text = self.planned.inputs.get(key)
        return None if text is None else _read(text)

    def text(self, key: str) -> str:
        """Return an input that is a text; "" when it is none."""
        value = self.get(key)
        return value if isinstance(value, str) else ""

    def items(self, key: str) -> tuple[str, ...]:
        """Return the texts of an input that is a list of them."""
        value = self.get(key)
        return tuple(item for item in value if isinstance(item, str)) if isinstance(value, list) else ()

    def needs(self, key: str) -> frozenset[str]:
        """Return the URNs of what an input will come from."""
        text = self.planned.inputs.get(key)
        return _needed(text) if text is not None else frozenset()

    @property
    def facts(self) -> Mapping[str, str]:
        """The facts in its metadata, else in its tags."""
        metadata = self.get("metadata")
        if isinstance(metadata, Mapping):
            return metadata
        pairs = (tag.partition("=") for tag in self.items("tags"))
        return {key: value for key, _, value in pairs}


@cache
def _read(text: str) -> Any:
    # Tags and the like are the same for hundreds; nobody changes what is read.
    return json.loads(text)


@cache
def _needed(text: str) -> frozenset[str]:
    return frozenset(_unknowns(_read(text))) if "knownAfterApply" in text else frozenset()


def _unknowns(value: Any) -> Iterator[str]:
    if isinstance(value, Mapping):
        yield from value.get("knownAfterApply", ()) if set(value) == {"knownAfterApply"} else ()
        yield from (urn for inner in value.values() for urn in _unknowns(inner))
    elif isinstance(value, list):
        yield from (urn for inner in value for urn in _unknowns(inner))


def referred_stack(urn: str) -> str:
    """Return the stack whose outputs a reference reads, "" for what is no reference."""
    head, _, name = urn.rpartition("::")
    return name if head.endswith(f"::{_REFERENCE}") else ""


def stack_of(urn: str) -> str:
    """Return the stack in which a resource is declared: `urn:pulumi:<stack>::...`."""
    return urn.split("::", 1)[0].rpartition(":")[2]


@dataclass(frozen=True, slots=True)
class Place:
    """The object of the estate that a resource comes from: its path, as a waiver names it, and where it is written."""

    path: str
    origin: Origin

    def at(self, key: str = "") -> tuple[str, Mark]:
        """Return the path, and the place of a key or of the whole."""
        return self.path, self.origin.at(key)


@dataclass(frozen=True, kw_only=True)
class Planned:
    """An estate, its plans, and the resources of all its stacks, or of those that would be applied."""

    estate: Estate
    network: NetworkPlan
    cloud: CloudPlan
    preview: Preview

    @cached_property
    def resources(self) -> tuple[Resource, ...]:
        """Every resource, components and providers too."""
        return tuple(self._resources())

    def _resources(self) -> Iterator[Resource]:
        for stack in self.preview.stacks:
            nis = self.cloud.tenant_of.get(stack.name, stack.name.partition("-")[2] or SHARED)
            tenant = self.towns[nis].id if nis in self.towns else nis
            yield from (Resource(found, stack.name, nis, tenant) for found in stack.resources)

    @cached_property
    def towns(self) -> Mapping[str, Municipality]:
        """Every municipality by NIS code."""
        return {str(town.nis): town for town in self.estate.municipalities}

    @cached_property
    def by_urn(self) -> Mapping[str, Resource]:
        """Every resource by the engine's name for it."""
        return {resource.urn: resource for resource in self.resources}

    @cached_property
    def _by_type(self) -> Mapping[str, tuple[Resource, ...]]:
        found: dict[str, list[Resource]] = {}
        for resource in self.resources:
            found.setdefault(resource.type, []).append(resource)
        return {kind: tuple(resources) for kind, resources in found.items()}

    def of(self, kind: str) -> tuple[Resource, ...]:
        """Return the resources of a type."""
        return self._by_type.get(kind, ())

    def needed(self, resource: Resource, key: str, kind: str) -> tuple[Resource, ...]:
        """Return the resources of a type that an input comes from."""
        found = (self.by_urn.get(urn) for urn in sorted(resource.needs(key)))
        return tuple(other for other in found if other and other.type == kind)

    # ---- back to the estate

    def place(self, resource: Resource) -> Place:
        """Return the object of the estate that a resource comes from; its tenant where none is closer."""
        name = _local(resource)
        for kind in (name, self._server_of.get((resource.tenant, name), "")):
            if found := self._objects.get((resource.tenant, kind)):
                return found
        return self._tenant(resource)

    def volume(self, resource: Resource) -> Place:
        """Return the volume of the estate that a resource comes from, or the service whose it is."""
        server = str(resource.facts.get("server", ""))
        named = self._volumes.get((resource.tenant, resource.name))
        service = self._objects.get((resource.tenant, self._server_of.get((resource.tenant, server), "")))
        return named or service or self._tenant(resource)

    def flow(self, rule: Resource) -> tuple[str, Mark]:
        """Return the registered flow that a rule comes from, and where it is written; else where its servers are."""
        ids = rule.text("description").partition(": ")[0].split(", ")
        flows = [self._flows[name] for name in ids if name in self._flows]
        return flows[0] if flows else self.place(rule).at()

    def server(self, resource: Resource) -> str:
        """Return the servers alike, of a town or a shared service, that a server is one of; "" for none of the plan."""
        return self._server_of.get((resource.tenant, resource.name), "")

    @cached_property
    def tiers(self) -> Mapping[str, Tier]:
        """The tier of every planned network, by its name in the cloud."""
        return {network.name: network.tier for network in self.network.cloud_networks}

    @cached_property
    def _flows(self) -> Mapping[str, tuple[str, Mark]]:
        written = {flow.origin.mark: str(flow.id) for flow in self.estate.flows}
        rules = (rule for rule in self.network.rules if rule.registered and rule.origin in written)
        return {rule.id: (written[rule.origin], rule.origin) for rule in rules}

    def _tenant(self, resource: Resource) -> Place:
        town = self.towns.get(resource.nis)
        if town is None:
            return Place(str(self.estate.name), self.estate.origin)
        return Place(str(town.id), town.cloud.origin if town.cloud else town.origin)

    @cached_property
    def _server_of(self) -> Mapping[tuple[str, str], str]:
        return {(host.tenant, host.name): host.server for host in self.network.cloud_addresses}

    @cached_property
    def _objects(self) -> Mapping[tuple[str, str], Place]:
        found = {(SHARED, str(s.id)): Place(str(s.id), s.origin) for s in self.estate.services}
        for town in self.estate.municipalities:
            balancers = town.cloud.load_balancers if town.cloud else ()
            found |= {(str(town.id), f"balancer:{b.id}"): Place(f"{town.id}/{b.id}", b.origin) for b in balancers}
            servers = town.cloud.servers if town.cloud else ()
            found |= {(str(town.id), str(s.id)): Place(str(s.path), s.origin) for s in servers}
        return found

    @cached_property
    def _volumes(self) -> Mapping[tuple[str, str], Place]:
        shares = ((str(town.id), town.cloud) for town in self.estate.municipalities if town.cloud)
        return {(t, str(v.id)): Place(str(v.path), v.origin) for t, share in shares for v in share.volumes}


def _local(resource: Resource) -> str:
    """Return the server, service or load balancer in a resource's name: "web:ingress-..." is a rule of web."""
    if resource.type in (BALANCER, LISTENER, POOL, MONITOR):
        return f"balancer:{resource.name.rpartition('-')[0]}"
    if resource.type == RULE:
        head, _, rest = resource.name.partition(":")
        return f"{head}:{rest.partition(':')[0]}" if head == "tier" else head
    return resource.name
