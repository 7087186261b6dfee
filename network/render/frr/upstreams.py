"""What only a datacentre's router has: eBGP to upstream networks and to the cloud, each with exact prefix lists.

The sessions with upstream networks are unnumbered (RFC 8950 next hops): the estate knows no addresses on those wires.

Of the datacentres that join an upstream one is active, in the order in which they are declared: both halves of every
connection pass its firewall, which keeps state, and its translation.

- Inwards, the active one's routes have the highest local preference (RFC 4271, 5.1.5) in the whole region, so a
  datacentre that stands by sends on what reaches it.
- Outwards, those that stand by announce the same with our own AS number prepended and a higher MED (RFC 4271, 5.1.4).
- A path is taken only when its sender's own AS number comes first in it (RFC 7454, section 9), and without AS_SETs,
  which hide who told it (RFC 6472). No `ttl-security` (RFC 5082): both ends must agree on it, and the sessions come
  from link-local addresses, which no router passes on, so nobody further away can speak in them.
- A site hears of an upstream only from the datacentre whose own session is the best of all: `overlay` says how.

When the active one fails the next takes over. State and translations are not shared between them: open connections to
that upstream end then and are made anew. A datacentre that has lost the region but not its upstream goes on announcing.
"""

from __future__ import annotations

from collections.abc import Iterable

from netaddr import IPNetwork

from virgem.network import translation
from virgem.network.model import NetworkPlan, Place, RouterPlan, UpstreamPlan, Vrf
from virgem.network.render import names
from virgem.network.render.facts import facts

# The longest prefixes taken from an upstream (common practice on the internet: /24 and /48).
LONGEST = {"ipv4": 24, "ipv6": 48}
DEFAULT = {"ipv4": "0.0.0.0/0", "ipv6": "::/0"}
VERSION = {"ipv4": 4, "ipv6": 6}
COMMAND = {"ipv4": "ip", "ipv6": "ipv6"}
# Local preference of the active datacentre; 10 less for each before one that stands by. BGP's own default is 100.
PREFERENCE = 200
# How often a datacentre that stands by puts our own AS number before the path, for each before it.
PREPEND = 3


def joined(plan: NetworkPlan, router: RouterPlan) -> list[UpstreamPlan]:
    """Return the upstream networks that a router joins."""
    if router.place is not Place.DATACENTRE:
        return []
    return [network for network in plan.upstreams if router.datacentre in network.datacentres]


def joins_cloud(plan: NetworkPlan, router: RouterPlan, vrf: Vrf) -> bool:
    """Tell whether the cloud beside this router holds networks of a routing instance."""
    return router.place is Place.DATACENTRE and bool(facts(plan).cloud_of(vrf, router.datacentre))


def discard(plan: NetworkPlan, router: RouterPlan) -> list[str]:
    """Return discard routes for all that is announced upstream: what BGP tells of, and an end for what nobody uses."""
    if router.place is not Place.DATACENTRE or "shared" not in [vrf.name for vrf in router.vrfs]:
        return []
    lines: list[str] = []
    for family in DEFAULT:
        ours = dict.fromkeys([*translation.pools(plan, VERSION[family]), *_announced(plan, router, family)])
        lines += [f" {COMMAND[family]} route {prefix} blackhole 250" for prefix in ours]
    return ["vrf shared", *lines, "exit-vrf", "!"]


def neighbours(networks: list[UpstreamPlan]) -> list[str]:
    """Return the sessions to upstream networks."""
    lines: list[str] = []
    for network in networks:
        port = names.upstream(network)
        lines += [
            f" neighbor {port} interface remote-as {network.asn or 'external'}",
            f" neighbor {port} description upstream {network.id}",
            f" neighbor {port} enforce-first-as",
            f" neighbor {port} bfd",
        ]
    return lines


