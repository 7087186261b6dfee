"""What only a datacentre's router has: eBGP to upstream networks and to the cloud, each with exact prefix lists.

The sessions are unnumbered (RFC 8950 next hops): the estate knows no addresses on those wires.
"""

from __future__ import annotations

from collections.abc import Iterable

from netaddr import IPNetwork

from virgem.network.model import NetworkPlan, Place, RouterPlan, UpstreamPlan, Vrf
from virgem.network.render import names
from virgem.network.render.facts import facts

# The longest prefixes taken from an upstream (common practice on the internet: /24 and /48).
LONGEST = {"ipv4": 24, "ipv6": 48}
DEFAULT = {"ipv4": "0.0.0.0/0", "ipv6": "::/0"}


def joined(plan: NetworkPlan, router: RouterPlan) -> list[UpstreamPlan]:
    """Return the upstream networks that a router joins."""
    if router.place is not Place.DATACENTRE:
        return []
    return [network for network in plan.upstreams if router.datacentre in network.datacentres]


def joins_cloud(plan: NetworkPlan, router: RouterPlan, vrf: Vrf) -> bool:
    """Tell whether the cloud beside this router holds networks of a routing instance."""
    return router.place is Place.DATACENTRE and bool(facts(plan).cloud_of(vrf, router.datacentre))


def discard(plan: NetworkPlan, router: RouterPlan) -> list[str]:
    """Return discard routes for the pools: what to announce upstream, and an end for what nobody uses."""
    if router.place is not Place.DATACENTRE or "shared" not in [vrf.name for vrf in router.vrfs]:
        return []
    lines = [f" ip route {pool} blackhole 250" for pool in plan.pools4]
    lines += [f" ipv6 route {pool} blackhole 250" for pool in plan.pools6]
    return ["vrf shared", *lines, "exit-vrf", "!"]


def neighbours(networks: list[UpstreamPlan]) -> list[str]:
    """Return the sessions to upstream networks."""
    lines: list[str] = []
    for network in networks:
        port = names.upstream(network)
        lines += [
            f" neighbor {port} interface remote-as {network.asn or 'external'}",
            f" neighbor {port} description upstream {network.id}",
            f" neighbor {port} bfd",
        ]
    return lines


def family_lines(plan: NetworkPlan, family: str, networks: list[UpstreamPlan]) -> list[str]:
    """Return what is announced to and taken from the upstream networks in one family."""
    if not networks:
        return []
    lines = [f"  network {pool}" for pool in _pools(plan, family)]
    for network in networks:
        port = names.upstream(network)
        lines += [
            f"  neighbor {port} activate",
            f"  neighbor {port} prefix-list {network.id}-in-{family} in",
            f"  neighbor {port} prefix-list pools-{family} out",
            # More than twice what is registered is a leak: close the session, try again in 15 minutes.
            f"  neighbor {port} maximum-prefix {_most(network, family)} 80 restart 15",
        ]
    return lines


def cloud_neighbour(vrf: Vrf) -> list[str]:
    """Return the session to the cloud's router of a routing instance."""
    port = names.cloud(vrf)
    return [f" neighbor {port} interface remote-as external", f" neighbor {port} description cloud {vrf.name}"]


def cloud_lines(vrf: Vrf, family: str) -> list[str]:
    """Return what is exchanged with the cloud: a default route out, the planned cloud networks in."""
    port = names.cloud(vrf)
    return [
        f"  neighbor {port} activate",
        f"  neighbor {port} default-originate",
        f"  neighbor {port} prefix-list cloud-{vrf.name}-{family} in",
        f"  neighbor {port} prefix-list none-{family} out",
    ]


def prefix_lists(plan: NetworkPlan, router: RouterPlan) -> list[str]:
    """Return every prefix list of a datacentre's router."""
    up = joined(plan, router)
    clouds = [vrf for vrf in router.vrfs if joins_cloud(plan, router, vrf)]
    lines: list[str] = []
    for family in DEFAULT:
        if up:
            lines += _list(f"pools-{family}", family, _pools(plan, family))
        for network in up:
            lines += _list(f"{network.id}-in-{family}", family, _taken(network, family))
        for vrf in clouds:
            found = facts(plan).cloud_of(vrf, router.datacentre)
            lines += _list(f"cloud-{vrf.name}-{family}", family, found.v4 if family == "ipv4" else found.v6)
        if clouds:
            lines += _list(f"none-{family}", family, ())
    return [*lines, "!"] if lines else []


def _list(name: str, family: str, entries: Iterable[object]) -> list[str]:
    command = f"{'ip' if family == 'ipv4' else 'ipv6'} prefix-list {name} seq"
    lines = [f"{command} {5 * i} permit {entry}" for i, entry in enumerate(entries, 1)]
    return [*lines, f"{command} {5 * len(lines) + 5} deny any"]


def _pools(plan: NetworkPlan, family: str) -> tuple[IPNetwork, ...]:
    return plan.pools4 if family == "ipv4" else plan.pools6


def _own(network: UpstreamPlan, family: str) -> tuple[IPNetwork, ...]:
    return network.prefixes4 if family == "ipv4" else network.prefixes6


def _taken(network: UpstreamPlan, family: str) -> list[str]:
    if not network.prefixes4 and not network.prefixes6:
        return [DEFAULT[family]]
    longest = LONGEST[family]
    return [f"{p} le {longest}" if p.prefixlen < longest else str(p) for p in _own(network, family)]


def _most(network: UpstreamPlan, family: str) -> int:
    return max(10, 2 * len(_own(network, family)))
