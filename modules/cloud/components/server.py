"""A virtual server with its port at the planned addresses and its volumes."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import pulumi
import pulumi_openstack as openstack

from virgem.modules.cloud import model
from virgem.modules.cloud.components.base import child_of
from virgem.modules.cloud.components.floating import float_at


@dataclass(frozen=True, slots=True, kw_only=True)
class ServerArgs:
    """A server as planned, and the ids of what it is joined to."""

    plan: model.Server
    network_id: pulumi.Input[str]
    subnet4_id: pulumi.Input[str]
    subnet6_id: pulumi.Input[str]
    security_group_ids: tuple[pulumi.Input[str], ...]
    server_group_id: pulumi.Input[str] | None
    volumes: Mapping[str, pulumi.Input[str]]  # volume id in the cloud by id in the estate
    ways: Sequence[pulumi.Resource] = ()  # by which a router reaches its network


class Server(pulumi.ComponentResource):
    """A server, its port, a floating address and the attachments of its volumes, which are elsewhere and stay."""

    server_id: pulumi.Output[str]

    def __init__(self, name: str, args: ServerArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__("virgem:cloud:Server", name, None, opts)
        port = self._port(name, args)
        server = self._server(name, args, port)
        self.server_id = server.id
        if floating := args.plan.floating:
            float_at(self, name, floating, port.id, args.plan.address.address4, args.plan.tags, args.ways)
        for volume in args.plan.volumes:
            openstack.compute.VolumeAttach(
                f"{name}-{volume}", instance_id=server.id, volume_id=args.volumes[volume], opts=child_of(self)
            )
        self.register_outputs({"server_id": self.server_id})

    def _port(self, name: str, args: ServerArgs) -> openstack.networking.Port:
        address = args.plan.address
        return openstack.networking.Port(
            name,
            name=args.plan.name,
            description=f"Port of {args.plan.name}",
            network_id=args.network_id,
            admin_state_up=True,
            port_security_enabled=True,
            security_group_ids=list(args.security_group_ids),
            fixed_ips=[
                openstack.networking.PortFixedIpArgs(subnet_id=args.subnet4_id, ip_address=address.address4),
                openstack.networking.PortFixedIpArgs(subnet_id=args.subnet6_id, ip_address=address.address6),
            ],
            tags=list(args.plan.tags),
            opts=child_of(self),
        )

    def _server(self, name: str, args: ServerArgs, port: openstack.networking.Port) -> openstack.compute.Instance:
        group = args.server_group_id
        hints = [openstack.compute.InstanceSchedulerHintArgs(group=group)] if group is not None else None
        return openstack.compute.Instance(
            name,
            name=args.plan.name,
            flavor_name=args.plan.flavor,
            image_name=args.plan.image,
            availability_zone=args.plan.zone,
            networks=[openstack.compute.InstanceNetworkArgs(port=port.id)],
            scheduler_hints=hints,
            metadata=dict(args.plan.metadata),
            tags=list(args.plan.tags),
            user_data=args.plan.user_data or None,
            # Applications get a signal and time to write, before the server goes.
            stop_before_destroy=True,
            # A server reads it once, and none is made anew for other keys.
            opts=child_of(self, ignore_changes=["userData"]),
        )
