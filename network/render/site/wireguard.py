"""wireguard/<interface>.conf: the tunnels of a site, for wg-quick. Keys stay on the machine, the files name paths.

A tunnel is found at `vpn.<datacentre>.<domain>` on a port of its own; the far router's public key is laid in
/etc/wireguard/peers/<router>.pub by the roll-out.
"""

from __future__ import annotations

from collections.abc import Mapping

from virgem.network.model import NetworkPlan, RouterPlan, WanLink
from virgem.network.render import names
from virgem.network.render.base import Renderer, header

KEEPALIVE = 25  # seconds; holds the way back open through address translation (wg(8))
# The radio tunnel must leave by the radio although the wire's default route is better.
RADIO_MARK = 51


def endpoint(plan: NetworkPlan, far: RouterPlan, link: WanLink) -> str:
    """Return where the far end listens."""
    return f"vpn.{far.datacentre or far.name}.{plan.domain}:{names.listen_port(link)}"


def tunnel(plan: NetworkPlan, router: RouterPlan, link: WanLink) -> str:
    """Return one tunnel: routing, not the tunnel, decides what goes in (`Table = off`)."""
    near, far = link.end(router.site.path), plan.router_at[link.far(router.site.path).site]
    calls = names.listener(plan, link) != router.site.path
    call = f" endpoint {endpoint(plan, far, link)} persistent-keepalive {KEEPALIVE}" if calls else ""
    mark = calls and names.underlay(link) == "wwan0"
    lines = [
        header(router),
        "[Interface]",
        f"Address = {near.address4}, {near.address6}",
        f"MTU = {link.mtu}",
        "Table = off",
        *([] if calls else [f"ListenPort = {names.listen_port(link)}"]),
        *([f"FwMark = {RADIO_MARK}"] if mark else []),
        "PostUp = wg set %i private-key /etc/wireguard/%i.key",
        f'PostUp = wg set %i peer "$(cat /etc/wireguard/peers/{far.name}.pub)" allowed-ips 0.0.0.0/0,::/0{call}',
        "",
    ]
    return "\n".join(lines)


def files(plan: NetworkPlan, router: RouterPlan) -> Mapping[str, str]:
    """Return a file for every tunnel of a router."""
    site = router.site.path
    return {f"wireguard/{link.end(site).interface}.conf": tunnel(plan, router, link) for link in names.tunnels(router)}


RENDERER = Renderer(name="wireguard", files="wireguard/*.conf", render=files, checker=("wg-quick", "strip", "{file}"))
