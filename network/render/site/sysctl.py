"""sysctl.conf: a Linux machine that forwards in both families and trusts nobody's redirects."""

from __future__ import annotations

from virgem.network.model import NetworkPlan, RouterPlan
from virgem.network.render.base import Renderer, header, single

FILE = "sysctl.conf"
SETTINGS = {
    "net.ipv4.ip_forward": 1,
    "net.ipv6.conf.all.forwarding": 1,
    "net.ipv6.conf.default.forwarding": 1,
    "net.ipv6.conf.all.accept_ra": 0,
    "net.ipv6.conf.default.accept_ra": 0,
    "net.ipv6.conf.all.keep_addr_on_down": 1,
    # Loose: with two ways out answers may come back by the other; nftables holds sources per zone strictly.
    "net.ipv4.conf.all.rp_filter": 2,
    "net.ipv4.conf.default.rp_filter": 2,
    "net.ipv4.conf.all.accept_redirects": 0,
    "net.ipv4.conf.default.accept_redirects": 0,
    "net.ipv6.conf.all.accept_redirects": 0,
    "net.ipv6.conf.default.accept_redirects": 0,
    "net.ipv4.conf.all.send_redirects": 0,
    "net.ipv4.conf.default.send_redirects": 0,
    "net.ipv4.conf.all.accept_source_route": 0,
    "net.ipv6.conf.all.accept_source_route": 0,
    "net.ipv4.conf.all.arp_ignore": 1,
    "net.ipv4.icmp_echo_ignore_broadcasts": 1,
    "net.ipv4.tcp_syncookies": 1,
    # One ssh daemon answers in every routing instance; nftables says from where.
    "net.ipv4.tcp_l3mdev_accept": 1,
    "net.ipv4.fib_multipath_hash_policy": 1,
    "net.ipv6.fib_multipath_hash_policy": 1,
    "net.ipv4.neigh.default.gc_thresh3": 8192,
    "net.ipv6.neigh.default.gc_thresh3": 8192,
}
BODY = "\n".join([*(f"{key} = {value}" for key, value in SETTINGS.items()), ""])


def text(_plan: NetworkPlan, router: RouterPlan) -> str:
    """Return sysctl.conf of a router."""
    return f"{header(router)}\n{BODY}"


RENDERER = Renderer(name="sysctl", files=FILE, render=single(FILE, text))
