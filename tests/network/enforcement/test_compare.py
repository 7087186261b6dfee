"""The firewalls of estates are exactly their matrix, and every firewall with a mistake is told from it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from ipaddress import IPv4Address, IPv6Address, ip_network
from pathlib import Path

import pytest
from mutants import PREFIX, STRUCTURE, all_of
from nft_reader import Reader
from support import ROOT

from virgem.modules import planning
from virgem.network.enforcement.compare import Comparison, Difference
from virgem.network.model import NetworkPlan, RouterPlan
from virgem.network.render.site import nftables

Address = IPv4Address | IPv6Address

ESTATES = [*sorted((ROOT / "tests" / "estates" / "good").iterdir()), *sorted((ROOT / "inventories").glob("*-*"))]
ESTATES += [ROOT / "inventories" / "middenkust"]


def differences(plan: NetworkPlan) -> Iterator[Difference]:
    comparison = Comparison(plan)
    for router in plan.routers:
        yield from comparison.differences(router, nftables.text(plan, router))


def router_of(plan: NetworkPlan, name: str) -> RouterPlan:
    return next(router for router in plan.routers if router.name == name)


@pytest.mark.parametrize("folder", ESTATES, ids=lambda folder: folder.name)
def test_every_firewall_of_an_estate_is_exactly_the_matrix(folder: Path) -> None:
    plan = planning.ready(planning.prepare(folder)).plan
    assert len(plan.routers) > 2
    assert list(differences(plan)) == []


def same(text: str, other: str) -> bool:
    """Whether another reader of such texts sees no difference about the addresses at the ends of what was changed."""
    old, new = set(PREFIX.findall(text)), set(PREFIX.findall(other))
    if not old ^ new:
        return False
    one, two = Reader(text), Reader(other)
    ends = {end for prefix in old | new for end in _ends(prefix)}
    pairs = {pair for end in old ^ new for near in _ends(end) for far in ends for pair in ((near, far), (far, near))}
    asked = ((f"v{s.version}", int(s), int(d)) for s, d in pairs if s.version == d.version)
    return all(one.reach(*question) == two.reach(*question) for question in asked)


def _ends(prefix: str) -> tuple[Address, Address]:
    network = ip_network(prefix)
    return network[0], network[-1]


@pytest.mark.parametrize("name", [pytest.param("rtr-kortrijk-bib", marks=pytest.mark.slow), "rtr-kortrijk-plein"])
def test_every_mistake_in_a_firewall_is_found(plan: NetworkPlan, texts: Mapping[str, str], name: str) -> None:
    router, comparison = router_of(plan, name), Comparison(plan)
    mutants = [(what, text) for what, text in all_of(texts[name]) if text != texts[name]]
    assert len(mutants) > 1000
    assert {what for what, _ in mutants} >= STRUCTURE.keys()
    unseen = [(what, text) for what, text in mutants if not comparison.differences(router, text)]
    # Nobody is let into some zones whatever their addresses, and some addresses more are allowed the same anyway.
    assert [what for what, text in unseen if not same(texts[name], text)] == []
    assert len(unseen) < len(mutants) // 50
