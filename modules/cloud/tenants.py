"""Who has a share of the cloud and which servers stand in it, municipalities and shared services alike."""

from __future__ import annotations

from dataclasses import dataclass

from virgem.modules.cloud.quotas import quota_class
from virgem.modules.estate.kinds import service_kinds
from virgem.modules.estate.model import CloudShare, Estate, Municipality, QuotaClass, Server, SharedService
from virgem.modules.estate.model.cloud import Tier
from virgem.network.matrix import matrix
from virgem.network.model import SHARED, CloudAddress, CloudNetwork, NetworkPlan

SERVICE_IMAGE = "debian-12"


@dataclass(frozen=True, slots=True, kw_only=True)
class Kit:
    """Servers alike with their planned hosts, one per copy: a server id of a town or a shared service."""

    id: str
    flavor: str  # size in the estate
    image: str
    tier: Tier
    classification: int
    owner: str
    anti_affinity: bool
    hosts: tuple[CloudAddress, ...]
    volume_gb: int = 0  # of each host, for shared services; a town declares its volumes apart
    backup: bool = False  # of those volumes


@dataclass(frozen=True, slots=True, kw_only=True)
class Tenant:
    """A tenant of the cloud: a municipality or, where `town` is None, the shared services."""

    id: str
    nis: str
    owner: str
    town: Municipality | None
    limits: QuotaClass | None  # None: whatever the tenant needs, and room to replace it
    networks: tuple[CloudNetwork, ...]
    kits: tuple[Kit, ...]
    balancers: tuple[CloudAddress, ...]
    home: str  # datacentre of what names none

    @property
    def share(self) -> CloudShare:
        """What the town declares; nothing for the shared services."""
        return self.town.cloud if self.town and self.town.cloud else CloudShare()

    def datacentre(self, host: CloudAddress) -> str:
        """Return the datacentre in which a host stands."""
        return next(network.datacentre for network in self.networks if network.key == host.network)


def tenants(estate: Estate, plan: NetworkPlan) -> tuple[Tenant, ...]:
    """Return the shared services, then every municipality with a share, by NIS code."""
    with_share = sorted((town for town in estate.municipalities if town.cloud), key=lambda town: town.nis)
    return (_services(estate, plan), *(_town(estate, plan, town) for town in with_share))


def _services(estate: Estate, plan: NetworkPlan) -> Tenant:
    services = sorted(estate.services, key=lambda service: service.id)
    return Tenant(
        id=SHARED,
        nis=SHARED,
        owner=estate.operator.owner,
        town=None,
        limits=None,
        networks=_networks(plan, SHARED),
        kits=tuple(_service_kit(plan, service) for service in services),
        balancers=(),
        home=_first_datacentre(plan),
    )


def _town(estate: Estate, plan: NetworkPlan, town: Municipality) -> Tenant:
    assert town.cloud is not None
    networks = _networks(plan, town.id)
    home = town.cloud.datacentre or (networks[0].datacentre if networks else _first_datacentre(plan))
    return Tenant(
        id=town.id,
        nis=town.nis,
        owner=town.owner,
        town=town,
        limits=quota_class(estate, town.cloud.quota),
        networks=networks,
        kits=tuple(_server_kit(plan, town, server) for server in sorted(town.cloud.servers, key=lambda s: s.id)),
        balancers=matrix(plan).balancers.get(town.id, ()),
        home=home,
    )


def _service_kit(plan: NetworkPlan, service: SharedService) -> Kit:
    hosts = _hosts(plan, SHARED, service.id)
    return Kit(
        id=service.id,
        flavor=service.flavor,
        image=SERVICE_IMAGE,
        tier=plan.service[service.id].tier if service.id in plan.service else _kind_tier(service),
        classification=service.classification,
        owner=service.owner,
        anti_affinity=True,
        hosts=hosts,
        volume_gb=service.volume_gb,
        backup=service.backup,
    )


def _kind_tier(service: SharedService) -> Tier:
    return Tier(service_kinds()[service.kind].zone.value)


def _server_kit(plan: NetworkPlan, town: Municipality, server: Server) -> Kit:
    return Kit(
        id=server.id,
        flavor=server.flavor,
        image=server.image,
        tier=server.tier,
        classification=server.classification,
        owner=server.owner,
        anti_affinity=server.anti_affinity,
        hosts=_hosts(plan, town.id, server.id),
    )


def _first_datacentre(plan: NetworkPlan) -> str:
    return min(plan.datacentres, default="")


def _networks(plan: NetworkPlan, tenant: str) -> tuple[CloudNetwork, ...]:
    return tuple(sorted(matrix(plan).networks.get(tenant, ()), key=lambda network: network.key))


def _hosts(plan: NetworkPlan, tenant: str, server: str) -> tuple[CloudAddress, ...]:
    # "web-2" before "web-10".
    return tuple(sorted(matrix(plan).servers.get((tenant, server), ()), key=lambda host: (len(host.name), host.name)))
