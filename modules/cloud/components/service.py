"""Servers alike, kept on different hosts where that is asked."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import pulumi
import pulumi_openstack as openstack

from virgem.modules.cloud import model
from virgem.modules.cloud.components.base import child_of
from virgem.modules.cloud.components.network import TenantNetwork
from virgem.modules.cloud.components.server import Server, ServerArgs


@dataclass(frozen=True, slots=True, kw_only=True)
class ServiceArgs:
    """Servers alike as planned, and what they are joined to."""

    servers: tuple[model.Server, ...]
    server_group: model.ServerGroup | None
    network: TenantNetwork
    security_groups: Mapping[str, pulumi.Input[str]]
    volumes: Mapping[str, pulumi.Input[str]]  # volume id in the cloud by id in the estate


class Service(pulumi.ComponentResource):
    """One service of a tenant: its servers and their anti-affinity group; ids by server id."""

    servers: dict[str, pulumi.Output[str]]

    def __init__(self, name: str, args: ServiceArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__("virgem:cloud:Service", name, None, opts)
        group = self._group(args.server_group).id if args.server_group else None
        self.servers = {server.id: self._server(server, args, group).server_id for server in args.servers}
        self.register_outputs({"servers": self.servers})

    def _group(self, group: model.ServerGroup) -> openstack.compute.ServerGroup:
        return openstack.compute.ServerGroup(group.id, name=group.name, policies=group.policy, opts=child_of(self))

    def _server(self, server: model.Server, args: ServiceArgs, group: pulumi.Output[str] | None) -> Server:
        where = server.address.network
        joined = ServerArgs(
            plan=server,
            network_id=args.network.networks[where],
            subnet4_id=args.network.subnets[where, "IPv4"],
            subnet6_id=args.network.subnets[where, "IPv6"],
            security_group_ids=tuple(args.security_groups[group] for group in server.security_groups),
            server_group_id=group if server.server_group else None,
            volumes=args.volumes,
            ways=args.network.ways[where],
        )
        return Server(server.id, joined, child_of(self))
