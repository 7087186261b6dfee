"""frr.conf, netplan.yaml and the tunnels say the same at both ends of every link and in every zone."""

from __future__ import annotations

import dataclasses
import json
from collections.abc import Mapping

import pytest
import yaml
from netaddr import IPAddress

from virgem.network.model import NetworkPlan, Place, PublicEnd, RouterPlan
from virgem.network.render import names
from virgem.network.render.site import wireguard

Tree = Mapping[str, Mapping[str, str]]


def blocks(text: str) -> dict[str, list[str]]:
    """The lines under every heading of an FRR configuration."""
    found: dict[str, list[str]] = {}
    heading = ""
    for line in text.splitlines():
        if line.startswith(" "):
            found[heading].append(line.strip())
        elif line not in ("!", "exit", "exit-vrf", "end"):
            heading = line
            found.setdefault(heading, [])
    return found


@pytest.fixture(scope="module")
def frr(tree: Tree) -> Mapping[str, dict[str, list[str]]]:
    return {router: blocks(files["frr.conf"]) for router, files in tree.items()}


@pytest.fixture(scope="module")
def netplan(tree: Tree) -> Mapping[str, dict[str, dict[str, dict[str, object]]]]:
    return {router: yaml.safe_load(files["netplan.yaml"])["network"] for router, files in tree.items()}


def test_both_ends_of_a_link_greet_at_the_same_pace_and_cost(plan: NetworkPlan, frr) -> None:
    for link in plan.links:
        ends = [frr[plan.router_at[end.site].name][f"interface {end.interface}"] for end in link.ends]
        said = [[line for line in lines if not line.startswith("description")] for lines in ends]
        assert said[0] == said[1]
        assert f"ip ospf cost {link.cost}" in said[0]
        assert f"ipv6 ospf6 cost {link.cost}" in said[0]


def test_fibre_is_watched_faster_than_a_tunnel(plan: NetworkPlan, frr) -> None:
    profiles = {link.kind: set() for link in plan.links}
    for link in plan.links:
        end = link.ends[0]
        lines = frr[plan.router_at[end.site].name][f"interface {end.interface}"]
        profiles[link.kind] |= {line.split()[-1] for line in lines if "bfd profile" in line}
    expected = {"own-fibre": {"fibre"}, "4g": {"tunnel"}, "operator-vpn": {"fixed"}, "internet-vpn": {"tunnel"}}
    assert expected.items() <= profiles.items()


def test_ospf_is_spoken_on_the_ports_of_links_only(plan: NetworkPlan, frr) -> None:
    for router in plan.routers:
        ends = {f"interface {link.end(router.site.path).interface}" for link in router.links}
        for version in ("ip ospf", "ipv6 ospf6"):
            speaking = {port for port, lines in frr[router.name].items() if f"{version} area 0" in lines}
            assert speaking == ends | {"interface lo"}
            assert {port for port in speaking if f"{version} passive" in frr[router.name][port]} == {"interface lo"}


def test_a_path_of_others_begins_with_its_sender_and_has_no_sets(plan: NetworkPlan, frr) -> None:
    seen = 0
    for router in plan.routers:
        for lines in (lines for head, lines in frr[router.name].items() if " vrf " in head):
            others = {line.split()[1] for line in lines if " interface remote-as " in line}
            checked = {line.split()[1] for line in lines if line.endswith(" enforce-first-as")}
            assert checked == others
            assert ("bgp reject-as-sets" in lines) == bool(others)
            seen += len(others)
    assert seen > 4


def test_every_router_speaks_with_every_datacentre(plan: NetworkPlan, frr) -> None:
    centres = [router for router in plan.routers if router.place is Place.DATACENTRE]
    assert len(centres) == 2
    for router in plan.routers:
        lines = frr[router.name][f"router bgp {plan.asn}"]
        for centre in centres:
            if centre is not router:
                assert f"neighbor {centre.loopback4} peer-group REFLECTORS" in lines
                back = frr[centre.name][f"router bgp {plan.asn}"]
                group = "REFLECTORS" if router in centres else "SITES"
                assert f"neighbor {router.loopback4} peer-group {group}" in back


def test_no_tenant_imports_another(plan: NetworkPlan, frr) -> None:
    for router in plan.routers:
        for vrf in router.vrfs:
            lines = frr[router.name][f"router bgp {plan.asn} vrf {vrf.name}"]
            imported = {line.removeprefix("import vrf ") for line in lines if line.startswith("import vrf")}
            others = {other.name for other in router.vrfs} - {"shared"}
            expected = others if vrf.name == "shared" else {"shared"}
            assert imported == (expected if router.place is Place.DATACENTRE else set())
            assert [line for line in lines if line.startswith("route-target")] == [
                f"route-target import {vrf.target}",
                f"route-target export {vrf.target}",
            ]


