"""What reaches the router itself, what no source may pretend, and what passes between routers."""

from __future__ import annotations

from netaddr import IPAddress

from virgem.network import translation
from virgem.network.model import NetworkPlan, Place, RouterPlan
from virgem.network.render import names
from virgem.network.render.facts import facts
from virgem.network.render.frr import upstreams
from virgem.network.render.nft.text import FAMILIES, HEAD, TYPE, chain, interfaces, named_set

LOCAL6 = "fe80::/10"
# Unnumbered eBGP and its BFD come from link-local addresses.
BORDER = (
    f"iifname @borders ip6 saddr {LOCAL6} tcp dport 179 accept",
    f"iifname @borders ip6 saddr {LOCAL6} ip6 hoplimit 255 udp dport 3784 accept",
)
ND = "nd-router-solicit, nd-router-advert, nd-neighbor-solicit, nd-neighbor-advert"
MLD = "mld-listener-query, mld-listener-report, mld-listener-done, mld2-listener-report"
# RFC 4890, section 4: without these errors IPv6 does not work; the same four of IPv4 (RFC 1812, RFC 1191).
ERRORS4 = "destination-unreachable, time-exceeded, parameter-problem"
ERRORS6 = "destination-unreachable, packet-too-big, time-exceeded, parameter-problem"


def sets(plan: NetworkPlan, router: RouterPlan) -> list[str]:
    """Return the sets of interfaces and of infrastructure prefixes."""
    known = facts(plan)
    zones = [known.zone_text[zone.key] for zone in router.zones]
    values = {
        "routers-v4": ", ".join(known.loopbacks.v4),
        "routers-v6": ", ".join(known.loopbacks.v6),
        "underlay-v4": ", ".join(known.underlay.v4),
        "underlay-v6": ", ".join(known.underlay.v6),
        # Neighbours in BGP: for a site the reflectors only.
        "speakers-v4": ", ".join(known.loopbacks.v4) if router.place is Place.DATACENTRE else known.reflectors4,
        "transfer-v4": ", ".join(str(link.end(router.site.path).address4.cidr) for link in router.links),
        "local-v4": ", ".join(zone.prefix4 for zone in zones),
        "local-v6": ", ".join(zone.prefix6 for zone in zones),
    }
    lines = _ports(plan, router)
    for name, text in values.items():
        lines += named_set(name, TYPE[name[-2:]], [text] if text else [])
    return lines + _border_sets(plan, router)


def _ports(plan: NetworkPlan, router: RouterPlan) -> list[str]:
    lines = interfaces("wan", [link.end(router.site.path).interface for link in router.links])
    lines += interfaces("public", names.publics(router))
    # Under a VRF device the kernel shows either the port or the instance as the way in.
    lines += interfaces("inside", [*map(names.lan, router.zones), *(vrf.name for vrf in router.vrfs)])
    clouds, ups = _borders(plan, router)
    return lines + interfaces("outside", [*map(names.bridge, router.vrfs), *clouds, *ups])


def _borders(plan: NetworkPlan, router: RouterPlan) -> tuple[list[str], list[str]]:
    """Return the ports of a datacentre towards the cloud and towards upstream networks."""
    clouds = [names.cloud(vrf) for vrf in router.vrfs if upstreams.joins_cloud(plan, router, vrf)]
    return clouds, [names.upstream(network) for network in upstreams.joined(plan, router)]


def _border_sets(plan: NetworkPlan, router: RouterPlan) -> list[str]:
    if router.place is not Place.DATACENTRE:
        return []
    clouds, ups = _borders(plan, router)
    lines = interfaces("borders", [*clouds, *ups]) + interfaces("upstreams", ups)
    for family, version in zip(FAMILIES, (4, 6), strict=True):
        ups_here = upstreams.joined(plan, router)
        public = {p for network in ups_here for p in translation.appears_as(network, version)}
        public |= {p for network in ups_here for p in translation.floating(plan, network, version)}
        own = dict.fromkeys([*translation.pools(plan, version), *sorted(public)])
        lines += named_set(f"own-{family}", TYPE[family], [str(prefix) for prefix in own])
    return lines


def guard(plan: NetworkPlan, router: RouterPlan) -> list[str]:
    """Return the chain against forged sources (BCP 38): before tracking, on the port where a packet comes in."""
    rules: list[str] = []
    for zone in router.zones:
        port, texts = f'iifname "{names.lan(zone)}"', facts(plan).zone_text[zone.key]
        rules += [f"{port} ip saddr != {{ 0.0.0.0, {texts.prefix4} }} counter drop"]
        rules += [f"{port} ip6 saddr != {{ ::, {LOCAL6}, {texts.prefix6} }} counter drop"]
    for vrf in router.vrfs:
        if upstreams.joins_cloud(plan, router, vrf):
            own = facts(plan).cloud_of(vrf, router.datacentre)
            port = f'iifname "{names.cloud(vrf)}"'
            rules += [f"{port} ip saddr != {{ {', '.join(own.v4)} }} counter drop"]
            rules += [f"{port} ip6 saddr != {{ {', '.join((LOCAL6, *own.v6))} }} counter drop"]
    for family in FAMILIES:
        rules += [f"iifname @outside {HEAD[family]} saddr @local-{family} counter drop"]
        if router.place is Place.DATACENTRE:
            rules += [f"iifname @upstreams {HEAD[family]} saddr @own-{family} counter drop"]
    rules += [_untracked("v4", router.loopback4), _untracked("v6", router.loopback6)]
    return chain("guard", rules, "type filter hook prerouting priority raw; policy accept;")


