"""Two readers that share no code agree on what firewalls let pass, right ones and wrong ones."""

from __future__ import annotations

from collections.abc import Mapping
from ipaddress import ip_network
from random import Random

import pytest
from mutants import PREFIX, STRUCTURE, all_of
from nft_reader import Ports, Reader, merge

from virgem.network.enforcement.nftables import Table, Unread, read
from virgem.network.enforcement.packets import ECHO, ICMP, VERSIONS, of_protocol, of_type
from virgem.network.enforcement.space import Node, Span
from virgem.network.enforcement.walk import Context, Walker

INSIDE = "lan0.0"
OTHER: Span = (50 << 16, 50 << 16)  # ESP, which no flow names


def ours(walker: Walker, accepted: Node, source: int, target: int) -> Ports:
    """What passes from one address to another, as the other reader tells it."""
    found = set[tuple[str, int, int]]()
    for first, last in services(walker, accepted, source, target):
        for name in ("tcp", "udp"):
            low, high = of_protocol(name)
            if max(first, low) <= min(last, high):
                found.add((name, max(first, low) & 0xFFFF, min(last, high) & 0xFFFF))
        echo = of_type(ICMP[walker.version], ECHO[walker.version], ECHO[walker.version])
        found |= {("icmp", 0, 0)} if first <= echo[0] and echo[1] <= last else set()
        found |= {("other", 0, 0)} if first <= OTHER[0] <= last else set()
    return frozenset(merge(found))


def services(walker: Walker, accepted: Node, source: int, target: int) -> list[Span]:
    edges = walker.space.edges
    below = [edge for _, _, node in edges(walker.space.slice(accepted, (source, source))) for edge in edges(node)]
    return [(first, last) for first, last, node in below if any(a <= target <= b for a, b, _ in edges(node))]


def agree(text: str, table: Table, random: Random) -> bool:
    reader, ends = Reader(text), sorted(set(PREFIX.findall(text)))
    for version in VERSIONS:
        walker = Walker(version)
        accepted = walker.accepted(table, "forward filter", Context(INSIDE))
        known = [prefix for prefix in ends if (":" in prefix) is (version == 6)]
        for _ in range(25):
            source, target = (_in(random.choice(known), random) for _ in range(2))
            if ours(walker, accepted, source, target) != reader.reach(f"v{version}", source, target, INSIDE):
                return False
    return True


def _in(prefix: str, random: Random) -> int:
    network = ip_network(prefix)
    return int(network[0]) + random.randrange(network.num_addresses)


@pytest.mark.parametrize("name", ["rtr-kortrijk-bib", "rtr-kortrijk-stadhuis"])
def test_two_readers_agree_on_a_right_firewall(texts: Mapping[str, str], name: str) -> None:
    random = Random(name)
    assert all(agree(texts[name], read(texts[name]), random) for _ in range(4))


def test_two_readers_agree_on_wrong_firewalls(texts: Mapping[str, str]) -> None:
    random, text = Random(5), texts["rtr-kortrijk-plein"]
    asked = 0
    for what, wrong in random.sample([*all_of(text)], 60):
        try:
            table = read(wrong)
        except Unread:
            continue
        # The other reader knows no policy of chains and no drop for some ports only.
        if what in STRUCTURE or what.startswith("drop"):
            continue
        assert agree(wrong, table, random), what
        asked += 1
    assert asked > 30
