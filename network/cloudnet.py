"""The networks of tenants in the shared cloud, and a fixed address for every server and load balancer of theirs."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from netaddr import IPAddress, IPNetwork

from virgem.modules.codes import problem
from virgem.modules.estate.kinds import service_kinds
from virgem.modules.estate.kinds.types import Icr
from virgem.modules.estate.model import Estate, LoadBalancer, Municipality, Server, SharedService
from virgem.modules.estate.model.cloud import Tier
from virgem.modules.problem import Mark, Problem
from virgem.network.addressing import Want, order_of
from virgem.network.lock import FILE, Block, Lock
from virgem.network.model import FIRST_HOST, SHARED, CloudAddress, CloudNetwork, ServicePlan

_ORDER6 = 64
_LEAST4 = 6  # /26


@dataclass(frozen=True, slots=True, kw_only=True)
class Instance:
    """One of the servers alike, or a load balancer: where it will stand."""

    key: str  # "host 34022/web-1", "balancer 34022/web"
    tenant: str  # municipality id, or "shared"
    server: str  # id of the server, service or load balancer
    name: str
    network: str  # "cloud 34022/application@west"
    datacentre: str
    mark: Mark

    @property
    def balancer(self) -> bool:
        """Tell a load balancer from a server."""
        return self.key.startswith("balancer ")

    def __str__(self) -> str:
        """Return it in words."""
        return f"{'load balancer' if self.balancer else 'server'} {self.name} of {self.tenant}"


@dataclass(slots=True)
class Placement:
    """Every instance and every network they need."""

    instances: list[Instance] = field(default_factory=list)
    networks: dict[str, tuple[str, str, Tier]] = field(default_factory=dict)  # key to tenant, datacentre, tier
    marks: dict[str, Mark] = field(default_factory=dict)  # by network


def placement(estate: Estate, homes: Mapping[str, Sequence[str]], lock: Lock) -> Placement:
    """Return where the servers of all tenants and shared services stand; nothing without a datacentre."""
    found = Placement()
    centres = sorted(str(dc.id) for dc in estate.datacentres)
    if not centres:
        return found
    for town in estate.municipalities:
        if town.cloud:
            for server in town.cloud.servers:
                _place(found, lock, town, server, homes[town.id])
            for balancer in town.cloud.load_balancers:
                _place_balancer(found, lock, town, balancer, homes[town.id])
            _networks(found, town.id, town.nis, homes[town.id][0], town.cloud.origin.mark)
    for service in estate.services:
        _place(found, lock, None, service, centres)
    if estate.services:
        for centre in centres:
            _networks(found, SHARED, SHARED, centre, estate.origin.mark)
    return found


def _place(
    found: Placement, lock: Lock, town: Municipality | None, what: Server | SharedService, homes: Sequence[str]
) -> None:
    """Spread those alike over the datacentres, the home one first; one with a locked place stays there."""
    tier = what.tier if isinstance(what, Server) else service_tier(what)
    for index in range(what.count if isinstance(what, Server) else what.servers):
        name = f"{what.id}-{index + 1}"
        key = f"host {town.nis if town else SHARED}/{name}"
        centre = what.datacentre or _kept(lock, key, homes) or homes[index % len(homes)]
        _stand(found, town, key, (str(what.id), name), f"{tier}@{centre}", what.origin.mark)


def _place_balancer(found: Placement, lock: Lock, town: Municipality, what: LoadBalancer, homes: Sequence[str]) -> None:
    """Put a load balancer where the first of its servers stands, in the network of their tier."""
    behind = (server for server in (town.cloud.servers if town.cloud else ()) if server.path in what.servers)
    if (first := min(behind, key=lambda server: server.id, default=None)) is not None:
        key = f"balancer {town.nis}/{what.id}"
        centre = first.datacentre or _kept(lock, key, homes) or homes[0]
        _stand(found, town, key, (str(what.id), str(what.id)), f"{first.tier}@{centre}", what.origin.mark)


def _kept(lock: Lock, key: str, homes: Sequence[str]) -> str:
    """Return the datacentre that the lock holds, "" for none or one that is no longer among them."""
    entry = lock.entries.get(key)
    return entry.value("at") if entry and entry.value("at") in homes else ""


def _stand(
    found: Placement, town: Municipality | None, key: str, names: tuple[str, str], where: str, mark: Mark
) -> None:
    """Add an instance, by the id of its like and its own, in a network ("dmz@west") of its tenant."""
    tenant, owner = (str(town.id), str(town.nis)) if town else (SHARED, SHARED)
    network, centre = f"cloud {owner}/{where}", where.partition("@")[2]
    found.instances.append(
        Instance(key=key, tenant=tenant, server=names[0], name=names[1], network=network, datacentre=centre, mark=mark)
    )
    if network not in found.networks:
        _networks(found, tenant, owner, centre, mark)


def service_tier(service: SharedService) -> Tier:
    """Return the cloud network of a shared service, from the ICR zone of its kind."""
    return Tier.DMZ if service_kinds()[service.kind].zone is Icr.DMZ else Tier.APPLICATION


def _networks(found: Placement, tenant: str, owner: str, centre: str, mark: Mark) -> None:
    """Add the four networks of a tenant in a datacentre."""
    for tier in Tier:
        key = f"cloud {owner}/{tier}@{centre}"
        found.networks.setdefault(key, (tenant, centre, tier))
        found.marks.setdefault(key, mark)


def wants(found: Placement) -> Iterator[Want]:
    """Yield a space for every datacentre and a prefix for every network: room for twice its servers, /26 at least."""
    hosts = dict.fromkeys(found.networks, 0)
    for instance in found.instances:
        hosts[instance.network] += 1
    for centre in sorted({centre for _, centre, _ in found.networks.values()}):
        what = f"the cloud of datacentre {centre}"
        yield Want(key=f"space cloud@{centre}", within="", what=what, order4=8, order6=68, space=True)
    for key, (tenant, centre, tier) in found.networks.items():
        yield Want(
            key=key,
            within=f"space cloud@{centre}",
            what=f"cloud network {tier} of {tenant} in {centre}",
            # A locked network stays as long as its servers fit; a new one leaves room for as many again.
            order4=max(_LEAST4, order_of(hosts[key] + FIRST_HOST + 1)),
            order6=_ORDER6,
            mark=found.marks[key],
            asked=hosts[key] + FIRST_HOST + 1,
            roomy4=max(_LEAST4, order_of(2 * hosts[key] + FIRST_HOST + 1)),
        )


Blocks = Mapping[str, tuple[Block, ...]]


def networks(found: Placement, blocks4: Blocks, blocks6: Blocks, owners: Mapping[str, str]) -> tuple[CloudNetwork, ...]:
    """Return the networks with their prefixes, by key; `owners` gives the VRF of every tenant."""
    return tuple(
        CloudNetwork(
            key=key.replace(" ", ":", 1),
            tenant=tenant,
            datacentre=centre,
            tier=tier,
            vrf=owners[tenant],
            prefix4=IPNetwork((blocks4[key][0][0], 32 - blocks4[key][0][1]), version=4),
            prefix6=IPNetwork((blocks6[key][0][0], 128 - blocks6[key][0][1]), version=6),
        )
        for key, (tenant, centre, tier) in sorted(found.networks.items())
    )


class Hosts:
    """The fixed address of every instance: the same place from the start of both prefixes of its network."""

    def __init__(self, found: Placement, blocks4: Blocks, blocks6: Blocks, lock: Lock) -> None:
        self.problems: list[Problem] = []
        self._lock, self._blocks4, self._blocks6 = lock, blocks4, blocks6
        self._used: dict[tuple[str, int], str] = {}
        self._places: dict[str, int] = {}
        self._next: dict[str, int] = {}  # by network: no free place lies below
        # Servers first: a load balancer that is added takes no number that a server would have got.
        instances = sorted(found.instances, key=lambda instance: (instance.balancer, instance.key))
        active = {instance.key for instance in instances}
        for instance in instances:
            self._keep(instance)
        gone = self._gone(active)
        for instance in instances:
            if instance.key not in self._places:
                self._deal(instance, gone)
        self.addresses = tuple(self._address(instance) for instance in instances if not instance.balancer)
        self.balancers = tuple(self._address(instance) for instance in instances if instance.balancer)

    def _keep(self, instance: Instance) -> None:
        """Keep a locked address while its network is the same; one of a network that was renumbered is given anew."""
        entry = self._lock.entries.get(instance.key)
        base, order = self._blocks4[instance.network][0]
        if not entry or not entry.ipv4 or not 0 < entry.ipv4[0][0] - base < (1 << order) - 1:
            return
        place = entry.ipv4[0][0] - base
        rival = self._used.setdefault((instance.network, place), instance.key)
        self._places[instance.key] = place
        if rival != instance.key:
            line = self._lock.mark(instance.key)
            text = f"{instance} has the address of '{rival}' in {FILE}"
            hint = f"delete line {line.line} of {FILE} and it gets a new address"
            self.problems.append(problem("E609", instance.mark, text, hint, (line, self._lock.mark(rival))))

    def _gone(self, active: set[str]) -> set[int]:
        """Return the IPv4 addresses of servers and load balancers that were removed."""
        held = [*self._lock.kind("host").items(), *self._lock.kind("balancer").items()]
        return {entry.ipv4[0][0] for key, entry in held if key not in active and entry.ipv4}

    def _deal(self, instance: Instance, gone: set[int]) -> None:
        """Give the next free place; one of a removed server only when no other is left."""
        network = instance.network
        base, order = self._blocks4[network][0]
        start, end = self._next.get(network, FIRST_HOST), (1 << order) - 1
        fresh = (p for p in range(start, end) if (network, p) not in self._used and base + p not in gone)
        place = next(fresh, None)
        self._next[network] = end if place is None else place + 1
        if place is None:
            place = next(p for p in range(FIRST_HOST, end) if (network, p) not in self._used)
        self._used[network, place] = instance.key
        self._places[instance.key] = place

    def _address(self, instance: Instance) -> CloudAddress:
        place = self._places[instance.key]
        return CloudAddress(
            key=instance.key.replace(" ", ":", 1),
            tenant=instance.tenant,
            server=instance.server,
            name=instance.name,
            network=instance.network.replace(" ", ":", 1),
            address4=IPAddress(self._blocks4[instance.network][0][0] + place, 4),
            address6=IPAddress(self._blocks6[instance.network][0][0] + place, 6),
        )


def services(estate: Estate, addresses: Sequence[CloudAddress]) -> tuple[ServicePlan, ...]:
    """Return the shared services with their hosts, by id."""
    hosts: dict[str, list[CloudAddress]] = {}
    for address in addresses:
        if address.tenant == SHARED:
            hosts.setdefault(address.server, []).append(address)
    return tuple(
        ServicePlan(
            id=str(service.id),
            kind=str(service.kind),
            ports=service_kinds()[service.kind].ports,
            tier=service_tier(service),
            hosts=tuple(hosts.get(service.id, ())),
        )
        for service in sorted(estate.services, key=lambda service: service.id)
    )
