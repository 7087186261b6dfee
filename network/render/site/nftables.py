"""nftables.conf: the firewall of a site's router."""

from __future__ import annotations

from virgem.network.model import NetworkPlan, RouterPlan
from virgem.network.render import names
from virgem.network.render.base import Renderer, header, single
from virgem.network.render.nft import host, policy, translate

FILE = "nftables.conf"


def text(plan: NetworkPlan, router: RouterPlan) -> str:
    """Return nftables.conf of a router; loading it replaces the table in one transaction."""
    lines = [header(router), "table inet virgem", "delete table inet virgem", "table inet virgem {"]
    lines += host.sets(plan, router) + policy.sets(plan, router)
    lines += host.refuse() + host.from_routers() + host.between_routers()
    lines += policy.chains(plan, router) + policy.maps(plan, router)
    lines += host.guard(plan, router) + host.receive(plan, router)
    lines += policy.forward(router) + host.clamp(names.inner_mtu(router))
    lines += translate.chains(plan, router)
    return "\n".join([*lines, "}", ""])


RENDERER = Renderer(name="nftables", files=FILE, render=single(FILE, text), checker=("nft", "-c", "-f", "{file}"))
