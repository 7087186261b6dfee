"""The rendered firewall, read back, allows exactly what the plan's rules say: every pair, every port, both families."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

import pytest
from netaddr import IPAddress
from nft_reader import EVERY, Ports, Reader, merge

from virgem.network.model import CloudAddress, CloudNetwork, NetworkPlan, Place, RouterPlan, Selector, Side, ZonePlan

Tree = Mapping[str, Mapping[str, str]]
FILE = "nftables.conf"


@dataclass(frozen=True, eq=False)
class End:
    """Something with addresses: a zone, a host in the cloud, any other address of a cloud network, an upstream."""

    name: str
    v4: int
    v6: int
    zone: ZonePlan | None = None
    host: CloudAddress | None = None
    network: CloudNetwork | None = None
    upstream: str = ""

    def within(self, side: Selector) -> bool:
        """Whether a rule means this end, told from names and never from addresses."""
        match side.side:
            case Side.ZONE:
                return self.zone is not None and side.matches(self.zone)
            case Side.SERVICE:
                return self.host is not None and (self.host.tenant, self.host.server) == ("shared", side.name)
            case Side.SERVER:
                return self.host is not None and (self.host.tenant, self.host.server) == (side.town, side.name)
            case Side.TIER:
                net = self.network
                return net is not None and side.town in ("", net.tenant) and side.name in ("", net.tier)
            case Side.UPSTREAM:
                return self.upstream != "" and self.upstream == side.name


def ends(plan: NetworkPlan) -> Iterator[End]:
    for router in plan.routers:
        for zone in router.zones:
            yield End(zone.key, int(zone.prefix4.first) + 5, int(zone.prefix6.first) + 5, zone=zone)
    for host in plan.cloud_addresses:
        yield End(host.key, int(host.address4), int(host.address6), host=host, network=plan.network[host.network])
    for net in plan.cloud_networks:
        yield End(net.key, int(net.prefix4.last) - 1, int(net.prefix6.first) + 0xFFFF, network=net)
    yield End("internet", int(IPAddress("192.0.2.80")), int(IPAddress("2001:db8:9999::1")), upstream="internet")
    yield End("flemish", int(IPAddress("198.51.100.9")), int(IPAddress("2001:db8:100::9")), upstream="flemish")
    # In the pools but given to nobody: no rule means it.
    yield End("nobody", int(IPAddress("10.127.255.1")), int(IPAddress("fd34:22:ffff::1")))


@dataclass(frozen=True, eq=False)
class Matrix:
    """Every end of a region and what may go between each two."""

    ends: list[End]
    allowed: dict[tuple[End, End], Ports]


@pytest.fixture(scope="module")
def matrix(plan: NetworkPlan) -> Matrix:
    every = list(ends(plan))
    return Matrix(every, {(s, t): allowed(plan, s, t) for s in every for t in every if s is not t})


def allowed(plan: NetworkPlan, source: End, target: End) -> Ports:
    """What the rules allow from one end to another."""
    found: set[tuple[str, int, int]] = set()
    for rule in plan.rules:
        if source.within(rule.source) and target.within(rule.target):
            for port in rule.ports:
                protocol, _, span = port.partition("/")
                first, _, last = span.partition("-")
                found |= {
                    "any": set(EVERY),
                    "icmp": {("icmp", 0, 0)},
                }.get(protocol) or {(protocol, int(first), int(last or first))}
    return frozenset(merge(found))


def local(end: End, router: RouterPlan) -> bool:
    return end.zone is not None and end.zone.site == router.site.path


def pairs(router: RouterPlan, matrix: Matrix) -> Iterator[tuple[End, End]]:
    """The pairs that meet at a router: one end is local, or it is a datacentre's."""
    here = {end for end in matrix.ends if local(end, router)}
    for source, target in matrix.allowed:
        if source in here or target in here or router.place is Place.DATACENTRE:
            yield source, target


def differences(matrix: Matrix, router: RouterPlan, text: str, *, first: bool = False) -> list[str]:
    """Where the rendered text and the matrix disagree."""
    reader, found = Reader(text), []
    for source, target in pairs(router, matrix):
        expected = matrix.allowed[source, target]
        for family in ("v4", "v6"):
            real = reader.reach(family, getattr(source, family), getattr(target, family))
            if real != expected:
                found.append(f"{family} {source.name} > {target.name}: {sorted(real)} is not {sorted(expected)}")
                if first:
                    return found
    return found


def router_of(plan: NetworkPlan, name: str) -> RouterPlan:
    return next(router for router in plan.routers if router.name == name)


@pytest.mark.parametrize("name", ["bib", "depot", "plein", "stadhuis"])
def test_every_pair_at_a_router_of_kortrijk_is_as_the_matrix_says(
    plan: NetworkPlan, matrix: Matrix, tree: Tree, name: str
) -> None:
    router = router_of(plan, f"rtr-kortrijk-{name}")
    assert differences(matrix, router, tree[router.name][FILE]) == []


