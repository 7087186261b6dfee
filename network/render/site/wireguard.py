"""wireguard/<interface>.conf: the tunnels of a site, for wg-quick. Keys stay on the machine, the files name paths.

A router has one private key, made on it by the roll-out, which also lays the public keys of the far routers in
/etc/wireguard/peers/<router>.pub. A tunnel is found at the public address of its datacentre, on a port of its own.
WireGuard knows one address of a peer, so that is the first IPv4 address; the first IPv6 one where there is no other.
"""

from __future__ import annotations

from collections.abc import Mapping

from netaddr import IPAddress

from virgem.network.model import LinkEnd, NetworkPlan, RouterPlan, WanLink
from virgem.network.render import names
from virgem.network.render.base import Renderer, header
from virgem.network.texts import network_text

KEEPALIVE = 25  # seconds; holds the way back open through address translation (wg(8))
PRIVATE_KEY = "/etc/wireguard/private.key"
PEERS = "/etc/wireguard/peers"


def endpoint(listener: RouterPlan, link: WanLink) -> str:
    """Return where the far end listens: an address, so that a tunnel comes up before any name server is reached."""
    address = listener.public[0].address
    host = f"[{address}]" if address.version == 6 else str(address)
    return f"{host}:{names.listen_port(link)}"


def link_local(end: LinkEnd) -> str:
    """Return an end's link-local address, which WireGuard does not make by itself and OSPFv3 speaks from (RFC 5340).

    Its interface identifier is that of the end's own /127, so the two ends differ.
    """
    return f"{IPAddress((0xFE80 << 112) + (int(end.address6.ip) & (1 << 64) - 1), 6)}/64"


def tunnel(plan: NetworkPlan, router: RouterPlan, link: WanLink) -> str:
    """Return one tunnel: routing, not the tunnel, decides what goes in (`Table = off`)."""
    near, far = link.end(router.site.path), plan.router_at[link.far(router.site.path).site]
    calls = link.caller == router.site.path
    call = f" endpoint {endpoint(far, link)} persistent-keepalive {KEEPALIVE}" if calls else ""
    mark = names.link_kind(link.kind).mark if calls else 0
    lines = [
        header(router),
        "[Interface]",
        f"Address = {near.address4}, {network_text(near.address6)}, {link_local(near)}",
        f"MTU = {link.mtu}",
        "Table = off",
        *([] if calls else [f"ListenPort = {names.listen_port(link)}"]),
        *([f"FwMark = {mark}"] if mark else []),
        f"PostUp = wg set %i private-key {PRIVATE_KEY}",
        f'PostUp = wg set %i peer "$(cat {PEERS}/{far.name}.pub)" allowed-ips 0.0.0.0/0,::/0{call}',
        "",
    ]
    return "\n".join(lines)


def files(plan: NetworkPlan, router: RouterPlan) -> Mapping[str, str]:
    """Return a file for every tunnel of a router."""
    site = router.site.path
    return {f"wireguard/{link.end(site).interface}.conf": tunnel(plan, router, link) for link in names.tunnels(router)}


RENDERER = Renderer(name="wireguard", files="wireguard/*.conf", render=files, checker=("wg-quick", "strip", "{file}"))
