"""The networks of a tenant, dual-stack, with a router in each datacentre."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import pulumi
import pulumi_openstack as openstack

from virgem.modules.cloud import model
from virgem.modules.cloud.components.base import child_of


@dataclass(frozen=True, slots=True, kw_only=True)
class TenantNetworkArgs:
    """Networks and routers as planned, and the ids of what they are joined to."""

    networks: tuple[model.Network, ...]
    routers: tuple[model.Router, ...]
    external: Mapping[str, pulumi.Input[str]]  # external network id by datacentre
    pools: Mapping[str, pulumi.Input[str]]  # subnet pool id by family, "ipv4" or "ipv6"


class TenantNetwork(pulumi.ComponentResource):
    """Networks, subnets and routers; ids by network id, subnets by network id and family.

    `ways` are the interfaces by which routers reach each IPv4 subnet: nothing in it floats without.
    """

    networks: dict[str, pulumi.Output[str]]
    subnets: dict[tuple[str, model.Family], pulumi.Output[str]]
    ways: dict[str, list[pulumi.Resource]]

    def __init__(self, name: str, args: TenantNetworkArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__("virgem:cloud:TenantNetwork", name, None, opts)
        self.networks = {network.id: self._network(network).id for network in args.networks}
        self.subnets = {
            (network.id, subnet.family): self._subnet(network, subnet, args.pools).id
            for network in args.networks
            for subnet in network.subnets
        }
        self.ways = {network.id: [] for network in args.networks}
        for router in args.routers:
            self._router(router, args.external[router.datacentre])
        self.register_outputs({"networks": self.networks})

    def _network(self, network: model.Network) -> openstack.networking.Network:
        return openstack.networking.Network(
            network.id,
            name=network.name,
            description=f"{network.id} of the tenant",
            admin_state_up=True,
            shared=False,
            external=False,
            port_security_enabled=True,
            tags=list(network.tags),
            opts=child_of(self),
        )

    def _subnet(
        self, network: model.Network, subnet: model.Subnet, pools: Mapping[str, pulumi.Input[str]]
    ) -> openstack.networking.Subnet:
        six = subnet.family == "IPv6"
        return openstack.networking.Subnet(
            f"{network.id}-{subnet.family.lower()}",
            name=f"{network.name}-{subnet.family.lower()}",
            network_id=self.networks[network.id],
            ip_version=6 if six else 4,
            cidr=subnet.prefix,
            # The prefix is planned; taking it from the pool puts it into the region's address scope.
            subnetpool_id=pools[subnet.family.lower()],
            gateway_ip=subnet.gateway,
            enable_dhcp=True,
            # Stateful: only then does the provider hand out the planned addresses.
            ipv6_address_mode="dhcpv6-stateful" if six else None,
            ipv6_ra_mode="dhcpv6-stateful" if six else None,
            allocation_pools=[openstack.networking.SubnetAllocationPoolArgs(start=subnet.first, end=subnet.last)],
            dns_nameservers=list(subnet.nameservers),
            tags=list(network.tags),
            opts=child_of(self),
        )

    def _router(self, router: model.Router, external: pulumi.Input[str]) -> None:
        made = openstack.networking.Router(
            router.id,
            name=router.name,
            description=f"Router of the tenant in {router.datacentre}",
            admin_state_up=True,
            external_network_id=external,
            # Within the region's address scope nothing is translated: who did what stays visible by address.
            enable_snat=False,
            tags=list(router.tags),
            opts=child_of(self),
        )
        for network in router.networks:
            for family in ("IPv4", "IPv6"):
                way = openstack.networking.RouterInterface(
                    f"{router.id}-{network}-{family.lower()}",
                    router_id=made.id,
                    subnet_id=self.subnets[network, family],
                    opts=child_of(self),
                )
                self.ways[network] += [way] if family == "IPv4" else []
