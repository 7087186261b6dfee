"""A load balancer with its listener, pool, members and monitor."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import pulumi
import pulumi_openstack as openstack

from virgem.modules.cloud import model
from virgem.modules.cloud.components.base import child_of
from virgem.modules.cloud.components.floating import float_at


@dataclass(frozen=True, slots=True, kw_only=True)
class BalancerArgs:
    """A load balancer as planned and the subnet its address lies in."""

    plan: model.LoadBalancer
    subnet_id: pulumi.Input[str]
    ways: Sequence[pulumi.Resource] = ()  # by which a router reaches its network


class Balancer(pulumi.ComponentResource):
    """A TCP load balancer at its planned address, and at a floating one."""

    def __init__(self, name: str, args: BalancerArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__("virgem:cloud:LoadBalancer", name, None, opts)
        plan, tags = args.plan, list(args.plan.tags)
        balancer = openstack.loadbalancer.LoadBalancer(
            name,
            name=plan.name,
            description=f"Load balancer {plan.id}",
            admin_state_up=True,
            vip_subnet_id=args.subnet_id,
            vip_address=plan.address,
            tags=tags,
            opts=child_of(self),
        )
        listener = openstack.loadbalancer.Listener(
            name,
            name=plan.name,
            loadbalancer_id=balancer.id,
            protocol="TCP",
            protocol_port=plan.port,
            # As the cloud answers: in any other order they would seem changed for ever.
            allowed_cidrs=sorted(plan.allowed),
            admin_state_up=True,
            tags=tags,
            opts=child_of(self),
        )
        self._pool(name, plan, listener)
        if plan.floating:
            float_at(self, name, plan.floating, balancer.vip_port_id, plan.address, plan.tags, args.ways)
        self.register_outputs({"address": plan.address})

    def _pool(self, name: str, plan: model.LoadBalancer, listener: openstack.loadbalancer.Listener) -> None:
        pool = openstack.loadbalancer.Pool(
            name,
            name=plan.name,
            listener_id=listener.id,
            protocol="TCP",
            lb_method="LEAST_CONNECTIONS",
            admin_state_up=True,
            tags=list(plan.tags),
            opts=child_of(self),
        )
        for member in plan.members:
            openstack.loadbalancer.Member(
                f"{name}-{member.id}",
                name=member.id,
                pool_id=pool.id,
                address=member.address,
                protocol_port=plan.server_port,
                admin_state_up=True,
                tags=list(plan.tags),
                opts=child_of(self),
            )
        openstack.loadbalancer.Monitor(
            name,
            name=plan.name,
            pool_id=pool.id,
            type="TCP",
            delay=5,
            timeout=3,
            max_retries=3,
            admin_state_up=True,
            opts=child_of(self),
        )
