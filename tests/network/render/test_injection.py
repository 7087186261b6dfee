"""Hostile text in the estate: a type refuses it, or the rendered files keep their tree."""

from __future__ import annotations

import dataclasses
import json
from collections.abc import Callable

import pytest
import yaml
from nft_reader import Table, parse

from virgem.modules.estate.scalars import Description, Hostname, Identifier, Label, MacAddress, ScalarError, TaggedName
from virgem.network.model import NetworkPlan, RouterPlan
from virgem.network.render import render_region, render_site
from virgem.network.render.nft.text import comment

ENDINGS = (
    "\n", "\r\n", "\r", "\0", "\x0b", "\x0c", "\x1b[2J", "\x7f", "\x85", "\u2028", "\u2029", "\u202e", "\ufeff",
    "\t", "\"", "'", "`", "\\", "\\n", "\\\"", "{", "}", "{{ 7*7 }}", "{% raw %}", "${HOME}", "$(id)", "#", ";",
    ";;", "!", "!\nend", "\nend\n", "\nexit\n", "\nrouter bgp 1", "\n ip ospf cost 1", "&&", "||", "|", "<", ">",
    "<script>", "]]>", "*/", "/*", "--", "=", "@", "^", "~", "[", "]", "%s", "%n", "%(x)s", "é", "ÿ", "ß", "€", "日本",
    "\U0001f600", "\ud800",
)  # fmt: skip
WHOLE = (
    "", " ", "a" * 81, "a" * 500, "- item", ": value", "? key", "& anchor", "* alias", "! tag", "| block", "> fold",
    "null", "true", "no", "0x10", "1e9", "2026-01-01", "key: value", "a: b: c", "a #b", "{a: b}", "[a, b]", "'a'",
    '"a"', "vrf shared", "end", "exit", "exit-vrf", "do reload", "line vty", "table inet x { }", "flush ruleset",
    "accept", 'a" accept', "a } chain b {", "include \"/etc/passwd\"", "elements = { 0.0.0.0/0 }", "../../etc/passwd",
    "/etc/passwd", "$ORIGIN x.", "$INCLUDE /etc/passwd", "@ IN NS x.", "PostUp = reboot", "%i", "C:\\x", "-rf",
    "--help", "0.0.0.0/0",
)  # fmt: skip
NASTY = tuple(dict.fromkeys([*WHOLE, *(f"stad{e}huis" for e in ENDINGS), *(f"stadhuis{e}" for e in ENDINGS)]))


def accepted(kind: Callable[[str], str], text: str) -> str | None:
    """The value, or None where the type refuses it; anything but a ScalarError fails the test."""
    try:
        return kind(text)
    except ScalarError:
        return None


def with_label(plan: NetworkPlan, label: str, rule: str = "") -> tuple[NetworkPlan, RouterPlan]:
    """The plan with a text as label of a site, a town, a zone, as purpose and, if given, as id of a rule."""
    router = next(r for r in plan.routers if r.name == "rtr-kortrijk-depot")
    text = Label(label)
    zones = tuple(dataclasses.replace(z, zone=dataclasses.replace(z.zone, label=text)) for z in router.zones)
    site, town = dataclasses.replace(router.site, label=text), dataclasses.replace(router.town, label=text)
    changed = dataclasses.replace(router, zones=zones, site=site, town=town)
    routers = tuple(changed if r is router else r for r in plan.routers)
    rules = tuple(dataclasses.replace(r, purpose=label, id=rule or r.id) for r in plan.rules)
    return dataclasses.replace(plan, routers=routers, rules=rules), changed


def frr_tree(text: str) -> list[str]:
    """The lines of frr.conf, descriptions apart."""
    return [line for line in text.split("\n") if not line.startswith(" description ")]


def nft_tree(text: str) -> object:
    table: Table = parse(text)
    chains = {
        c.name: (c.hook, c.policy, [(r.matches, r.verdict, r.vmap) for r in c.rules]) for c in table.chains.values()
    }
    return table.sets, table.maps, chains


def trees(plan: NetworkPlan, router: RouterPlan) -> dict[str, object]:
    """Every file of a site and of the region, read back."""
    read: dict[str, Callable[[str], object]] = {
        "frr.conf": frr_tree,
        "nftables.conf": nft_tree,
        "kea-dhcp4.json": json.loads,
        "kea-dhcp6.json": json.loads,
        "netplan.yaml": yaml.safe_load,
    }
    files = {**render_site(plan, router), **render_region(plan)}
    return {name: read.get(name, str.splitlines)(text) for name, text in files.items()}


def test_there_are_enough_hostile_texts() -> None:
    assert len(NASTY) >= 150


def test_a_label_is_refused_or_changes_no_tree(plan: NetworkPlan) -> None:
    plain = trees(*with_label(plan, "Stadhuis"))
    taken = [text for text in NASTY if accepted(Label, text) is not None]
    assert 10 < len(taken) < len(NASTY) - 60
    for text in taken:
        assert trees(*with_label(plan, text)) == plain, repr(text)


@pytest.mark.parametrize("kind", [Label, Description, Identifier, TaggedName, Hostname, MacAddress])
def test_no_type_lets_a_line_a_quote_or_a_brace_through(kind: Callable[[str], str]) -> None:
    for text in NASTY:
        value = accepted(kind, text)
        assert value is None or not set(value) & set('\n\r\0"\\{}`$;#<>|\t\x1b\x85\u2028'), repr(text)


def test_a_rule_id_of_any_text_changes_no_tree(plan: NetworkPlan) -> None:
    """Rule ids are made by the plan from identifiers; should that slip, the renderer still quotes."""
    plain = nft_tree(render_site(*with_label(plan, "Stadhuis"))["nftables.conf"])
    for text in (text for text in NASTY if text):
        rendered = render_site(*with_label(plan, "Stadhuis", rule=text))["nftables.conf"]
        assert nft_tree(rendered) == plain, repr(text)


@pytest.mark.parametrize("text", NASTY)
def test_a_comment_is_one_quoted_word_that_nftables_takes(text: str) -> None:
    made = comment(text)
    assert made.isascii()
    assert made.isprintable()
    assert made.startswith('comment "')
    assert made.count('"') == 2
    assert "\\" not in made
    assert len(made) <= 128 + len('comment ""')