@pytest.mark.parametrize("name", ["school", "stadhuis"])
def test_every_pair_at_a_router_of_waregem_is_as_the_matrix_says(
    plan: NetworkPlan, matrix: Matrix, tree: Tree, name: str
) -> None:
    router = router_of(plan, f"rtr-waregem-{name}")
    assert differences(matrix, router, tree[router.name][FILE]) == []


def test_the_matrix_is_not_empty_and_not_full(matrix: Matrix) -> None:
    some = [pair for pair, ports in matrix.allowed.items() if ports]
    assert 100 < len(some) < len(matrix.allowed) // 4


def test_a_visitor_reaches_no_zone_and_nobody_reaches_a_visitor(plan: NetworkPlan, matrix: Matrix, tree: Tree) -> None:
    readers = {router.site.path: Reader(tree[router.name][FILE]) for router in plan.routers}
    guests = [end for end in matrix.ends if end.zone and end.zone.icr == "visitor"]
    assert guests
    for guest in guests:
        reader = readers[guest.zone.site]  # type: ignore[union-attr]
        for other in (end for end in matrix.ends if end is not guest):
            for family in ("v4", "v6"):
                there, back = getattr(other, family), getattr(guest, family)
                assert reader.reach(family, there, back) == frozenset()
                assert not other.zone or reader.reach(family, back, there) == frozenset()


def accepts(text: str) -> list[int]:
    """The lines that decide between zones and the rest of the region."""
    lines = text.splitlines()
    start = next(i for i, line in enumerate(lines) if line.startswith("  chain between-routers")) + 8
    return [i for i, line in enumerate(lines) if i > start and 'counter accept comment "' in line]


def mutants(text: str) -> Iterator[tuple[str, str]]:
    """Firewalls with one mistake each, and the name of the mistake."""
    lines = text.splitlines()
    for i in accepts(text):
        rest = lines[:i], lines[i + 1 :]
        yield f"without line {i}: {lines[i]}", "\n".join([*rest[0], *rest[1]])
        wide = re.sub(r"(tcp|udp) dport (\{[^}]*\}|\S+) |icmp(v6)? type echo-request ", "", lines[i])
        yield f"any port on line {i}: {lines[i]}", "\n".join([*rest[0], wide, *rest[1]])
        anyone = re.sub(r"ip6? [sd]addr @\S+ ", "", lines[i])
        yield f"any address on line {i}: {lines[i]}", "\n".join([*rest[0], anyone, *rest[1]])
    for i, line in enumerate(lines):
        if line.strip() == "jump refuse" and re.match(r"  chain (from|to)-(?!routers)", _chain_of(lines, i)):
            yield f"refusal gone from {_chain_of(lines, i)}", "\n".join([*lines[:i], "    accept", *lines[i + 1 :]])


def _chain_of(lines: list[str], i: int) -> str:
    return next(line for line in reversed(lines[:i]) if line.startswith("  chain "))


def test_a_firewall_with_a_rule_less_or_a_rule_wider_is_told_from_the_matrix(
    plan: NetworkPlan, matrix: Matrix, tree: Tree
) -> None:
    router = router_of(plan, "rtr-kortrijk-plein")
    every = list(mutants(tree[router.name][FILE]))
    assert len(every) > 40
    survived = [name for name, text in every if not differences(matrix, router, text, first=True)]
    assert survived == []


def test_a_firewall_with_a_prefix_wider_or_gone_is_told_from_the_matrix(
    plan: NetworkPlan, matrix: Matrix, tree: Tree
) -> None:
    router = router_of(plan, "rtr-kortrijk-bib")
    text = tree[router.name][FILE]
    zone = router.zones[0]
    assert differences(
        matrix, router, text.replace(f"{zone.prefix6} : jump from-", "fd34:22:ffff::/64 : jump from-"), first=True
    )
    assert differences(
        matrix, router, re.sub(r"(set v4\.service\.in_shared\.dns \{[^}]*elements = \{) \S+,", r"\1", text), first=True
    )
    six = r"(set v6\.service\.in_shared\.dns \{[^}]*elements = \{) (\S+)/128"
    wider = re.sub(six, r"\1 fd34:22:0:200a::/120", text)
    assert differences(matrix, router, wider, first=True)


def test_every_rule_stands_in_both_families(tree: Tree) -> None:
    for files in tree.values():
        rules = [line for line in files[FILE].splitlines() if "comment" in line]
        for one, other in ((" @v4.", " @v6."), (" @v6.", " @v4.")):
            mine = {re.sub(r"\b(ip|icmp)(v?6)?(?= )|@v[46]", "", line) for line in rules if one in line}
            assert mine == {re.sub(r"\b(ip|icmp)(v?6)?(?= )|@v[46]", "", line) for line in rules if other in line}
