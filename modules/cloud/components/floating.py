"""A floating address of a server or a load balancer."""

from __future__ import annotations

from collections.abc import Sequence

import pulumi
import pulumi_openstack as openstack

from virgem.modules.cloud import model
from virgem.modules.cloud.components.base import child_of


def float_at(
    parent: pulumi.Resource,
    name: str,
    plan: model.FloatingAddress,
    port: pulumi.Input[str],
    fixed: str,
    tags: model.Tags,
    ways: Sequence[pulumi.Resource],
) -> None:
    """Let a planned address lead to the fixed IPv4 one of a port.

    It needs a router between both networks, and the router is not taken out of the port's while it does: `ways` are
    its interfaces there.
    """
    openstack.networking.FloatingIp(
        name,
        pool=plan.network,
        address=plan.address,
        port_id=port,
        fixed_ip=fixed,
        description=plan.description,
        tags=list(tags),
        opts=child_of(parent, depends_on=list(ways)),
    )
