"""frr.conf: routing of a site's router."""

from __future__ import annotations

from virgem.network.model import NetworkPlan, RouterPlan
from virgem.network.render import names
from virgem.network.render.base import Renderer, header, single
from virgem.network.render.frr import lan, overlay, underlay, upstreams

FILE = "frr.conf"


def text(plan: NetworkPlan, router: RouterPlan) -> str:
    """Return frr.conf of a router."""
    lines = [header(router, "!"), "frr version 8.4", "frr defaults datacenter", f"hostname {router.name}"]
    lines += ["log syslog informational", "service integrated-vtysh-config", "!"]
    lines += overlay.instances(router) + upstreams.discard(plan, router) + underlay.loopback()
    for link in router.links:
        lines += underlay.wan(plan, router, link)
    search, mtu = names.search(plan, router), names.inner_mtu(router)
    for zone in router.zones:
        lines += lan.advertisements(plan, zone, search, mtu)
    lines += underlay.processes(router)
    if overlay.peers(plan, router):
        lines += overlay.speaker(plan, router)
    lines += overlay.tenants(plan, router)
    lines += upstreams.prefix_lists(plan, router) + overlay.route_maps(plan, router)
    return "\n".join([*lines, "end", ""])


RENDERER = Renderer(name="frr", files=FILE, render=single(FILE, text), checker=("vtysh", "-C", "-f", "{file}"))
