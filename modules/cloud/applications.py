"""The application half of a tenant: networks, rules, servers, load balancers and DNS records. All can be built anew."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

from netaddr import IPAddress, IPNetwork

from virgem.modules.cloud import dns, names
from virgem.modules.cloud.flavors import flavor
from virgem.modules.cloud.keys import access_keys, user_data
from virgem.modules.cloud.lasting import attached_server
from virgem.modules.cloud.model import (
    Family,
    FixedAddress,
    FloatingAddress,
    LoadBalancer,
    Member,
    Network,
    Router,
    SecurityGroup,
    SecurityRule,
    Server,
    ServerGroup,
    Subnet,
    TenantStack,
)
from virgem.modules.cloud.policy import FAMILIES, Flows, Subject, admitted, alike, everywhere, policy, tier
from virgem.modules.cloud.tenants import Kit, Tenant
from virgem.modules.estate import model
from virgem.modules.estate.model import Estate
from virgem.modules.estate.model.cloud import Tier
from virgem.network.model import CloudAddress, CloudNetwork

# A datacentre has at least so many hosts: one can be serviced while another fails.
HOSTS = 3


def _local(reference: str) -> str:
    return reference.rpartition("/")[2]


def tenant_stack(estate: Estate, known: Flows, tenant: Tenant) -> TenantStack:
    """Return the stack of a tenant's applications."""
    own = subjects(tenant)
    made = policy(known, own)
    networks = tuple(_network(estate, known, tenant, network) for network in tenant.networks)
    first_boot = user_data(access_keys(estate, tenant))
    return TenantStack(
        name=names.tenant_stack(tenant.nis),
        data=names.data_stack(tenant.nis),
        tenant=tenant.id,
        nis=tenant.nis,
        tags=names.tags(estate, tenant.nis, tenant.owner, 2),
        networks=networks,
        routers=tuple(_routers(estate, tenant)),
        address_groups=made.address_groups,
        security_groups=tuple(_security_group(estate, tenant, s, made.rules[s.id]) for s in own),
        server_groups=server_groups(tenant),
        servers=tuple(server for kit in tenant.kits for server in _servers(estate, tenant, kit, first_boot)),
        balancers=tuple(_balancers(estate, known, tenant)),
        records=dns.records(estate, known.plan, tenant),
    )


def network_id(network: CloudNetwork) -> str:
    """Return the id of a network within its tenant, "application@west"."""
    return f"{network.tier}@{network.datacentre}"


def _network(estate: Estate, known: Flows, tenant: Tenant, network: CloudNetwork) -> Network:
    resolvers = _resolvers(known)
    return Network(
        id=network_id(network),
        name=network.name,
        datacentre=network.datacentre,
        subnets=(
            _subnet("IPv4", network.prefix4, network.left(4), tuple(str(host.address4) for host in resolvers)),
            _subnet("IPv6", network.prefix6, network.left(6), tuple(str(host.address6) for host in resolvers)),
        ),
        tags=names.tags(estate, tenant.nis, tenant.owner, 2),
    )


def _resolvers(known: Flows) -> tuple[CloudAddress, ...]:
    return tuple(known.plan.name_servers.values())


def _subnet(
    family: Family, prefix: IPNetwork, left: tuple[IPAddress, IPAddress], nameservers: tuple[str, ...]
) -> Subnet:
    """Return a subnet whose low addresses, which the plan leaves free, are the provider's to give."""
    first, last = left
    return Subnet(
        family=family,
        prefix=str(prefix.cidr),
        gateway=str(IPAddress(prefix.first + 1, prefix.version)),
        first=str(first),
        last=str(last),
        nameservers=nameservers,
    )


def _routers(estate: Estate, tenant: Tenant) -> Iterator[Router]:
    """One router in each datacentre where the tenant has networks: none depends on the other site."""
    for datacentre in sorted({network.datacentre for network in tenant.networks}):
        yield Router(
            id=datacentre,
            name=f"{tenant.id}-{datacentre}",
            datacentre=datacentre,
            networks=tuple(network_id(n) for n in tenant.networks if n.datacentre == datacentre),
            tags=names.tags(estate, tenant.nis, tenant.owner, 2),
        )


def subjects(tenant: Tenant) -> tuple[Subject, ...]:
    """Return what the security groups of a tenant are made for: all its servers, each tier in use, servers alike."""
    tiers = sorted({kit.tier for kit in tenant.kits})
    return (
        everywhere(tenant.id),
        *(tier(tenant.id, name) for name in tiers),
        *(alike(tenant.id, kit.id, kit.tier is Tier.DMZ) for kit in tenant.kits),
    )


def _groups_of(kit: Kit) -> tuple[str, ...]:
    """Return the security groups of a server: that of all, that of its tier, that of servers alike."""
    return "tier:any", f"tier:{kit.tier}", kit.id


