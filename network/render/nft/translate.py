"""Source translation towards upstream networks, at a datacentre's router; filters see the addresses inside only.

The nat hook comes after the forward chain on the way out and before it on the way back (netfilter's priorities 100 and
-100), so every flow rule speaks of the region's own addresses. Both datacentres hold the same rules; what is translated
is not shared between them, so connections end when another datacentre becomes active.

Connections from outside need an address that stands for one host. Where IPv6 is mapped address by address there is one;
in IPv4 it is a floating address, which the cloud translates itself, so here it is nobody's private one and left alone.
"""

from __future__ import annotations

from virgem.network import translation
from virgem.network.model import NetworkPlan, RouterPlan, UpstreamPlan
from virgem.network.render import names
from virgem.network.render.frr import upstreams
from virgem.network.render.nft.text import FAMILIES, HEAD, chain

VERSION = {"v4": 4, "v6": 6}


def chains(plan: NetworkPlan, router: RouterPlan) -> list[str]:
    """Return the chain that translates, and one that lets nothing pass that was not."""
    rules: list[str] = []
    closed = _own_only() if names.publics(router) else []
    for network in upstreams.joined(plan, router):
        for family in FAMILIES:
            rules += _rules(plan, network, family)
            closed += _closed(plan, network, family)
    lines = chain("translate", rules, "type nat hook postrouting priority srcnat; policy accept;") if rules else []
    # What tracking could not place is not translated (invalid packets), and a family may have nothing to appear as.
    keep = chain("keep-in", closed, "type filter hook postrouting priority 110; policy accept;") if closed else []
    return [*lines, *keep]


def _own_only() -> list[str]:
    """Return what holds a port towards a public network: it carries tunnels, so only its own addresses leave by it.

    Those may be private, behind the modem of an operator. Nobody's packets are passed on there, and no VXLAN in clear
    takes that way when the tunnels are down.
    """
    unnamed = "oifname @public ip6 saddr :: accept"  # looks for neighbours before it has an address (RFC 4862)
    return [unnamed, "oifname @public fib saddr . oif type != local counter drop"]


def _head(plan: NetworkPlan, network: UpstreamPlan, family: str) -> str:
    private = translation.concealed(plan, network, VERSION[family])
    values = ", ".join(map(str, private))
    source = f"{{ {values} }}" if len(private) > 1 else values
    return f'oifname "{names.upstream(network)}" {HEAD[family]} saddr {source}'


def _closed(plan: NetworkPlan, network: UpstreamPlan, family: str) -> list[str]:
    unseen = translation.concealed(plan, network, VERSION[family])
    return [f"{_head(plan, network, family)} counter drop"] if unseen else []


def _rules(plan: NetworkPlan, network: UpstreamPlan, family: str) -> list[str]:
    """Return the translation of one family: address by address where that fits, else from a range.

    A source keeps its public address over all its connections (`persistent`, RFC 4787, REQ-2); ports are drawn at
    random (RFC 6056). Several prefixes share the sources by a hash of their address.
    """
    version, head = VERSION[family], HEAD[family]
    if pairs := translation.mapped(plan, network, version):
        port = names.upstream(network)
        return [f'oifname "{port}" {head} saddr {pool} snat {head} prefix to {public}' for pool, public in pairs]
    publics = translation.appears_as(network, version)
    if not publics or not translation.concealed(plan, network, version):
        return []
    shares = [f" jhash {head} saddr mod {len(publics)} seed 0 {i}" for i in range(len(publics))]
    if len(publics) == 1:
        shares = [""]
    return [
        f"{_head(plan, network, family)}{share} snat {head} to {public} fully-random,persistent"
        for share, public in zip(shares, publics, strict=True)
    ]
