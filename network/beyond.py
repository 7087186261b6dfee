"""What lies beyond the region: the destinations of an upstream network that names no prefixes. One answer for all."""

from __future__ import annotations

from netaddr import IPNetwork, IPSet

from virgem.modules.estate.addresses import NOT_PUBLIC
from virgem.network.model import NetworkPlan, UpstreamPlan

# Never a destination: this network, loopback, link-local, multicast, reserved (RFC 6890, RFC 4291).
_NOWHERE = ("0.0.0.0/8", "127.0.0.0/8", "169.254.0.0/16", "224.0.0.0/3", "::/8", "fe80::/10", "ff00::/8")


def beyond(plan: NetworkPlan, upstream: UpstreamPlan) -> tuple[IPNetwork, ...]:
    """Return the prefixes of an upstream, both families; without any of its own, the world less ours and the others'.

    Private prefixes are no part of a public network.
    """
    if upstream.prefixes4 or upstream.prefixes6:
        return (*upstream.prefixes4, *upstream.prefixes6)
    named = (p for other in plan.upstreams for p in (*other.prefixes4, *other.prefixes6))
    ours = (*plan.pools4, *plan.pools6, *(floating.prefix for floating in plan.floating))
    taken = IPSet([*_NOWHERE, *(NOT_PUBLIC if upstream.public else ()), *ours, *named])
    return tuple((IPSet(["0.0.0.0/0", "::/0"]) - taken).iter_cidrs())
