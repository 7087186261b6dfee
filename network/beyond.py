"""What lies beyond the region: the destinations of an upstream network that names no prefixes. One answer for all."""

from __future__ import annotations

from netaddr import IPNetwork, IPSet

from virgem.modules.estate.kinds import upstream_kinds
from virgem.network.model import NetworkPlan, UpstreamPlan

# Never a destination: this network, loopback, link-local, multicast, reserved (RFC 6890, RFC 4291).
_NOWHERE = ("0.0.0.0/8", "127.0.0.0/8", "169.254.0.0/16", "224.0.0.0/3", "::/8", "fe80::/10", "ff00::/8")
# Not on the public internet: private, shared, test and discard prefixes (RFC 1918, 6598, 6890, 4193). Those for
# documentation stay in: nobody holds them, and examples use them as somebody on the internet.
_NOT_PUBLIC = (
    *("10.0.0.0/8", "100.64.0.0/10", "172.16.0.0/12", "192.168.0.0/16", "192.0.0.0/24", "198.18.0.0/15"),
    *("100::/64", "fc00::/7"),
)


def beyond(plan: NetworkPlan, upstream: UpstreamPlan) -> tuple[IPNetwork, ...]:
    """Return the prefixes of an upstream, both families; without any of its own, the world less ours and the others'.

    A network that asks no registration is the public internet: private prefixes are no part of it.
    """
    if upstream.prefixes4 or upstream.prefixes6:
        return (*upstream.prefixes4, *upstream.prefixes6)
    named = (p for other in plan.upstreams for p in (*other.prefixes4, *other.prefixes6))
    public = not upstream_kinds()[upstream.kind].registration_required
    taken = IPSet([*_NOWHERE, *(_NOT_PUBLIC if public else ()), *plan.pools4, *plan.pools6, *named])
    return tuple((IPSet(["0.0.0.0/0", "::/0"]) - taken).iter_cidrs())
