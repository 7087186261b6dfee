"""Names of interfaces and what follows from a link's kind. Linux names have at most 15 characters."""

from __future__ import annotations

import zlib
from functools import lru_cache

from virgem.modules.estate.kinds import link_kinds, zone_kinds
from virgem.modules.estate.kinds.types import FIXED_PORT, LinkKind, ZoneKind
from virgem.modules.estate.names import machine_domain
from virgem.network.model import NetworkPlan, PublicEnd, RouterPlan, UpstreamPlan, Vrf, WanLink, ZonePlan

TRUNK = "lan0"
CLOUD_TRUNK = "cloud0"
VXLAN_PORT = 4789  # RFC 7348
VXLAN_OVERHEAD = 50  # outer Ethernet, IPv4, UDP and VXLAN headers
ETHERNET_MTU = 1500


def lan(zone: ZonePlan) -> str:
    """Return the router's interface in a zone, a VLAN of the trunk towards the switches."""
    return f"{TRUNK}.{zone.vlan}"


def bridge(vrf: Vrf) -> str:
    """Return the bridge that joins a routing instance to its VXLAN (the layer 3 VNI of RFC 9136)."""
    return f"br{vrf.vni}"


def vxlan(vrf: Vrf) -> str:
    """Return the VXLAN device of a routing instance."""
    return f"vx{vrf.vni}"


def upstream(network: UpstreamPlan) -> str:
    """Return the interface towards an upstream network."""
    name = f"up-{network.id}"
    return name if len(name) <= 15 else f"up-{network.id[:6]}{zlib.crc32(network.id.encode()) & 0xFFFFFF:06x}"


def cloud(vrf: Vrf) -> str:
    """Return the sub-interface towards the cloud: its VLAN is the number of the routing instance's table."""
    return f"{CLOUD_TRUNK}.{vrf.table % 4094 + 1 if vrf.table > 4094 else vrf.table}"


def listen_port(link: WanLink) -> int:
    """Return the UDP port of a tunnel: from the place of its /31 among all, so it is as lasting as the address."""
    return 20000 + (int(link.ends[0].address4.first) >> 1) % 32768


@lru_cache(maxsize=64)
def link_kind(name: str) -> LinkKind:
    """Return a link kind."""
    return link_kinds()[name]


@lru_cache(maxsize=256)
def zone_kind(name: str) -> ZoneKind:
    """Return a zone kind."""
    return zone_kinds()[name]


def inner_mtu(router: RouterPlan) -> int:
    """Return the MTU of what rides in VXLAN on a router: that of its narrowest way out less the headers, at most 1500.

    A router goes by the links that are its own ways out, not by the tunnels of others that end on it: their far ends
    clamp TCP.
    """
    own = [link.mtu for link in router.links if not (link.tunnel and link.listener == router.site.path)]
    mtus = own or [link.mtu for link in router.links]
    return min([ETHERNET_MTU, *(mtu - VXLAN_OVERHEAD for mtu in mtus)])


def publics(router: RouterPlan) -> dict[str, int]:
    """Return a router's interfaces towards public networks with their marks, the main way out first.

    Whoever waits for tunnels does so on a fixed line.
    """
    calls = [link_kind(link.kind) for link in tunnels(router) if link.listener != router.site.path]
    waits = [(0, FIXED_PORT)] if len(calls) < len(tunnels(router)) else []
    return {port: mark for mark, port in sorted([*waits, *((kind.mark, kind.port) for kind in calls)])}


def written(router: RouterPlan, port: str) -> list[PublicEnd]:
    """Return the addresses of a port towards a public network that the estate sets, with their gateways."""
    return [end for end in router.public if end.network] if port == FIXED_PORT else []


def handed_out(router: RouterPlan, port: str) -> list[int]:
    """Return the families whose addresses and gateway a port gets from the provider."""
    return [version for version in (4, 6) if all(end.address.version != version for end in written(router, port))]


def tunnels(router: RouterPlan) -> list[WanLink]:
    """Return a router's tunnels."""
    return [link for link in router.links if link.tunnel]


def domain(plan: NetworkPlan, router: RouterPlan) -> str:
    """Return the DNS domain of the machines at a site."""
    return machine_domain(plan.domain, router.town.id)


def search(plan: NetworkPlan, router: RouterPlan) -> tuple[str, str]:
    """Return the domains in which hosts of a site look up a short name: of their machines, then of shared services."""
    return domain(plan, router), plan.domain