def test_an_upstream_gets_what_it_may_see_and_gives_its_own_prefixes_only(frr) -> None:
    lines = "\n".join(frr["rtr-kortrijk-stadhuis"])
    said = [line for line in lines.splitlines() if "prefix-list" in line]
    assert [line for line in said if "-out-" in line] == [
        "ip prefix-list flemish-out-ipv4 seq 5 permit 10.0.0.0/9",
        "ip prefix-list flemish-out-ipv4 seq 10 deny any",
        "ip prefix-list internet-out-ipv4 seq 5 permit 203.0.113.128/25",
        "ip prefix-list internet-out-ipv4 seq 10 deny any",
        "ipv6 prefix-list flemish-out-ipv6 seq 5 permit fd34:22::/32",
        "ipv6 prefix-list flemish-out-ipv6 seq 10 deny any",
        "ipv6 prefix-list internet-out-ipv6 seq 5 permit 2001:db8:f000::/48",
        "ipv6 prefix-list internet-out-ipv6 seq 10 deny any",
    ]
    permitted = [line.split(" permit ")[1] for line in said if "-in-" in line and " permit " in line]
    assert permitted == ["198.51.100.128/25", "0.0.0.0/0", "2001:db8:100::/40 le 48", "::/0"]
    shared = frr["rtr-kortrijk-stadhuis"]["router bgp 4200000000 vrf shared"]
    for port in ("up-internet", "up-flemish"):
        both = [line for line in shared if line.startswith(f"neighbor {port} ")]
        assert len([line for line in both if " prefix-list " in line]) == 4
        assert len([line for line in both if " maximum-prefix " in line]) == 2


def test_one_datacentre_is_active_for_an_upstream_and_the_other_stands_by(plan: NetworkPlan, frr) -> None:
    # East is first by name, and nothing else is declared.
    active, standing = frr["rtr-waregem-stadhuis"], frr["rtr-kortrijk-stadhuis"]
    for upstream in ("flemish", "internet"):
        assert "set local-preference 200" in active[f"route-map {upstream}-in permit 10"]
        assert "set local-preference 190" in standing[f"route-map {upstream}-in permit 10"]
        assert not [line for line in active[f"route-map {upstream}-out permit 10"] if "prepend" in line]
        out = standing[f"route-map {upstream}-out permit 10"]
        assert f"set as-path prepend {plan.asn} {plan.asn} {plan.asn}" in out
        assert "set metric 100" in out


def test_a_datacentre_tells_only_what_it_learned_itself(plan: NetworkPlan, frr) -> None:
    for router in plan.routers:
        files = frr[router.name]
        for vrf in router.vrfs:
            lines = files[f"router bgp {plan.asn} vrf {vrf.name}"]
            told = [line for line in lines if line.startswith("advertise ")]
            kind = "shared" if vrf.name == "shared" else "tenant"
            tail = f" route-map {kind}-told" if router.place is Place.DATACENTRE else ""
            assert told == [f"advertise {family} unicast{tail}" for family in ("ipv4", "ipv6")]
            # A route without a mark of its own would have two ways of equal worth, and a firewall half a connection.
            assert not [line for line in lines if line.startswith("default-originate")]
            marked = [line for line in lines if line.endswith(f" route-map {kind}-here in")]
            assert len(marked) == len([line for line in lines if " prefix-list cloud-" in line])
    marks = {
        line
        for name in ("rtr-kortrijk-stadhuis", "rtr-waregem-stadhuis")
        for lines in frr[name].values()
        for line in lines
        if line.startswith("set large-community ") and not line.endswith(" none")
    }
    assert len(marks) == 4


def test_advertisements_match_the_dhcp_service_of_every_zone(plan: NetworkPlan, tree: Tree, frr) -> None:
    for router in plan.routers:
        subnets = {s["interface"]: s for s in json.loads(tree[router.name]["kea-dhcp6.json"])["Dhcp6"]["subnet6"]}
        for zone in router.zones:
            lines = frr[router.name][f"interface {names.lan(zone)}"]
            subnet = subnets.get(names.lan(zone))
            assert ("ipv6 nd managed-config-flag" in lines) == bool(subnet and subnet["pools"])
            assert ("ipv6 nd other-config-flag" in lines) == bool(subnet)
            # A visitor makes its own address; elsewhere every address is handed out or fixed.
            assert (f"ipv6 nd prefix {zone.prefix6}" in lines) == (zone.icr == "visitor")
            assert "no ipv6 nd suppress-ra" in lines
            assert len([line for line in lines if "rdnss" in line]) == 2


def test_addresses_of_links_and_zones_stand_in_netplan_once(plan: NetworkPlan, tree: Tree, netplan) -> None:
    for router in plan.routers:
        net = netplan[router.name]
        for link in router.links:
            end = link.end(router.site.path)
            if not link.tunnel:
                assert net["ethernets"][end.interface]["addresses"] == [str(end.address4), str(end.address6)]
                assert net["ethernets"][end.interface]["mtu"] == link.mtu
            else:
                text = tree[router.name][f"wireguard/{end.interface}.conf"]
                assert f"Address = {end.address4}, {end.address6}, fe80::" in text
        for zone in router.zones:
            assert net["vlans"][names.lan(zone)]["id"] == zone.vlan
            assert net["vlans"][names.lan(zone)]["addresses"] == [
                f"{zone.gateway4}/{zone.prefix4.prefixlen}",
                f"{zone.gateway6}/{zone.prefix6.prefixlen}",
            ]


