"""What the router itself answers to, what no source may pretend, and what passes between routers."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

import pytest
from netaddr import IPAddress
from nft_reader import Packet, Reader

from virgem.network.matrix import allowed
from virgem.network.model import NetworkPlan, RouterPlan
from virgem.network.render import names

Tree = Mapping[str, Mapping[str, str]]
LINK_LOCAL = int(IPAddress("fe80::1"))


@pytest.fixture(scope="module")
def bib(plan: NetworkPlan) -> RouterPlan:
    return next(router for router in plan.routers if router.name == "rtr-kortrijk-bib")


@pytest.fixture(scope="module")
def reader(bib: RouterPlan, tree: Tree) -> Reader:
    return Reader(tree[bib.name]["nftables.conf"])


def zone(router: RouterPlan, name: str) -> tuple[str, int, int]:
    """A zone's interface and a host in it, in both families."""
    found = next(zone for zone in router.zones if zone.zone.id == name)
    return names.lan(found), int(found.prefix4.first) + 5, int(found.prefix6.first) + 5


def test_a_source_of_another_zone_is_dropped_in_every_zone_and_family(bib: RouterPlan, reader: Reader) -> None:
    for own in bib.zones:
        for other in bib.zones:
            port = names.lan(own)
            for family, prefix in (("v4", other.prefix4), ("v6", other.prefix6)):
                packet = Packet(family, int(prefix.first) + 5, 1, port)
                expected = "accept" if own is other else "drop"
                assert reader.verdict("prerouting", packet) == expected, (own.key, other.key, family)


def test_a_local_source_may_not_come_from_outside(bib: RouterPlan, reader: Reader) -> None:
    for port in (names.bridge(vrf) for vrf in bib.vrfs):
        for own in bib.zones:
            assert reader.verdict("prerouting", Packet("v4", int(own.prefix4.first) + 5, 1, port)) == "drop"
            assert reader.verdict("prerouting", Packet("v6", int(own.prefix6.first) + 5, 1, port)) == "drop"
    assert reader.verdict("prerouting", Packet("v4", int(IPAddress("10.127.0.1")), 1, "br10001")) == "accept"


def test_hosts_without_an_address_may_ask_for_one(bib: RouterPlan, reader: Reader) -> None:
    port, _, _ = zone(bib, "library-staff")
    ask4 = Packet("v4", 0, int(IPAddress("255.255.255.255")), port, "udp", 67, 68)
    ask6 = Packet("v6", LINK_LOCAL, int(IPAddress("ff02::1:2")), port, "udp", 547, 546)
    for packet in (ask4, ask6):
        assert reader.verdict("prerouting", packet) == "accept"
        assert reader.verdict("input", packet) == "accept"


def test_neighbour_discovery_needs_a_hop_limit_of_255(bib: RouterPlan, reader: Reader) -> None:
    port, _, _ = zone(bib, "guests")
    near = Packet("v6", LINK_LOCAL, 1, port, "icmp", icmp="nd-neighbor-solicit", hops=255)
    far = Packet("v6", LINK_LOCAL, 1, port, "icmp", icmp="nd-neighbor-solicit", hops=254)
    assert reader.verdict("input", near) == "accept"
    assert reader.verdict("input", far) == "drop"


@pytest.mark.parametrize("icmp", ["packet-too-big", "destination-unreachable", "time-exceeded", "parameter-problem"])
def test_the_errors_that_ipv6_needs_come_in(reader: Reader, icmp: str) -> None:
    assert reader.verdict("input", Packet("v6", 1, 2, "wan0", "icmp", icmp=icmp)) == "accept"


def askers(plan: NetworkPlan, router: RouterPlan) -> Iterator[tuple[str, str, tuple[int, int]]]:
    """Everybody: a host of each zone of the region, and of each network of the cloud; name, way in, both addresses."""
    for other in plan.routers:
        for own in other.zones:
            port = names.lan(own) if other is router else names.bridge(next(v for v in plan.vrfs if v.name == own.vrf))
            yield own.key, port, (int(own.prefix4.first) + 5, int(own.prefix6.first) + 5)
    for net in plan.cloud_networks:
        port = names.bridge(next(v for v in plan.vrfs if v.name == net.vrf))
        yield net.key, port, (int(net.prefix4.last) - 1, int(net.prefix6.first) + 0xFFFF)


@pytest.mark.parametrize("name", ["kortrijk-bib", "kortrijk-plein", "waregem-stadhuis"])
def test_what_reaches_a_router_is_what_the_matrix_lets_into_the_zone_where_it_is_managed(
    plan: NetworkPlan, tree: Tree, name: str
) -> None:
    router = next(router for router in plan.routers if router.name == f"rtr-{name}")
    reader, home = Reader(tree[router.name]["nftables.conf"]), router.managed_in
    assert home is not None
    let_in = set()
    for asker, port, sources in askers(plan, router):
        for source, target in zip(sources, (home.gateway4, home.gateway6), strict=True):
            for protocol, number in (("tcp", 22), ("tcp", 23), ("tcp", 443), ("udp", 161)):
                packet = Packet(f"v{target.version}", source, int(target), port, protocol, number)
                rule = allowed(plan, IPAddress(source, target.version), target, protocol, number)
                assert reader.verdict("input", packet) == ("accept" if rule else "drop"), (asker, protocol, number)
                let_in |= {asker} if rule else set()
    # Both tiers, and no cabinet of the town: whatever is plugged in there is no manager.
    assert {one for one in let_in if not one.startswith("cloud:")} == set()
    assert {one.partition("@")[0] for one in let_in} == {
        f"cloud:{router.town.nis}/management",
        "cloud:shared/management",
    }


