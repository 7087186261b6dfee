"""The overlay: EVPN routes of every routing instance between sites and datacentres (RFC 7432, RFC 8365, RFC 9136).

One autonomous system; the routers of the datacentres reflect. A site knows its own instances only; instances meet at
the datacentres, where each tenant imports `shared` and never another tenant.

A firewall that keeps state must see both halves of a connection, so nothing between `shared` and a tenant may have two
ways of equal worth. A datacentre marks with a large community (RFC 8092, RFC 8195) what it learned itself - from its
own session with an upstream, its own cloud, its own zones - and tells the others no route that lacks its own mark:

    vrf shared    from upstream flemish    198.51.100.0/24, local preference 200, marked <asn>:1:<router>
    vrf t34022    import vrf shared        the same route, told on to the sites of t34022 over EVPN

The sites of a town thus hear of every upstream (a default route for one without prefixes) from one datacentre: that
with the best session, the active one as long as it works. A datacentre that stands by has a worse route of its own,
uses the one of the active datacentre, and tells nobody. Shared services are heard of from the datacentre that holds
them. What nobody tells ends at the site: a look-up that finds nothing in the table of an instance would go on in the
main table, so each table has an unreachable default of the lowest preference (site/networkd.py; it needs no FRR).
"""

from __future__ import annotations

from virgem.network.model import SHARED, NetworkPlan, Place, RouterPlan, Vrf
from virgem.network.render.frr import upstreams

FAMILIES = ("ipv4", "ipv6")
# Functions of our large communities, <asn>:<function>:<router>: learned at this router in `shared`, and in a tenant's
# instance. The router is named by its IPv4 loopback as a number, which is as lasting as the lock.
IN_SHARED, IN_TENANT = 1, 2


def peers(plan: NetworkPlan, router: RouterPlan) -> tuple[RouterPlan, ...]:
    """Return the routers that this one speaks BGP with: all reflectors, and for a reflector everyone."""
    among = plan.routers if router.place is Place.DATACENTRE else plan.reflectors
    return tuple(other for other in among if other.key != router.key)


def instances(router: RouterPlan) -> list[str]:
    """Return the routing instances with their layer 3 VNI."""
    lines: list[str] = []
    for vrf in router.vrfs:
        lines += [f"vrf {vrf.name}", f" vni {vrf.vni}", "exit-vrf", "!"]
    return lines


def speaker(plan: NetworkPlan, router: RouterPlan) -> list[str]:
    """Return the BGP process of the overlay."""
    reflects = router.place is Place.DATACENTRE
    return [
        f"router bgp {plan.asn}",
        f" bgp router-id {router.loopback4}",
        " bgp log-neighbor-changes",
        " no bgp default ipv4-unicast",
        *([f" bgp cluster-id {router.loopback4}"] if reflects else []),
        " bgp graceful-restart",
        " timers bgp 10 30",
        *_groups(reflects),
        *_neighbours(plan, router),
        " address-family l2vpn evpn",
        "  neighbor REFLECTORS activate",
        *(["  neighbor SITES activate", "  neighbor SITES route-reflector-client"] if reflects else []),
        "  advertise-all-vni",
        " exit-address-family",
        "exit",
        "!",
    ]


def _groups(reflects: bool) -> list[str]:
    lines: list[str] = []
    for group in ("REFLECTORS", "SITES") if reflects else ("REFLECTORS",):
        lines += [
            f" neighbor {group} peer-group",
            f" neighbor {group} remote-as internal",
            f" neighbor {group} update-source lo",
        ]
    return lines


def _neighbours(plan: NetworkPlan, router: RouterPlan) -> list[str]:
    lines: list[str] = []
    for other in peers(plan, router):
        group = "REFLECTORS" if other.place is Place.DATACENTRE else "SITES"
        lines += [
            f" neighbor {other.loopback4} peer-group {group}",
            f" neighbor {other.loopback4} description {other.name}",
        ]
    return lines


