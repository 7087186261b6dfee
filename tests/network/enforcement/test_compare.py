"""The firewalls of estates are exactly their matrix, and every firewall with a mistake is told from it."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import replace
from ipaddress import IPv4Address, IPv6Address, ip_network
from pathlib import Path

import pytest
from mutants import PREFIX, STRUCTURE, all_of
from nft_reader import Reader
from support import ROOT

from virgem.modules import planning
from virgem.network.enforcement.compare import Comparison, Difference, differences
from virgem.network.enforcement.flows import Flows, idle
from virgem.network.enforcement.packets import VERSIONS, space
from virgem.network.model import NetworkPlan, RouterPlan

Address = IPv4Address | IPv6Address

ESTATES = [*sorted((ROOT / "tests" / "estates" / "good").iterdir()), *sorted((ROOT / "inventories").glob("*-*"))]
ESTATES += [ROOT / "inventories" / "middenkust"]


def router_of(plan: NetworkPlan, name: str) -> RouterPlan:
    return next(router for router in plan.routers if router.name == name)


@pytest.mark.parametrize("folder", ESTATES, ids=lambda folder: folder.name)
def test_every_firewall_of_an_estate_is_exactly_the_matrix(folder: Path) -> None:
    plan = planning.ready(planning.prepare(folder)).plan
    assert len(plan.routers) > 2
    assert list(differences(plan, plan.routers)) == []


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


def spoilt(plan: NetworkPlan, texts: Mapping[str, str], old: str, new: str) -> list[Difference]:
    """What is found in the firewall of Kortrijk's library with one change."""
    text = texts["rtr-kortrijk-bib"]
    assert old in text
    return list(Comparison(plan).differences(router_of(plan, "rtr-kortrijk-bib"), text.replace(old, new, 1)))


SIX = '    ip6 daddr @v6.service.in_shared.dns udp dport 53 counter accept comment "zone-management-dns"\n'


def test_a_rule_that_only_one_family_has_is_told_with_its_flow(plan: NetworkPlan, texts: Mapping[str, str]) -> None:
    found = spoilt(plan, texts, SIX, "")
    assert [(one.passes, one.packet and one.packet.version) for one in found] == [(False, 6)]
    assert found[0].flow is not None
    assert found[0].flow.id == "zone-management-dns"
    assert "the text drops it; the rule of IPv4 is there, that of IPv6 is not" in found[0].what
    assert re.search(
        r"^network/34022-kortrijk/bib/nftables.conf:\d+: .* udp/53 \(flow zone-management-dns, estate.yaml:",
        str(found[0]),
    )


def test_a_rule_gone_in_both_families_is_not_told_as_one_family_short(
    plan: NetworkPlan, texts: Mapping[str, str]
) -> None:
    four = SIX.replace("ip6", "ip").replace("v6", "v4")
    text = texts["rtr-kortrijk-bib"].replace(four, "")
    found = Comparison(plan).differences(router_of(plan, "rtr-kortrijk-bib"), text.replace(SIX, ""))
    assert sorted(one.packet.version for one in found if one.packet) == [4, 6]
    assert not any("is there" in one.what for one in found)


def test_what_passes_too_much_is_told_with_the_line_that_lets_it(plan: NetworkPlan, texts: Mapping[str, str]) -> None:
    (found,) = spoilt(plan, texts, SIX, SIX.replace("53", "54"))[:1]
    line = texts["rtr-kortrijk-bib"].split("\n").index(SIX.rstrip("\n")) + 1
    assert (found.passes, found.line, found.flow and found.flow.id) == (True, line, "zone-management-dns")
    assert found.packet is not None
    assert (found.packet.protocol, found.packet.port) == ("udp", 54)


UNREAD = {
    "    jump refuse\n": ("    jump nowhere\n", "there is no chain nowhere"),
    "tcp dport": ("tcp port", "'port' is not known here"),
    "counter accept comment": ("queue accept comment", "'queue' is not known"),
    "ip saddr != { 0.0.0.0,": ("ip saddr != { 0.0.0.256,", "0.0.0.256 is no address or prefix of IPv4"),
    "@v6.service": ("@v4.service", "there is no set v4.service.in_shared.dns of that type"),
    "policy drop;": ("policy queue;", "no hook"),
    "  chain refuse {": ("  flowtable refuse {", "no set, map or chain"),
    "ct state vmap { established": ("ct state vmap { stablished", "'stablished' is not known here"),
    "\n  chain forward {": ('\n  include "more"\n  chain forward {', "no set, map or chain"),
    "table inet virgem {": ("table ip virgem {", "here belongs"),
}


@pytest.mark.parametrize("old", UNREAD)
def test_what_is_not_understood_is_told_and_never_skipped(
    plan: NetworkPlan, texts: Mapping[str, str], old: str
) -> None:
    new, why = UNREAD[old]
    (found,) = spoilt(plan, texts, old, new)
    assert why in found.what
    said = texts["rtr-kortrijk-bib"].replace(old, new, 1).split("\n")
    start = texts["rtr-kortrijk-bib"].split(old, 1)[0].count("\n") + 1
    assert abs(found.line - start) <= 3, said[found.line - 1]


def test_a_registered_flow_that_adds_nothing_is_told_at_its_line() -> None:
    plan = planning.ready(planning.prepare(ROOT / "inventories" / "middenkust")).plan
    (found,) = idle(plan)
    (flow,) = (rule for rule in plan.rules if rule.origin == found.mark)
    assert (
        str(found) == f"{flow.origin}: this flow adds nothing: all of it is allowed already by service-proxy-internet"
    )
    assert flow.registered
    others = replace(plan, rules=tuple(rule for rule in plan.rules if rule is not flow))
    assert idle(others) == ()
    for version in VERSIONS:
        one, other = (
            Flows(p, version, of_family, whole_icmp=True, floating=True)
            for of_family in [space(version)]
            for p in (plan, others)
        )
        assert one.allowed == other.allowed
