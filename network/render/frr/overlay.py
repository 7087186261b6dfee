"""The overlay: EVPN routes of every routing instance between sites and datacentres (RFC 7432, RFC 8365, RFC 9136).

One autonomous system; the routers of the datacentres reflect. A site knows its own instances only; instances meet at
the datacentres, where each tenant imports `shared` and never another tenant.
"""

from __future__ import annotations

from virgem.network.model import SHARED, NetworkPlan, Place, RouterPlan, Vrf
from virgem.network.render.facts import facts
from virgem.network.render.frr import upstreams

FAMILIES = ("ipv4", "ipv6")


def peers(plan: NetworkPlan, router: RouterPlan) -> tuple[RouterPlan, ...]:
    """Return the routers that this one speaks BGP with: all reflectors, and for a reflector everyone."""
    among = plan.routers if router.place is Place.DATACENTRE else facts(plan).reflectors
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
    up = upstreams.joined(plan, router) if vrf.name == SHARED else []
    lines = [f"router bgp {plan.asn} vrf {vrf.name}", f" bgp router-id {loopback}"]
    lines += [" no bgp default ipv4-unicast", " bgp ebgp-requires-policy"]
    lines += upstreams.neighbours(up) + (upstreams.cloud_neighbour(vrf) if cloud else [])
    for family in FAMILIES:
        lines += [f" address-family {family} unicast", "  redistribute connected"]
        lines += upstreams.family_lines(plan, family, up) + (upstreams.cloud_lines(vrf, family) if cloud else [])
        lines += [f"  import vrf {other}" for other in _imports(router, vrf)]
        lines += [" exit-address-family"]
    return [*lines, *_evpn(router, vrf, loopback), "exit", "!"]


def _imports(router: RouterPlan, vrf: Vrf) -> list[str]:
    names_here = [other.name for other in router.vrfs]
    if router.place is not Place.DATACENTRE or SHARED not in names_here:
        return []
    return [name for name in names_here if name != SHARED] if vrf.name == SHARED else [SHARED]


def _evpn(router: RouterPlan, vrf: Vrf, loopback: str) -> list[str]:
    # Sites reach shared services and upstreams by the datacentres' default route only.
    origin = [f"  default-originate {family}" for family in FAMILIES] if router.place is Place.DATACENTRE else []
    return [
        " address-family l2vpn evpn",
        *(f"  advertise {family} unicast" for family in FAMILIES),
        *origin,
        f"  rd {loopback}:{vrf.table % 65536}",
        f"  route-target import {vrf.target}",
        f"  route-target export {vrf.target}",
        " exit-address-family",
    ]
