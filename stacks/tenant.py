"""The application stack of a tenant: networks, rules, servers, load balancers and records; it can be built anew."""

from __future__ import annotations

import pulumi
import pulumi_openstack as openstack

from virgem.modules.cloud import model
from virgem.modules.cloud.components.balancer import Balancer, BalancerArgs
from virgem.modules.cloud.components.base import Stack
from virgem.modules.cloud.components.names import Records, RecordsArgs
from virgem.modules.cloud.components.network import TenantNetwork, TenantNetworkArgs
from virgem.modules.cloud.components.security import SecurityGroups, SecurityGroupsArgs
from virgem.modules.cloud.components.service import Service, ServiceArgs
from virgem.network.model import SHARED


def program(plan: model.TenantStack) -> None:
    """Build the applications of a tenant within its project."""
    shared, data = Stack(SHARED), Stack(plan.data)
    within = openstack.Provider("within", tenant_id=data.output("project"))
    opts = pulumi.ResourceOptions(providers=[within])
    network = _network(plan, shared, opts)
    security = SecurityGroups(
        plan.nis, SecurityGroupsArgs(groups=plan.security_groups, address_groups=plan.address_groups), opts
    )
    services = _services(plan, data, network, security, opts)
    _balancers(plan, network, opts)
    _records(plan, data, opts)
    pulumi.export("networks", network.networks)
    pulumi.export("servers", {name: made for service in services for name, made in service.servers.items()})


def _network(plan: model.TenantStack, shared: Stack, opts: pulumi.ResourceOptions) -> TenantNetwork:
    args = TenantNetworkArgs(
        networks=plan.networks,
        routers=plan.routers,
        external={router.datacentre: shared.output("external", router.datacentre) for router in plan.routers},
        pools={family: shared.output("pools", family) for family in ("ipv4", "ipv6")},
    )
    return TenantNetwork(plan.nis, args, opts)


def _services(
    plan: model.TenantStack,
    data: Stack,
    network: TenantNetwork,
    security: SecurityGroups,
    opts: pulumi.ResourceOptions,
) -> list[Service]:
    apart = {group.id: group for group in plan.server_groups}
    alike: dict[str, list[model.Server]] = {}
    for server in plan.servers:
        alike.setdefault(server.service, []).append(server)
    return [
        Service(
            name,
            ServiceArgs(
                servers=tuple(servers),
                server_group=apart.get(name),
                network=network,
                security_groups=security.groups,
                volumes={v: data.output("volumes", v) for server in servers for v in server.volumes},
            ),
            opts,
        )
        for name, servers in alike.items()
    ]


def _balancers(plan: model.TenantStack, network: TenantNetwork, opts: pulumi.ResourceOptions) -> None:
    for balancer in plan.balancers:
        subnet = network.subnets[balancer.network, balancer.family]
        args = BalancerArgs(plan=balancer, subnet_id=subnet, ways=network.ways[balancer.network])
        Balancer(balancer.id, args, opts)


def _records(plan: model.TenantStack, data: Stack, opts: pulumi.ResourceOptions) -> None:
    zones = {zone: data.output("zones", zone) for zone in sorted({record.zone for record in plan.records})}
    Records(plan.nis, RecordsArgs(records=plan.records, zones=zones), opts)
