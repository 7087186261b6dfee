"""netplan.yaml: interfaces, VLANs, routing instances and VXLAN of a site's router (netplan 0.106, systemd-networkd)."""

from __future__ import annotations

from collections.abc import Mapping

from virgem.network.model import NetworkPlan, PublicEnd, RouterPlan, Vrf, WanLink, ZonePlan
from virgem.network.render import names
from virgem.network.render.base import Renderer, header, single
from virgem.network.render.facts import facts
from virgem.network.render.frr import upstreams

FILE = "netplan.yaml"
QUIET = ("      accept-ra: false", "      link-local: []")
EVERYWHERE: Mapping[int, str] = {4: "0.0.0.0/0", 6: "::/0"}
LINK_LOCAL = ("      accept-ra: false", "      link-local: [ipv6]")


def text(plan: NetworkPlan, router: RouterPlan) -> str:
    """Return netplan.yaml of a router."""
    mtu = names.inner_mtu(router)
    clouds = [vrf for vrf in router.vrfs if upstreams.joins_cloud(plan, router, vrf)]
    lines = [header(router), "network:", "  version: 2", "  renderer: networkd", "  ethernets:"]
    lines += _loopback(router) + _trunks(clouds) + _wan(router) + _upstream(plan, router) + _underlays(plan, router)
    if router.zones or clouds:
        lines += ["  vlans:", *(line for zone in router.zones for line in _zone(plan, zone, mtu))]
        lines += [line for vrf in clouds for line in _cloud(vrf)]
    if router.vrfs:
        lines += ["  bridges:", *(line for vrf in router.vrfs for line in _bridge(vrf, mtu))]
        lines += ["  tunnels:", *(line for vrf in router.vrfs for line in _vxlan(vrf, router, mtu))]
        lines += ["  vrfs:", *(line for vrf in router.vrfs for line in _vrf(plan, router, vrf, clouds))]
    return "\n".join([*lines, ""])


def _loopback(router: RouterPlan) -> list[str]:
    return ["    lo:", f'      addresses: ["{router.loopback4}/32", "{router.loopback6}/128"]']


def _trunks(clouds: list[Vrf]) -> list[str]:
    lines = [f"    {names.TRUNK}:", *QUIET]
    return [*lines, f"    {names.CLOUD_TRUNK}:", *QUIET] if clouds else lines


def _wan(router: RouterPlan) -> list[str]:
    lines: list[str] = []
    for link in router.links:
        if not link.tunnel:
            lines += _port(link, router)
    return lines


def _port(link: WanLink, router: RouterPlan) -> list[str]:
    end = link.end(router.site.path)
    return [
        f"    {end.interface}:",
        f'      addresses: ["{end.address4}", "{end.address6}"]',
        f"      mtu: {link.mtu}",
        *LINK_LOCAL,
        "      optional: true",
    ]


def _upstream(plan: NetworkPlan, router: RouterPlan) -> list[str]:
    lines: list[str] = []
    for network in upstreams.joined(plan, router):
        lines += [f"    {names.upstream(network)}:", *LINK_LOCAL, "      optional: true"]
    return lines


def _underlays(plan: NetworkPlan, router: RouterPlan) -> list[str]:
    """Return the ports towards public networks that carry tunnels; one with a mark has a table of its own."""
    lines: list[str] = []
    for place, (port, mark) in enumerate(names.publics(router).items(), 1):
        ends, families = names.written(router, port), names.handed_out(router, port)
        lines += [f"    {port}:", *_provider(ends, families, 100 * place), *_ways(ends, 100 * place, mark)]
    return lines


def _provider(ends: list[PublicEnd], families: list[int], metric: int) -> list[str]:
    """Return how a port gets its addresses: in each family those that are set, else what the provider hands out."""
    addresses = ", ".join(f'"{end.network}"' for end in ends)
    return [
        *([f"      addresses: [{addresses}]"] if ends else []),
        *(["      dhcp4: true"] if 4 in families else []),
        f"      accept-ra: {'true' if 6 in families else 'false'}",
        "      optional: true",
        *(
            [f"      dhcp4-overrides: {{route-metric: {metric}, use-dns: false, use-ntp: false}}"]
            if 4 in families
            else []
        ),
    ]


def _ways(ends: list[PublicEnd], metric: int, mark: int) -> list[str]:
    """Return the default routes of a port to the gateways that are written, for a mark in a table of its own as well.

    Those to gateways that are handed out stand in gateways/<port>.conf.
    """
    gateways = {int(end.address.version): f'via: "{end.gateway}"' for end in ends}
    ways = [f'{{to: "{EVERYWHERE[version]}", {via}, metric: {metric}}}' for version, via in gateways.items()]
    rules = [f'{{from: "{every}", mark: {mark}, table: {mark}}}' for every in EVERYWHERE.values()] if mark else []
    if mark:
        ways += [f'{{to: "{EVERYWHERE[version]}", {via}, table: {mark}}}' for version, via in gateways.items()]
    parts = {"routes": ways, "routing-policy": rules}
    return [f"      {key}: [{', '.join(values)}]" for key, values in parts.items() if values]


def _zone(plan: NetworkPlan, zone: ZonePlan, mtu: int) -> list[str]:
    texts = facts(plan).zone_text[zone.key]
    return [
        f"    {names.lan(zone)}:",
        f"      id: {zone.vlan}",
        f"      link: {names.TRUNK}",
        f'      addresses: ["{texts.gateway4}", "{texts.gateway6}"]',
        *([f"      mtu: {mtu}"] if mtu < names.ETHERNET_MTU else []),
        *LINK_LOCAL,
    ]


def _cloud(vrf: Vrf) -> list[str]:
    port = names.cloud(vrf)
    return [f"    {port}:", f"      id: {port.partition('.')[2]}", f"      link: {names.CLOUD_TRUNK}", *LINK_LOCAL]


def _bridge(vrf: Vrf, mtu: int) -> list[str]:
    return [
        f"    {names.bridge(vrf)}:",
        f"      interfaces: [{names.vxlan(vrf)}]",
        "      parameters: {stp: false}",
        f"      mtu: {mtu}",
        *QUIET,
    ]


def _vxlan(vrf: Vrf, router: RouterPlan, mtu: int) -> list[str]:
    return [
        f"    {names.vxlan(vrf)}:",
        "      mode: vxlan",
        f"      id: {vrf.vni}",
        f"      local: {router.loopback4}",
        f"      port: {names.VXLAN_PORT}",
        "      mac-learning: false",
        f"      mtu: {mtu}",
        *QUIET,
    ]


def _vrf(plan: NetworkPlan, router: RouterPlan, vrf: Vrf, clouds: list[Vrf]) -> list[str]:
    members = [names.lan(zone) for zone in router.zones if zone.vrf == vrf.name]
    members += [names.cloud(vrf)] if vrf in clouds else []
    members += [names.upstream(n) for n in upstreams.joined(plan, router)] if vrf.name == "shared" else []
    return [
        f"    {vrf.name}:",
        f"      table: {vrf.table}",
        f"      interfaces: [{', '.join([*members, names.bridge(vrf)])}]",
    ]


RENDERER = Renderer(
    name="netplan",
    files=FILE,
    render=single(FILE, text),
    # It reads a root folder, so the file is laid at etc/netplan/ of one.
    checker=("netplan", "generate", "--root-dir", "{root}"),
)
