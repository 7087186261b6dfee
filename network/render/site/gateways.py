"""gateways/<port>.conf: the ways of a port towards a public network in the table of its mark.

Tunnels with that mark leave by this port although another is better. Their next hop is the gateway that the provider
hands out, in IPv4 by DHCP and in IPv6 by router advertisements, so nothing is asked of a modem but these. A drop-in of
systemd-networkd beside what netplan makes of the port, because netplan has no words for such a gateway. The same
gateway stays in the main table, where replies from it are looked up (rp_filter).
"""

from __future__ import annotations

from collections.abc import Mapping

from virgem.network.model import NetworkPlan, RouterPlan
from virgem.network.render import names
from virgem.network.render.base import Renderer, header

# What systemd-networkd calls the gateway of a lease and that of an advertisement, by family.
HANDED_OUT = {4: "_dhcp4", 6: "_ipv6ra"}


def files(_plan: NetworkPlan, router: RouterPlan) -> Mapping[str, str]:
    """Return a file for every port with a mark whose provider hands out a gateway."""
    found = {port: (mark, names.handed_out(router, port)) for port, mark in names.publics(router).items() if mark}
    return {
        f"gateways/{port}.conf": f"{header(router)}\n{''.join(_way(family, mark) for family in families)}"
        for port, (mark, families) in found.items()
        if families
    }


def _way(family: int, mark: int) -> str:
    return f"\n[Route]\nGateway={HANDED_OUT[family]}\nTable={mark}\n"


RENDERER = Renderer(name="gateways", files="gateways/*.conf", render=files)
