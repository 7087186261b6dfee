"""The flow rules of the plan as forward chains: per local zone what it may reach and who may reach it.

At a datacentre a third chain holds every rule, for what passes between sites, cloud and upstream networks.
"""

from __future__ import annotations

from collections.abc import Iterable

from virgem.network.matrix import matrix
from virgem.network.model import FlowRule, NetworkPlan, Place, RouterPlan, Selector
from virgem.network.render.facts import Facts, facts
from virgem.network.render.nft.text import FAMILIES, HEAD, TYPE, chain, comment, matches, named_set, set_name


def sets(plan: NetworkPlan, router: RouterPlan) -> list[str]:
    """Return the address sets that a router's chains name."""
    known, flows = facts(plan), matrix(plan)
    wanted: set[str] = set()
    for zone in router.zones:
        wanted |= _named(known, "from", flows.rules_from(zone)) | _named(known, "to", flows.rules_to(zone))
    if router.place is Place.DATACENTRE:
        wanted |= _named(known, "transit", tuple(range(len(plan.rules))))
    return sorted(wanted)


def _named(known: Facts, way: str, indexes: tuple[int, ...]) -> frozenset[str]:
    """Return the texts of the sets that a chain of these rules names."""
    key = (way, indexes)
    if key not in known.sets:
        rules = [known.plan.rules[i] for i in indexes]
        sides = {selector for rule in rules for _, selector in _sides(way, rule)}
        known.sets[key] = frozenset(_set(known, selector) for selector in sides if known.prefixes(selector))
    return known.sets[key]


def _set(known: Facts, selector: Selector) -> str:
    key = ("set", selector)
    if key not in known.text:
        found = known.prefixes(selector)
        lines: list[str] = []
        for family, prefixes in zip(FAMILIES, (found.v4, found.v6), strict=True):
            lines += named_set(set_name(selector, family), TYPE[family], list(dict.fromkeys(prefixes)))
        known.text[key] = "\n".join(lines)
    return known.text[key]


def _sides(way: str, rule: FlowRule) -> list[tuple[str, Selector]]:
    """Return what a chain must match: the local zone's own side is known by the chain it is in."""
    sides = [("saddr", rule.source)] if way != "from" else []
    return [*sides, ("daddr", rule.target)] if way != "to" else sides


def maps(plan: NetworkPlan, router: RouterPlan) -> list[str]:
    """Return the maps from a local prefix to the chain of its zone, as source and as target."""
    texts = facts(plan).zone_text
    lines: list[str] = []
    for way in ("from", "to") if router.zones else ():
        for family in FAMILIES:
            lines += [f"  map {way}-{family} {{", f"    type {TYPE[family]} : verdict", "    flags interval"]
            prefixes = [texts[z.key].prefix4 if family == "v4" else texts[z.key].prefix6 for z in router.zones]
            jumps = (f"{p} : jump {way}-{zone.zone.id}" for p, zone in zip(prefixes, router.zones, strict=True))
            lines += [f"    elements = {{ {', '.join(jumps)} }}", "  }"]
    return lines


def chains(plan: NetworkPlan, router: RouterPlan) -> list[str]:
    """Return a pair of chains for every local zone, and the chain of all rules at a datacentre."""
    known, flows = facts(plan), matrix(plan)
    lines: list[str] = []
    for zone in router.zones:
        for way, indexes in (("from", flows.rules_from(zone)), ("to", flows.rules_to(zone))):
            body = _body(known, way, indexes)
            lines += [f"  chain {way}-{zone.zone.id} {{", *([body] if body else []), "    jump refuse", "  }"]
    if router.place is Place.DATACENTRE:
        body = _body(known, "transit", tuple(range(len(plan.rules))))
        lines += ["  chain transit {", *([body] if body else []), "    jump refuse", "  }"]
    return lines


def _body(known: Facts, way: str, indexes: tuple[int, ...]) -> str:
    """Return the rules of a chain; zones of one kind share the text."""
    key = (way, indexes)
    if key not in known.text:
        known.text[key] = "\n".join(filter(None, (_rule(known, way, i) for i in indexes)))
    return known.text[key]


def _rule(known: Facts, way: str, index: int) -> str:
    key = (way, index)
    if key not in known.text:
        known.text[key] = "\n".join(f"    {line}" for line in _accepts(known, way, known.plan.rules[index]))
    return known.text[key]


def line(known: Facts, way: str, rule: FlowRule, family: str, protocol: str) -> str:
    """Return the one line of a rule in a chain that lets a protocol pass in a family, "" where none does."""
    head = {"icmp": "icmp"}.get(protocol, f"{protocol} dport"), f"meta l4proto {protocol}"
    for text in _accepts(known, way, rule):
        transport = text.partition("counter accept")[0]
        if f"@{family}." in text and ("any" in rule.ports or any(words in transport for words in head)):
            return text
    return ""


def _accepts(known: Facts, way: str, rule: FlowRule) -> Iterable[str]:
    """Yield the lines of one rule: each family, each transport protocol."""
    sides = _sides(way, rule)
    for family in FAMILIES:
        if all(_family(known, side, family) for _, side in sides):
            where = "".join(f"{HEAD[family]} {field} @{set_name(side, family)} " for field, side in sides)
            for transport in matches(rule.ports, family):
                yield f"{where}{transport}counter accept {comment(rule.id)}"


def _family(known: Facts, selector: Selector, family: str) -> tuple[str, ...]:
    found = known.prefixes(selector)
    return found.v4 if family == "v4" else found.v6


def forward(router: RouterPlan) -> list[str]:
    """Return the forward chain: routers, connections once allowed, then the zone's own chains, then nothing."""
    # Outside a routing instance only the routers speak to each other; what rides inside VXLAN comes by a bridge. Of two
    # paths alike one may carry the way there and the other the way back, so no state decides about that.
    rules = ["iifname @wan jump between-routers"]
    rules += ["ct state vmap { established : accept, related : accept, invalid : drop }", "iifname @public jump refuse"]
    for way, field in (("from", "saddr"), ("to", "daddr")) if router.zones else ():
        rules += [f"{HEAD[family]} {field} vmap @{way}-{family}" for family in FAMILIES]
    rules += ["jump transit" if router.place is Place.DATACENTRE else "jump refuse"]
    return chain("forward", rules, "type filter hook forward priority filter; policy drop;")