def tenants(plan: NetworkPlan, router: RouterPlan) -> list[str]:
    """Return the BGP process of every routing instance."""
    lines: list[str] = []
    loopback = str(router.loopback4)
    for vrf in router.vrfs:
        lines += _instance(plan, router, vrf, loopback)
    return lines


def _instance(plan: NetworkPlan, router: RouterPlan, vrf: Vrf, loopback: str) -> list[str]:
    cloud = upstreams.joins_cloud(plan, router, vrf)
    here = f" route-map {_own(vrf)}" if router.place is Place.DATACENTRE else ""
    up = upstreams.joined(plan, router) if vrf.name == SHARED else []
    lines = [f"router bgp {plan.asn} vrf {vrf.name}", f" bgp router-id {loopback}"]
    lines += [" no bgp default ipv4-unicast", " bgp ebgp-requires-policy"]
    lines += [" bgp reject-as-sets"] if up or cloud else []
    lines += upstreams.neighbours(up) + (upstreams.cloud_neighbour(vrf) if cloud else [])
    for family in FAMILIES:
        lines += [f" address-family {family} unicast", f"  redistribute connected{here}"]
        lines += upstreams.family_lines(plan, router, family) if up else []
        lines += upstreams.cloud_lines(vrf, family, _own(vrf)) if cloud else []
        lines += [f"  import vrf {other}" for other in imports(router, vrf)]
        lines += [" exit-address-family"]
    return [*lines, *_evpn(router, vrf, loopback), "exit", "!"]


def _own(vrf: Vrf) -> str:
    """Return the route map that marks what a datacentre learned itself in an instance."""
    return f"{'shared' if vrf.name == SHARED else 'tenant'}-here"


def learned(plan: NetworkPlan, router: RouterPlan, function: int) -> str:
    """Return the large community of what a datacentre's router learned itself."""
    return f"{plan.asn}:{function}:{int(router.loopback4)}"


def route_maps(plan: NetworkPlan, router: RouterPlan) -> list[str]:
    """Return the marks of a datacentre, and the route maps that tell the others only what bears its own."""
    if router.place is not Place.DATACENTRE:
        return []
    lines: list[str] = []
    for kind, function in (("shared", IN_SHARED), ("tenant", IN_TENANT)):
        mark = learned(plan, router, function)
        lines += [
            f"bgp large-community-list standard {kind}-here permit {mark}",
            f"route-map {kind}-here permit 10",
            f" set large-community {mark}",
            "exit",
            "!",
        ]
    # A tenant's routes are imported into `shared` too, but told under the tenant's own target only.
    lines += ["route-map shared-told permit 10", " match large-community shared-here", "exit", "!"]
    lines += ["route-map tenant-told permit 10", " match large-community shared-here", "exit", "!"]
    lines += ["route-map tenant-told permit 20", " match large-community tenant-here", "exit", "!"]
    return [*lines, *upstreams.route_maps(plan, router, learned(plan, router, IN_SHARED))]


def imports(router: RouterPlan, vrf: Vrf) -> list[str]:
    """Return the instances whose routes a router takes into one of its own: only at a datacentre, through `shared`."""
    names_here = [other.name for other in router.vrfs]
    if router.place is not Place.DATACENTRE or SHARED not in names_here:
        return []
    return [name for name in names_here if name != SHARED] if vrf.name == SHARED else [SHARED]


def _evpn(router: RouterPlan, vrf: Vrf, loopback: str) -> list[str]:
    kind = "shared" if vrf.name == SHARED else "tenant"
    told = f" route-map {kind}-told" if router.place is Place.DATACENTRE else ""
    return [
        " address-family l2vpn evpn",
        *(f"  advertise {family} unicast{told}" for family in FAMILIES),
        f"  rd {loopback}:{vrf.table % 65536}",
        f"  route-target import {vrf.target}",
        f"  route-target export {vrf.target}",
        " exit-address-family",
    ]