def _security_group(estate: Estate, tenant: Tenant, subject: Subject, rules: tuple[SecurityRule, ...]) -> SecurityGroup:
    kit = next((kit for kit in tenant.kits if kit.id == subject.id), None)
    owner, classification = (kit.owner, kit.classification) if kit else (tenant.owner, 2)
    return SecurityGroup(
        id=subject.id,
        name=f"{tenant.id}-{subject.id.replace(':', '-')}",
        description=f"Flows of {subject.id} in {tenant.id}",
        exposed=subject.exposed,
        rules=rules,
        tags=names.tags(estate, tenant.nis, owner, classification),
    )


def _apart(kit: Kit) -> bool:
    return kit.anti_affinity and len(kit.hosts) > 1


def server_groups(tenant: Tenant) -> tuple[ServerGroup, ...]:
    """Return the groups of servers that stand apart."""
    return tuple(_server_group(tenant, kit) for kit in tenant.kits if _apart(kit))


def _server_group(tenant: Tenant, kit: Kit) -> ServerGroup:
    """Keep those alike strictly apart where any datacentre can; of more, as far apart as there are hosts."""
    most = max(Counter(tenant.datacentre(host) for host in kit.hosts).values())
    return ServerGroup(id=kit.id, name=kit.id, policy="anti-affinity" if most <= HOSTS else "soft-anti-affinity")


def _servers(estate: Estate, tenant: Tenant, kit: Kit, first_boot: str) -> Iterator[Server]:
    for host in kit.hosts:
        network = next(n for n in tenant.networks if n.key == host.network)
        yield Server(
            id=host.name,
            name=host.name,
            flavor=flavor(kit.flavor).name,
            image=kit.image,
            zone=network.datacentre,
            address=FixedAddress(network=network_id(network), address4=str(host.address4), address6=str(host.address6)),
            service=kit.id,
            security_groups=_groups_of(kit),
            server_group=kit.id if _apart(kit) else "",
            volumes=_volumes(tenant, kit, host),
            metadata=names.metadata(estate, tenant.nis, kit.owner, kit.classification),
            floating=_floating(host, network, "server"),
            user_data=first_boot,
            tags=names.tags(estate, tenant.nis, kit.owner, kit.classification),
        )


def _floating(host: CloudAddress, network: CloudNetwork, what: str) -> FloatingAddress | None:
    if host.floating is None:
        return None
    return FloatingAddress(
        address=str(host.floating),
        network=names.external_network(network.datacentre),
        description=f"Way in from outside to {what} {host.name}",
    )


def _volumes(tenant: Tenant, kit: Kit, host: CloudAddress) -> tuple[str, ...]:
    """A declared volume is attached to the first of servers alike; a service's volume to its own host."""
    own = (f"{host.name}-data",) if kit.volume_gb else ()
    declared = (v.id for v in tenant.share.volumes if attached_server(v) == kit.id and host == kit.hosts[0])
    return tuple(sorted((*own, *declared)))


def _balancers(estate: Estate, known: Flows, tenant: Tenant) -> Iterator[LoadBalancer]:
    """Yield two for every declared load balancer.

    Octavia gives one an address of one family; `additional_vips`, by which it would have both, the provider cannot set,
    and of a port with two addresses (`vip_port_id`) only one is ever listened on.
    """
    planned = {balancer.server: balancer for balancer in tenant.balancers}
    for declared in sorted(tenant.share.load_balancers, key=lambda balancer: balancer.id):
        for family in FAMILIES if declared.id in planned else ():
            yield _balancer(estate, known, tenant, declared, planned[declared.id], family)


def _balancer(
    estate: Estate, known: Flows, tenant: Tenant, declared: model.LoadBalancer, place: CloudAddress, family: Family
) -> LoadBalancer:
    kits = [kit for kit in tenant.kits if kit.id in {_local(name) for name in declared.servers}]
    network = next(n for n in tenant.networks if n.key == place.network)
    members = ((host.name, _address(host, family)) for kit in kits for host in kit.hosts)
    return LoadBalancer(
        id=f"{declared.id}-{family.lower()}",
        name=f"{tenant.id}-{declared.id}-{family.lower()}",
        family=family,
        network=network_id(network),
        address=_address(place, family),
        port=int(declared.port),
        server_port=int(declared.server_port or declared.port),
        allowed=admitted(known, place, network.tier, int(declared.port), family),
        members=tuple(Member(id=name, address=address) for name, address in members),
        floating=_floating(place, network, "load balancer") if family == "IPv4" else None,
        tags=names.tags(estate, tenant.nis, tenant.owner, max((kit.classification for kit in kits), default=2)),
    )


def _address(host: CloudAddress, family: Family) -> str:
    return str(host.address4 if family == "IPv4" else host.address6)
