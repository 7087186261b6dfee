"""source.conf: the address that a router's own connections start from in the instance where it is managed.

Time, logs and packages are reached there, by routes without an interface of their own to take an address from; the
kernel then prefers one of the instance itself to that of whatever zone came up first. The rules know a router by its
address in the management zone. A drop-in of systemd-networkd beside what netplan makes of the instance, because
netplan 0.106 gives instances no addresses.
"""

from __future__ import annotations

from collections.abc import Mapping

from virgem.network.model import NetworkPlan, RouterPlan
from virgem.network.render.base import Renderer, header

FILE = "source.conf"


def files(_plan: NetworkPlan, router: RouterPlan) -> Mapping[str, str]:
    """Return the file; none for a router that is managed in no zone."""
    zone = router.managed_in
    return {FILE: f"{header(router)}\n\n[Network]\nAddress={zone.gateway4}/32\n"} if zone else {}


RENDERER = Renderer(name="source", files=FILE, render=files)
