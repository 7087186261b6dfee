"""Firewalls and security groups with one mistake each, made from right ones: every one has to be found."""

from __future__ import annotations

import re
from collections.abc import Iterator
from ipaddress import IPv4Network, IPv6Network, collapse_addresses, ip_network

Prefix = IPv4Network | IPv6Network
Mutant = tuple[str, str]  # what is wrong, the text
ALLOWED = re.compile(r"^    ip6? [sd]addr @\S+ .*counter accept comment")
PREFIX = re.compile(r"[0-9a-f.:]+/[0-9]+")
UNTOUCHED = ("routers-", "underlay-", "speakers-", "transfer-", "own-")  # no part of the matrix


def all_of(text: str) -> Iterator[Mutant]:
    """Every mutant of a firewall."""
    lines = text.split("\n")
    for at, line in enumerate(lines):
        for what, new in (*_rule(line), *_elements(lines, at)):
            yield f"{what} on line {at + 1}: {line.strip()[:100]}", "\n".join([*lines[:at], *new, *lines[at + 1 :]])
    yield from _moved(lines)
    yield from _structure(text)


def _rule(line: str) -> Iterator[tuple[str, list[str]]]:
    if not ALLOWED.match(line):
        return
    yield "rule gone", []
    yield "source and destination swapped", [_swapped(line)]
    yield "the first port is another", [re.sub(r"(dport (?:\{ )?)(\d+)", lambda m: f"{m[1]}{int(m[2]) + 1}", line)]
    yield "all ports", [re.sub(r"(tcp|udp) dport (\{[^}]*\}|\S+) |icmp(v6)? type echo-request ", "", line)]
    yield (
        "the other protocol",
        [line.replace("tcp dport", "udp dport") if "tcp" in line else line.replace("udp", "tcp")],
    )
    yield "anybody", [re.sub(r"ip6? [sd]addr @\S+ ", "", line)]
    yield "all but those", [re.sub(r"(ip6? [sd]addr )(@\S+)", r"\1!= \2", line, count=1)]
    yield "drop", [line.replace("counter accept", "counter drop")]


def _swapped(line: str) -> str:
    return re.sub(r"\b(s|d)addr", lambda found: ("d" if found[1] == "s" else "s") + "addr", line)


def _elements(lines: list[str], at: int) -> Iterator[tuple[str, list[str]]]:
    """Yield changes to the addresses of a set or map that zones and services are told by."""
    head = lines[at - 3] if at > 2 else ""
    if not lines[at].startswith("    elements = {") or not re.match(r"  (set|map) ", head):
        return
    if head.split()[1].startswith(UNTOUCHED):
        return
    held = [ip_network(text) for text in PREFIX.findall(lines[at])]
    for prefix in held:
        others = [one for one in held if one != prefix]
        for what, new in (*_wider(prefix, others), *_narrower(prefix)):
            yield f"{prefix} {what}", [re.sub(rf"(?<![\w.:]){re.escape(str(prefix))}(?!\d)", str(new), lines[at])]
        if others and " : jump" not in lines[at]:
            yield f"{prefix} gone", [re.sub(rf"(, )?{re.escape(str(prefix))}(?!\d)", "", lines[at]).replace("{ ,", "{")]


def _wider(prefix: Prefix, others: list[Prefix]) -> Iterator[tuple[str, Prefix]]:
    """Yield the prefix one bit wider, unless the set holds all of that already."""
    wide = prefix.supernet()
    same = [one for one in others if one.version == prefix.version]
    held = collapse_addresses([prefix, *same])  # type: ignore[type-var]
    if not any(wide.subnet_of(one) for one in held):  # type: ignore[arg-type]
        yield "wider", wide


def _narrower(prefix: Prefix) -> Iterator[tuple[str, Prefix]]:
    if prefix.prefixlen < prefix.max_prefixlen:
        yield from (("half", half) for half in prefix.subnets())


def _moved(lines: list[str]) -> Iterator[Mutant]:
    """Yield firewalls with a rule behind what ends its chain."""
    for at, line in enumerate(lines):
        if ALLOWED.match(line):
            end = next(i for i in range(at, len(lines)) if lines[i] == "  }")
            moved = [*lines[:at], *lines[at + 1 : end], line, *lines[end:]]
            yield f"rule {at + 1} behind the end of its chain: {line.strip()[:100]}", "\n".join(moved)


STRUCTURE = {
    "answers are dropped": (r"(chain forward.*?established : )accept", r"\1drop"),
    "what belongs to a connection is dropped": (r"(chain forward.*?related : )accept", r"\1drop"),
    "strays pass": (r"(chain forward.*?invalid : )drop", r"\1accept"),
    "established is missing": (r"(chain forward.*?\{ )established : accept, ", r"\1"),
    "related is missing": (r"(chain forward.*?)related : accept, ", r"\1"),
    "the state is not asked": (r"(chain forward.*?)    ct state vmap [^\n]*\n", r"\1"),
    "the state is asked last": (r"(chain forward.*?)(    ct state vmap [^\n]*\n)(.*?jump refuse\n  \})", r"\1\3"),
    "the policy accepts": (r"(hook forward priority filter; policy )drop(;.*?)    jump \w+\n", r"\1accept\2"),
    "nothing is refused at the end": (r"(chain forward.*?)    jump (refuse|transit)\n  \}", r"\1    accept\n  }"),
    "refuse accepts": ("(chain refuse.*?)counter drop", r"\1counter accept"),
    "sources of IPv4 are not asked": (r"(chain forward.*?)    ip saddr vmap @from-v4\n", r"\1"),
    "sources of IPv6 are not asked": (r"(chain forward.*?)    ip6 saddr vmap @from-v6\n", r"\1"),
    "destinations of IPv4 are not asked": (r"(chain forward.*?)    ip daddr vmap @to-v4\n", r"\1"),
    "destinations of IPv6 are not asked": (r"(chain forward.*?)    ip6 daddr vmap @to-v6\n", r"\1"),
    "the maps are swapped": (r"ip saddr vmap @from-v4", r"ip saddr vmap @to-v4"),
    "source and destination are swapped": (r"ip saddr vmap @from-v4", r"ip daddr vmap @from-v4"),
    "between routers all passes": (r"(chain between-routers.*?)jump refuse", r"\1accept"),
    "between routers is not asked": (r"(chain forward.*?)    iifname @wan jump between-routers\n", r"\1"),
    "any source is taken in": (r"(chain guard.*?)    iifname \"lan[^\n]* ip saddr [^\n]*\n", r"\1"),
    "any source of IPv6 is taken in": (r"(chain guard.*?)    iifname \"lan[^\n]* ip6 saddr [^\n]*\n", r"\1"),
    "sources of here come from outside": (r"    iifname @outside ip saddr @local-v4 counter drop\n", ""),
    "sources of here come from outside in IPv6": (r"    iifname @outside ip6 saddr @local-v6 counter drop\n", ""),
    "the router takes all": (r"(chain input.*)jump refuse\n", r"\1accept\n"),
    "the router takes management from nobody": (r"(chain input.*?)    ip daddr \S+ jump to-\w+\n", r"\1"),
    "the router takes management at any address": (r"(chain input.*?)    ip6 daddr \S+ (jump to-\w+)\n", r"\1    \2\n"),
}


def _structure(text: str) -> Iterator[Mutant]:
    for what, (old, new) in STRUCTURE.items():
        changed = re.sub(old, new, text, count=1, flags=re.DOTALL)
        if changed != text:
            yield what, changed