def family_lines(plan: NetworkPlan, router: RouterPlan, family: str) -> list[str]:
    """Return what is announced to and taken from the upstream networks in one family."""
    lines = [f"  network {prefix}" for prefix in _announced(plan, router, family)]
    for network in joined(plan, router):
        port = names.upstream(network)
        lines += [
            f"  neighbor {port} activate",
            f"  neighbor {port} prefix-list {network.id}-in-{family} in",
            f"  neighbor {port} route-map {network.id}-in in",
            f"  neighbor {port} prefix-list {network.id}-out-{family} out",
            f"  neighbor {port} route-map {network.id}-out out",
            # More than twice what is registered is a leak: close the session, try again in 15 minutes.
            f"  neighbor {port} maximum-prefix {_most(network, family)} 80 restart 15",
        ]
    return lines


def route_maps(plan: NetworkPlan, router: RouterPlan, learned: str) -> list[str]:
    """Return how this datacentre ranks among those that join each upstream; `learned` marks what it learned there.

    What others have marked is taken off at the border, both ways (RFC 8195, section 3).
    """
    lines: list[str] = []
    for network in joined(plan, router):
        rank = network.datacentres.index(router.datacentre)
        lines += [
            f"route-map {network.id}-in permit 10",
            f" set local-preference {PREFERENCE - 10 * rank}",
            " set community none",
            f" set large-community {learned}",
            "exit",
            "!",
            f"route-map {network.id}-out permit 10",
            " set community none",
            " set large-community none",
            f" set metric {100 * rank}",
            *([f" set as-path prepend {' '.join([str(plan.asn)] * PREPEND * rank)}"] if rank else []),
            "exit",
            "!",
        ]
    return lines


def cloud_neighbour(vrf: Vrf) -> list[str]:
    """Return the session to the cloud's router of a routing instance."""
    port = names.cloud(vrf)
    return [
        f" neighbor {port} interface remote-as external",
        f" neighbor {port} description cloud {vrf.name}",
        f" neighbor {port} enforce-first-as",
    ]


def cloud_lines(vrf: Vrf, family: str, here: str) -> list[str]:
    """Return what is exchanged with the cloud: a default route out, the planned networks in, marked as learned here."""
    port = names.cloud(vrf)
    return [
        f"  neighbor {port} activate",
        f"  neighbor {port} default-originate",
        f"  neighbor {port} prefix-list cloud-{vrf.name}-{family} in",
        f"  neighbor {port} route-map {here} in",
        f"  neighbor {port} prefix-list none-{family} out",
    ]


def prefix_lists(plan: NetworkPlan, router: RouterPlan) -> list[str]:
    """Return every prefix list of a datacentre's router."""
    up = joined(plan, router)
    clouds = [vrf for vrf in router.vrfs if joins_cloud(plan, router, vrf)]
    lines: list[str] = []
    for family in DEFAULT:
        for network in up:
            lines += _list(f"{network.id}-in-{family}", family, _taken(network, family))
            lines += _list(f"{network.id}-out-{family}", family, translation.announced(plan, network, VERSION[family]))
        for vrf in clouds:
            found = facts(plan).cloud_of(vrf, router.datacentre)
            lines += _list(f"cloud-{vrf.name}-{family}", family, found.v4 if family == "ipv4" else found.v6)
        if clouds:
            lines += _list(f"none-{family}", family, ())
    return [*lines, "!"] if lines else []


def _list(name: str, family: str, entries: Iterable[object]) -> list[str]:
    command = f"{COMMAND[family]} prefix-list {name} seq"
    lines = [f"{command} {5 * i} permit {entry}" for i, entry in enumerate(entries, 1)]
    return [*lines, f"{command} {5 * len(lines) + 5} deny any"]


def _announced(plan: NetworkPlan, router: RouterPlan, family: str) -> list[IPNetwork]:
    """Return all that any upstream of a router is told, once."""
    told = (p for network in joined(plan, router) for p in translation.announced(plan, network, VERSION[family]))
    return sorted(set(told))


def _own(network: UpstreamPlan, family: str) -> tuple[IPNetwork, ...]:
    return network.prefixes4 if family == "ipv4" else network.prefixes6


def _taken(network: UpstreamPlan, family: str) -> list[str]:
    if not network.prefixes4 and not network.prefixes6:
        return [DEFAULT[family]]
    longest = LONGEST[family]
    return [f"{p} le {longest}" if p.prefixlen < longest else str(p) for p in _own(network, family)]


def _most(network: UpstreamPlan, family: str) -> int:
    return max(10, 2 * len(_own(network, family)))