def _untracked(family: str, own: IPAddress) -> str:
    """Return the rule for what passes between other routers: it fills no table of connections and depends on none."""
    head = HEAD[family]
    return f"iifname @wan {head} saddr @routers-{family} {head} daddr @routers-{family} {head} daddr != {own} notrack"


def receive(plan: NetworkPlan, router: RouterPlan) -> list[str]:
    """Return the input chain: what the router itself answers to."""
    rules = [
        'iifname "lo" accept',
        "ct state vmap { established : accept, related : accept, invalid : drop }",
        f"icmp type {{ {ERRORS4} }} accept",
        "icmp type echo-request limit rate 20/second accept",
        f"icmpv6 type {{ {ERRORS6} }} accept",
        f"icmpv6 type {{ {ND} }} ip6 hoplimit 255 accept",
        f"icmpv6 type {{ {MLD} }} ip6 saddr {LOCAL6} accept",
        "icmpv6 type echo-request limit rate 20/second accept",
        "iifname @wan jump from-routers",
        *(BORDER if router.place is Place.DATACENTRE else ()),
        *_tunnel_ends(plan, router),
        # Whatever else a public network sends: no source address it claims makes it management.
        *(("iifname @public jump refuse",) if names.publics(router) else ()),
        "iifname @inside udp sport 68 udp dport 67 accept",
        f"iifname @inside ip6 saddr {LOCAL6} udp dport 547 accept",
        *_managed(router),
        "jump refuse",
    ]
    return chain("input", rules, "type filter hook input priority filter; policy drop;")


def _managed(router: RouterPlan) -> list[str]:
    """Return what leads to the router's address for management: the flows that the matrix lets into that zone.

    They stand once, in the zone's own chain. Its neighbours in the zone are none of them: nobody reaches a router from
    whatever is plugged in beside it.
    """
    zone = router.managed_in
    if zone is None:
        return []
    own = zip(FAMILIES, (zone.gateway4, zone.gateway6), strict=True)
    return [f"{HEAD[family]} daddr {address} jump to-{zone.zone.id}" for family, address in own]


def _tunnel_ends(plan: NetworkPlan, router: RouterPlan) -> list[str]:
    own = [link for link in names.tunnels(router) if link.listener == router.site.path]
    ports = sorted({names.listen_port(link) for link in own})
    rules = [f"iifname @public udp dport {{ {', '.join(map(str, ports))} }} accept"] if ports else []
    client = [
        "iifname @public udp sport 67 udp dport 68 accept",
        f"iifname @public ip6 saddr {LOCAL6} udp dport 546 accept",
    ]
    return [*rules, *(client if names.publics(router) else [])]


def from_routers() -> list[str]:
    """Return the chain for what neighbours send: OSPF, BFD (RFC 5881: TTL 255), BGP and VXLAN, from their addresses."""
    rules = [
        "meta l4proto ospf ip saddr @transfer-v4 accept",
        f"meta l4proto ospf ip6 saddr {LOCAL6} accept",
        "udp dport 3784 ip saddr @transfer-v4 ip ttl 255 accept",
        f"udp dport 3784 ip6 saddr {LOCAL6} ip6 hoplimit 255 accept",
        "tcp dport 179 ip saddr @speakers-v4 accept",
        f"udp dport {names.VXLAN_PORT} ip saddr @routers-v4 accept",
        "jump refuse",
    ]
    return chain("from-routers", rules)


def between_routers() -> list[str]:
    """Return the chain for what a router passes on for others: the overlay and ICMP from loopback to loopback.

    Both halves of a connection stand in it, because each may pass another router. Errors also come from the address of
    a link (RFC 1812, 4.3.2.4).
    """
    four, six = (f"{HEAD[f]} saddr @routers-{f} {HEAD[f]} daddr @routers-{f}" for f in FAMILIES)
    under4, under6 = (f"{HEAD[f]} saddr @underlay-{f} {HEAD[f]} daddr @underlay-{f}" for f in FAMILIES)
    rules = [
        f"{four} udp dport {names.VXLAN_PORT} accept",
        f"{four} tcp dport 179 accept",
        f"{four} tcp sport 179 tcp flags & (syn | ack) != syn accept",
        f"{four} icmp type {{ echo-request, echo-reply }} accept",
        f"{six} icmpv6 type {{ echo-request, echo-reply }} accept",
        f"{under4} icmp type {{ {ERRORS4} }} accept",
        f"{under6} icmpv6 type {{ {ERRORS6} }} accept",
        "jump refuse",
    ]
    return chain("between-routers", rules)


def clamp(mtu: int) -> list[str]:
    """Return the chain that fits TCP to a narrow way out; paths without it need none."""
    if mtu >= names.ETHERNET_MTU:
        return []
    rules = []
    for family, headers in (("ipv4", 40), ("ipv6", 60)):
        size = mtu - headers
        rules.append(
            f"meta nfproto {family} tcp flags & (syn|rst) == syn tcp option maxseg size > {size} "
            f"tcp option maxseg size set {size}"
        )
    return chain("clamp", rules, "type filter hook forward priority mangle; policy accept;")


def refuse() -> list[str]:
    """Return the chain that ends what nothing allowed; the log is rationed so that a flood does not fill a disk."""
    rules = ['limit rate 10/second burst 20 packets log prefix "virgem refused: " level info', "counter drop"]
    return chain("refuse", rules)