def test_a_router_answers_managers_at_its_address_for_management_only(plan: NetworkPlan, tree: Tree) -> None:
    source = next(n for n in plan.cloud_networks if n.key.startswith("cloud:shared/management"))
    for router in plan.routers:
        reader = Reader(tree[router.name]["nftables.conf"])
        for own in router.zones:
            packet = Packet("v4", int(source.prefix4.last) - 1, int(own.gateway4), "br10001", "tcp", 22)
            assert reader.verdict("input", packet) == ("accept" if own is router.managed_in else "drop"), own.key


def test_routing_is_spoken_with_neighbours_only(plan: NetworkPlan, bib: RouterPlan, reader: Reader) -> None:
    far = bib.links[0].far(bib.site.path)
    centre = next(r for r in plan.routers if r.place == "datacentre")
    good = [
        Packet("v4", int(far.address4.ip), 1, "wan0", "ospf"),
        Packet("v6", LINK_LOCAL, 1, "wan0", "ospf"),
        Packet("v4", int(far.address4.ip), 1, "wan0", "udp", 3784, hops=255),
        Packet("v4", int(centre.loopback4), 1, "wan0", "tcp", 179),
        Packet("v4", int(centre.loopback4), 1, "wan0", "udp", 4789),
    ]
    port, four, _ = zone(bib, "guests")
    bad = [
        Packet("v4", four, 1, port, "ospf"),
        Packet("v6", LINK_LOCAL, 1, port, "ospf"),
        Packet("v4", int(far.address4.ip), 1, "wan0", "udp", 3784, hops=254),
        Packet("v4", int(IPAddress("192.0.2.1")), 1, "wan0", "tcp", 179),
        Packet("v4", int(bib.loopback4), 1, port, "tcp", 179),
        Packet("v4", four, 1, port, "udp", 4789),
    ]
    assert [reader.verdict("input", packet) for packet in good] == ["accept"] * len(good)
    assert [reader.verdict("input", packet) for packet in bad] == ["drop"] * len(bad)


def test_a_router_passes_on_the_overlay_and_nothing_else(plan: NetworkPlan, tree: Tree) -> None:
    one, other = (int(plan.routers[i].loopback4) for i in (0, 1))
    reader = Reader(tree["rtr-kortrijk-stadhuis"]["nftables.conf"])
    assert reader.reach("v4", one, other, "wan0") == {("icmp", 0, 0), ("tcp", 179, 179), ("udp", 4789, 4789)}
    outside = int(IPAddress("192.0.2.1"))
    dns = int(plan.service["dns"].hosts[0].address4)
    guest = int(next(z for r in plan.routers for z in r.zones if z.zone.kind == "guests").prefix4.first) + 5
    assert reader.reach("v4", outside, other, "wan0") == frozenset()
    # A guest's address on a bare WAN wire is not believed: tenants ride in VXLAN.
    assert reader.reach("v4", guest, dns, "wan0") == frozenset()
    assert reader.reach("v4", guest, dns, "inet0") == frozenset()
    assert reader.reach("v4", guest, dns, "br10001") != frozenset()


def test_tunnels_end_where_they_are_awaited(plan: NetworkPlan, tree: Tree) -> None:
    tunnel = next(link for link in plan.links if link.tunnel)
    port = names.listen_port(tunnel)
    waiting = plan.router_at[tunnel.listener]
    reader = Reader(tree[waiting.name]["nftables.conf"])
    anyone = int(IPAddress("192.0.2.1"))
    assert reader.verdict("input", Packet("v4", anyone, 1, "inet0", "udp", port)) == "accept"
    assert reader.verdict("input", Packet("v4", anyone, 1, "inet0", "udp", port + 20001)) == "drop"
    assert reader.verdict("input", Packet("v4", anyone, 1, "inet0", "tcp", 22)) == "drop"


def test_a_datacentre_believes_no_forged_tenant(plan: NetworkPlan, tree: Tree) -> None:
    reader = Reader(tree["rtr-kortrijk-stadhuis"]["nftables.conf"])
    vrf = {v.name: v for v in plan.vrfs}
    own = next(n for n in plan.cloud_networks if n.vrf == "t34022" and n.datacentre == "west")
    for name, expected in (("t34022", "accept"), ("shared", "drop")):
        port = names.cloud(vrf[name])
        assert reader.verdict("prerouting", Packet("v4", int(own.prefix4.first) + 9, 1, port)) == expected
        assert reader.verdict("prerouting", Packet("v6", int(own.prefix6.first) + 9, 1, port)) == expected
    assert reader.verdict("prerouting", Packet("v4", int(own.prefix4.first) + 9, 1, "up-internet")) == "drop"


def test_whatever_is_refused_is_logged_at_a_rate(tree: Tree) -> None:
    for files in tree.values():
        refuse = Reader(files["nftables.conf"]).table.chains["refuse"].rules
        assert [(rule.logs, rule.limited, rule.verdict) for rule in refuse] == [
            (True, True, ""),
            (False, False, "drop"),
        ]