def test_every_zone_is_in_its_own_routing_instance_and_no_other(plan: NetworkPlan, netplan) -> None:
    for router in plan.routers:
        members = {name: vrf["interfaces"] for name, vrf in netplan[router.name]["vrfs"].items()}
        for zone in router.zones:
            assert [name for name, ports in members.items() if names.lan(zone) in ports] == [zone.vrf]
        for vrf in router.vrfs:
            assert netplan[router.name]["vrfs"][vrf.name]["table"] == vrf.table
            assert names.bridge(vrf) in members[vrf.name]


def test_interface_names_fit_linux(plan: NetworkPlan, netplan) -> None:
    for net in netplan.values():
        for family in ("ethernets", "vlans", "bridges", "tunnels", "vrfs"):
            assert all(len(name) <= 15 for name in net.get(family, ()))


def router_of(plan: NetworkPlan, name: str) -> RouterPlan:
    return next(router for router in plan.routers if router.name == name)


def test_a_narrow_way_out_narrows_everything_behind_it(plan: NetworkPlan, tree: Tree, netplan) -> None:
    depot = router_of(plan, "rtr-kortrijk-depot")  # operator VPN, with a tunnel over 4G of 1380 bytes
    assert names.inner_mtu(depot) == 1380 - 50
    assert all(vlan["mtu"] == 1330 for vlan in netplan[depot.name]["vlans"].values())
    assert all(tunnel["mtu"] == 1330 for tunnel in netplan[depot.name]["tunnels"].values())
    assert "ipv6 nd mtu 1330" in tree[depot.name]["frr.conf"]
    assert '{"name": "interface-mtu", "data": "1330"}' in tree[depot.name]["kea-dhcp4.json"]
    assert "maxseg size > 1290 tcp option maxseg size set 1290" in tree[depot.name]["nftables.conf"]
    bib = router_of(plan, "rtr-kortrijk-bib")
    assert names.inner_mtu(bib) == 1500
    assert "clamp" not in tree[bib.name]["nftables.conf"]


def test_the_two_ends_of_a_tunnel_agree_on_the_port(plan: NetworkPlan, tree: Tree) -> None:
    tunnels = [link for link in plan.links if link.tunnel]
    assert len({names.listen_port(link) for link in tunnels}) == len(tunnels) >= 4
    for link in tunnels:
        texts = [tree[plan.router_at[e.site].name][f"wireguard/{e.interface}.conf"] for e in link.ends]
        port = names.listen_port(link)
        assert sorted((f"ListenPort = {port}" in text, f":{port} " in text) for text in texts) == [
            (False, True),
            (True, False),
        ]


def test_a_tunnel_is_opened_towards_the_public_address_of_its_datacentre(plan: NetworkPlan, tree: Tree) -> None:
    centres = {"kortrijk/stadhuis": "192.0.2.1", "waregem/stadhuis": "198.51.100.1"}
    for link in (link for link in plan.links if link.tunnel):
        caller, listener = plan.router_at[link.caller], plan.router_at[link.listener]
        text = tree[caller.name][f"wireguard/{link.end(link.caller).interface}.conf"]
        assert f" endpoint {centres[link.listener]}:{names.listen_port(link)} persistent-keepalive 25\n" in text
        assert f"/etc/wireguard/peers/{listener.name}.pub" in text
        for path in (link.caller, link.listener):
            conf = tree[plan.router_at[path].name][f"wireguard/{link.end(path).interface}.conf"]
            assert "PostUp = wg set %i private-key /etc/wireguard/private.key\n" in conf


def test_a_tunnel_is_called_at_an_ipv4_address_else_at_one_of_ipv6_in_brackets(plan: NetworkPlan) -> None:
    link = next(link for link in plan.links if link.tunnel)
    centre = plan.router_at[link.listener]
    for given, told in (
        (("2001:db8:1::1",), "[2001:db8:1::1]"),
        (("192.0.2.1", "2001:db8:1::1"), "192.0.2.1"),
    ):
        found = dataclasses.replace(centre, public=tuple(PublicEnd(address=IPAddress(text)) for text in given))
        assert wireguard.endpoint(found, link) == f"{told}:{names.listen_port(link)}"


def test_a_radio_tunnel_leaves_by_the_radio(tree: Tree, netplan) -> None:
    depot = netplan["rtr-kortrijk-depot"]["ethernets"]
    everywhere = ["0.0.0.0/0", "::/0"]
    assert depot["wwan0"]["routing-policy"] == [{"from": every, "mark": 51, "table": 51} for every in everywhere]
    assert "routes" not in depot["wwan0"], "a next hop is always a gateway, and it is handed out"
    lines = tree["rtr-kortrijk-depot"]["gateways/wwan0.conf"].splitlines()
    assert [line for line in lines if "=" in line] == ["Gateway=_dhcp4", "Table=51", "Gateway=_ipv6ra", "Table=51"]
    assert "FwMark = 51" in tree["rtr-kortrijk-depot"]["wireguard/wg0.conf"]
    assert "FwMark" not in tree["rtr-kortrijk-plein"]["wireguard/wg0.conf"]
