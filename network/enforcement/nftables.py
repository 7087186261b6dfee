"""Reads the text of a router's firewall: one table of sets, maps and chains (nft(8)).

Every word has to be known: whatever is not is an error that names its line, as a rule that was skipped could let
anything pass. Lines alike, which routers have by the thousand, are read once.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from itertools import pairwise

from virgem.network.enforcement.nft_rule import Choice, Rule, address, interface, read_rule
from virgem.network.enforcement.packets import Version
from virgem.network.enforcement.space import Span, Spans, merged

_TYPES: Mapping[str, Version] = {"ipv4_addr": 4, "ipv6_addr": 6}
_HEAD = re.compile(r"type (filter|nat|route) hook (\w+) priority (\w+); policy (accept|drop);")
_ELEMENTS = re.compile(r"elements = \{ (.+) \}")
_BEGIN = "table inet virgem\ndelete table inet virgem\ntable inet virgem {\n"
_BLOCK = re.compile(r"  (set|map|chain) (\S+) \{")


class Unread(Exception):
    """A line that is not understood: its number in the file, from 1, and why."""

    def __init__(self, line: int, why: str) -> None:
        self.line, self.why = line, why
        super().__init__(f"line {line}: {why}")


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Body:
    """What a chain says: chains alike share it, so that it is read and worked out once.

    `sets` and `maps` are the names that it asks with the family they must be of (0: interfaces), `chains` those that it
    jumps to, `places` its tests on interfaces.
    """

    hook: str
    policy: str
    rules: tuple[Rule, ...]
    sets: tuple[tuple[str, int], ...]
    maps: tuple[tuple[str, int], ...]
    chains: tuple[str, ...]
    places: tuple[Choice, ...]
    tracked: bool


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Content:
    """What a set holds: addresses of a family as spans, or names of interfaces. Sets alike share it."""

    version: int
    spans: Spans
    names: frozenset[str]


@dataclass(frozen=True, slots=True)
class Chain:
    """A chain, and the line of its first rule: each stands on the line after the one before."""

    first: int
    body: Body


@dataclass(frozen=True, slots=True)
class Verdicts:
    """A map from addresses of a family to chains."""

    line: int
    version: int
    jumps: tuple[tuple[Span, str], ...]


@dataclass(slots=True)
class Table:
    """The one table of a file."""

    sets: dict[str, Content] = field(default_factory=dict)
    maps: dict[str, Verdicts] = field(default_factory=dict)
    chains: dict[str, Chain] = field(default_factory=dict)

    def base(self, hook: str) -> str:
        """Return the name of the base chain of a hook and priority, as "forward filter"; none where there is none."""
        return next((name for name, chain in self.chains.items() if chain.body.hook == hook), "")


def read(text: str) -> Table:
    """Return the table of a file; raises Unread for the first line that is not understood."""
    note, _, rest = text.partition("\n") if text.startswith("#") else ("", "", text)
    if not rest.startswith(_BEGIN):
        raise Unread(1 + bool(note), f"here belongs: {_BEGIN.strip()}")
    table, line = Table(), 1 + bool(note) + _BEGIN.count("\n")
    *blocks, end = rest[len(_BEGIN) :].split("\n  }\n")
    for block in blocks:
        head, _, body = block.partition("\n")
        _block(table, head, line, body)
        line += block.count("\n") + 2
    if end != "}\n":
        raise Unread(line, "here the table should end")
    _known(table)
    return table


def _block(table: Table, head: str, line: int, body: str) -> None:
    """Read a set, map or chain."""
    found = _BLOCK.fullmatch(head)
    if found is None:
        raise Unread(line, f"no set, map or chain: {head.strip()}")
    kind, name = found[1], found[2]
    if name in table.sets or name in table.maps or name in table.chains:
        raise Unread(line, f"{name} is there twice")
    _READERS[kind](table, name, line, body)


def _chain(table: Table, name: str, line: int, body: str) -> None:
    try:
        found = _body(body)
    except _Misread as error:
        raise Unread(line + error.offset, error.why) from None
    if found.hook and table.base(found.hook):
        raise Unread(line + 1, f"another chain is at {found.hook}")
    table.chains[name] = Chain(line + 1 + bool(found.hook), found)


class _Misread(Exception):
    """What `Unread` is, in a body: its lines after the head."""

    def __init__(self, offset: int, why: str) -> None:
        self.offset, self.why = offset, why
        super().__init__(why)


@lru_cache(maxsize=8192)
def _body(text: str) -> Body:
    lines = text.split("\n") if text else []
    hook, policy = "", ""
    if lines and lines[0].startswith("    type "):
        found = _HEAD.fullmatch(lines[0].strip())
        if found is None:
            raise _Misread(1, f"no hook: {lines[0].strip()}")
        hook, policy = f"{found[2]} {found[3]}", found[4]
    rules = tuple(_rules(lines, bool(hook)))
    return Body(
        hook=hook,
        policy=policy,
        rules=rules,
        sets=tuple(dict.fromkeys(pair for rule in rules for pair in _sets_of(rule))),
        maps=tuple(dict.fromkeys((rule.map, rule.version) for rule in rules if rule.map)),
        chains=tuple(dict.fromkeys(rule.verdict[5:] for rule in rules if rule.verdict.startswith("jump "))),
        places=tuple(dict.fromkeys(choice for rule in rules for choice in rule.way_in)),
        tracked=any(rule.by == "state" for rule in rules),
    )


def _rules(lines: list[str], hooked: bool) -> Iterator[Rule]:
    for number, text in enumerate(lines[hooked:], 1 + hooked):
        try:
            yield read_rule(text)
        except ValueError as error:
            raise _Misread(number, f"{error}: {text.strip()}") from None


def _sets_of(rule: Rule) -> Iterator[tuple[str, int]]:
    yield from ((choice.named, rule.version) for choice in rule.source + rule.target if choice.named)
    yield from ((choice.named, 0) for choice in rule.way_in + rule.way_out if choice.named)


def _set(table: Table, name: str, line: int, body: str) -> None:
    try:
        table.sets[name] = _content(body)
    except ValueError as error:
        raise Unread(line, f"set {name}: {error}") from None


@lru_cache(maxsize=8192)
def _content(body: str) -> Content:
    kind, texts = _listed(body)
    if kind == "ifname":
        return Content(version=0, spans=(), names=frozenset(interface(text) for text in texts))
    if kind not in _TYPES:
        raise ValueError(f"type {kind} is not known")
    version = _TYPES[kind]
    spans = [address(text, version) for text in texts]
    _apart(spans)
    return Content(version=version, spans=merged(spans), names=frozenset())


def _apart(spans: Iterable[Span]) -> None:
    """Refuse intervals that overlap, as nft does."""
    for (_, end), (begin, _) in pairwise(sorted(spans)):
        if begin <= end:
            raise ValueError("some of its elements overlap")


def _map(table: Table, name: str, line: int, body: str) -> None:
    try:
        kind, texts = _listed(body)
        type_, _, verdict = kind.partition(" : ")
        if type_ not in _TYPES or verdict != "verdict":
            raise ValueError(f"type {kind} is not known")
        jumps = tuple(_jump(text, _TYPES[type_]) for text in texts)
        _apart(span for span, _ in jumps)
    except ValueError as error:
        raise Unread(line, f"map {name}: {error}") from None
    table.maps[name] = Verdicts(line, _TYPES[type_], jumps)


def _jump(text: str, version: Version) -> tuple[Span, str]:
    prefix, _, chain = text.partition(" : jump ")
    if not re.fullmatch(r"\S+", chain):
        raise ValueError(f"no jump: {text}")
    return address(prefix, version), chain


def _listed(body: str) -> tuple[str, list[str]]:
    """Return the type and the elements of a set or a map."""
    words = [line.strip() for line in body.split("\n")]
    if not words or not words[0].startswith("type "):
        raise ValueError("it has no type")
    rest = [word for word in words[1:] if word != "flags interval"]
    if not rest:
        return words[0][5:], []
    found = _ELEMENTS.fullmatch(rest[0])
    if len(rest) > 1 or found is None:
        raise ValueError(f"not understood: {rest[-1]}")
    return words[0][5:], found[1].split(", ")


_READERS: Mapping[str, Callable[[Table, str, int, str], None]] = {"set": _set, "map": _map, "chain": _chain}


def _known(table: Table) -> None:
    """Refuse names of sets, maps and chains that are not there, or are of another type."""
    for chain in table.chains.values():
        if _strangers(table, chain.body):
            for line, rule in enumerate(chain.body.rules, chain.first):
                if wrong := _wrong(table, rule):
                    raise Unread(line, f"{wrong}: {rule.text}")
    for values in table.maps.values():
        for _, name in values.jumps:
            if name not in table.chains:
                raise Unread(values.line, f"there is no chain {name}")


def _strangers(table: Table, body: Body) -> bool:
    sets, maps = table.sets, table.maps
    return (
        any(name not in sets or sets[name].version != version for name, version in body.sets)
        or any(name not in maps or maps[name].version != version for name, version in body.maps)
        or any(name not in table.chains for name in body.chains)
    )


def _wrong(table: Table, rule: Rule) -> str:
    for name, version in _sets_of(rule):
        if name not in table.sets or table.sets[name].version != version:
            return f"there is no set {name} of that type"
    if rule.map and (rule.map not in table.maps or table.maps[rule.map].version != rule.version):
        return f"there is no map {rule.map} of that type"
    if rule.verdict.startswith("jump ") and rule.verdict[5:] not in table.chains:
        return f"there is no chain {rule.verdict[5:]}"
    return ""
