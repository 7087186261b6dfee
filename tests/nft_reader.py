"""Reads rendered nftables text back and says what it lets through. Refuses every word it does not know."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import lru_cache
from ipaddress import ip_address, ip_network

Ports = frozenset[tuple[str, int, int]]  # protocol, first, last port; icmp has 0, 0
EVERY: Ports = frozenset({("tcp", 0, 65535), ("udp", 0, 65535), ("icmp", 0, 0), ("other", 0, 0)})
ICMP = {"v4": "icmp", "v6": "icmpv6"}
HEADS = {"ip": "v4", "ip6": "v6"}
WORDS = re.compile(r'"[^"\\]*"|[{}]|!=|==|[^\s{},;]+|[,;]')


@dataclass(frozen=True)
class Packet:
    """The first packet of a connection; a port or protocol of None asks what a rule would need."""

    family: str
    source: int
    target: int
    way_in: str = ""
    protocol: str = ""
    port: int = -1
    from_port: int = -1
    icmp: str = ""
    hops: int = 64
    way_out: str = ""
    own: bool = True  # the source is an address of the port by which the packet leaves


@dataclass
class Rule:
    words: list[str]
    matches: list[tuple[str, bool, object]] = field(default_factory=list)  # field, negated, values
    verdict: str = ""
    vmap: tuple[str, object] | None = None
    comment: str = ""
    limited: bool = False
    logs: bool = False
    untracked: bool = False


@dataclass
class Chain:
    name: str
    hook: str = ""
    policy: str = ""
    rules: list[Rule] = field(default_factory=list)


@dataclass
class Table:
    sets: dict[str, list[object]] = field(default_factory=dict)
    maps: dict[str, list[tuple[object, str]]] = field(default_factory=dict)
    chains: dict[str, Chain] = field(default_factory=dict)

    def base(self, hook: str) -> Chain:
        return next(chain for chain in self.chains.values() if chain.hook.startswith(hook))


def value(word: str) -> object:
    """An address, prefix, number, range or name."""
    word = word.strip('"')
    if re.fullmatch(r"[0-9a-f.:]+/[0-9]+", word):
        network = ip_network(word)
        return (f"v{network.version}", int(network.network_address), int(network.broadcast_address))
    if re.fullmatch(r"[0-9]+", word):
        return ("port", int(word), int(word))
    if re.fullmatch(r"[0-9]+-[0-9]+", word):
        first, last = word.split("-")
        return ("port", int(first), int(last))
    if re.fullmatch(r"[0-9.]{7,}|[0-9a-f]*:[0-9a-f:]*", word):
        address = ip_address(word)
        return (f"v{address.version}", int(address), int(address))
    return word


def parse(text: str) -> Table:
    """The one table of a file."""
    table = Table()
    lines = iter([line.strip() for line in text.splitlines() if line.strip() and not line.startswith("#")])
    assert [next(lines) for _ in range(3)] == ["table inet virgem", "delete table inet virgem", "table inet virgem {"]
    for line in lines:
        if line == "}":
            assert next(lines, None) is None, "one table only"
            return table
        kind, name, brace = line.split()
        assert brace == "{"
        body = _body(lines)
        if kind == "chain":
            table.chains[name] = _chain(name, body)
        else:
            assert kind in ("set", "map")
            _elements(table, kind, name, body)
    raise AssertionError("the table does not end")


def _body(lines: Iterator[str]) -> list[str]:
    found = []
    for line in lines:
        if line == "}":
            return found
        found.append(line)
    raise AssertionError("a block does not end")


def _elements(table: Table, kind: str, name: str, body: list[str]) -> None:
    assert body[0].startswith("type ")
    (table.sets if kind == "set" else table.maps)[name] = []  # type: ignore[index]
    for line in body[1:]:
        if line == "flags interval":
            continue
        inner = re.fullmatch(r"elements = \{ (.*) \}", line)
        assert inner, line
        for element in inner[1].split(", "):
            if kind == "set":
                table.sets[name].append(value(element))
            else:
                key, jump, target = re.fullmatch(r"(\S+) : (jump) (\S+)", element).groups()  # type: ignore[union-attr]
                table.maps[name].append((value(key), f"{jump} {target}"))


def _chain(name: str, body: list[str]) -> Chain:
    chain = Chain(name)
    if body and body[0].startswith("type "):
        found = re.fullmatch(r"type (?:filter|nat) hook (\w+) priority (\w+); policy (\w+);", body[0])
        assert found, body[0]
        chain.hook, chain.policy = f"{found[1]} {found[2]}", found[3]
        body = body[1:]
    chain.rules = [_rule(line) for line in body]
    return chain


def _rule(line: str) -> Rule:
    words = WORDS.findall(line)
    rule = Rule(words)
    rest = list(words)
    while rest:
        _take(rule, rest)
    return rule


def _take(rule: Rule, rest: list[str]) -> None:
    """Take one statement from the front; an unknown word is an error."""
    head = rest.pop(0)
    if head in ("accept", "drop"):
        rule.verdict = head
    elif head == "jump":
        rule.verdict = f"jump {rest.pop(0)}"
    elif head in ("counter", "notrack"):
        rule.untracked |= head == "notrack"
    elif head == "fib":  # whether the source is an address of the very port by which the packet leaves
        assert rest[:6] == ["saddr", ".", "oif", "type", "!=", "local"]
        del rest[:6]
        rule.matches.append(("own source", True, ()))
    elif head == "comment":
        rule.comment = rest.pop(0).strip('"')
    elif head == "limit":
        assert rest.pop(0) == "rate"
        rest.pop(0)
        rule.limited = True
        if rest[:1] == ["burst"]:
            del rest[:3]
    elif head == "log":
        assert [rest.pop(0), rest.pop(0)][0] == "prefix"
        assert [rest.pop(0), rest.pop(0)][0] == "level"
        rule.logs = True
    elif head in ("iifname", "oifname"):
        _match(rule, head, rest)
    elif head == "snat":  # after the verdict of the filters, which see what was there before
        rule.verdict = f"snat {' '.join(rest)}"
        rest.clear()
    elif head in ("ip", "ip6", "tcp", "udp", "icmp", "icmpv6", "meta", "ct"):
        name = f"{head} {rest.pop(0)}"
        assert name in KNOWN, name
        _match(rule, name, rest)
    elif head in ("nfproto",):
        raise AssertionError(head)
    else:
        raise AssertionError(f"unknown word {head!r} in {' '.join(rule.words)}")


KNOWN = {
    *(f"{head} {name}" for head in HEADS for name in ("saddr", "daddr")),
    *("ip ttl", "ip6 hoplimit", "tcp dport", "tcp sport", "udp dport", "udp sport", "icmp type", "icmpv6 type"),
    *("meta l4proto", "meta nfproto", "ct state", "tcp flags", "tcp option"),
}


def _match(rule: Rule, name: str, rest: list[str]) -> None:
    if name == "tcp flags" and rest[-1] == "accept":
        assert rest == ["&", "(syn", "|", "ack)", "!=", "syn", "accept"], rest
        rule.matches.append(("answer", False, ()))
        del rest[:-1]
        return
    if name == "tcp flags" or name == "tcp option":  # only in the clamp chain, which changes no verdict
        rest.clear()
        rule.verdict = "clamp"
        return
    negated = rest[0] == "!="
    if negated:
        rest.pop(0)
    if rest[0] == "vmap":
        rest.pop(0)
        rule.vmap = (name, _vmap(rest))
        return
    rule.matches.append((name, negated, _values(rest)))


def _values(rest: list[str]) -> object:
    head = rest.pop(0)
    if head.startswith("@"):
        return head
    if head != "{":
        return (value(head),)
    found = []
    while (word := rest.pop(0)) != "}":
        if word != ",":
            found.append(value(word))
    return tuple(found)


def _vmap(rest: list[str]) -> object:
    if rest[0].startswith("@"):
        return rest.pop(0)
    assert rest.pop(0) == "{"
    found = {}
    while (word := rest.pop(0)) != "}":
        if word != ",":
            assert rest.pop(0) == ":"
            found[word] = rest.pop(0)
    return found


Match = tuple[str, bool, object]
Sent = tuple[Rule, list[Match], list[Match]]


class Reader:
    """Answers questions about one table."""

    def __init__(self, text: str) -> None:
        self.table = parse(text)
        self._sent = lru_cache(maxsize=None)(self._of_source)
        self._holds = lru_cache(maxsize=None)(self._in_set)

    def _in_set(self, name: str, kind: str, number: int) -> bool:
        return any(_covers(element, kind, number) for element in self.table.sets[name])

    def _has(self, values: object, kind: str, what: int | str) -> bool:
        if isinstance(values, str):
            if isinstance(what, str):
                return what in self.table.sets[values[1:]]
            return self._holds(values[1:], kind, what)
        return any(v == what if isinstance(what, str) else _covers(v, kind, what) for v in values)  # type: ignore[attr-defined]

    def _fits(self, match: tuple[str, bool, object], packet: Packet) -> bool:
        name, negated, values = match
        found = self._test(name, values, packet)
        # A match of another family or protocol fails however it is put.
        return found is not None and found != negated

    def _test(self, name: str, values: object, p: Packet) -> bool | None:
        head, _, what = name.partition(" ")
        if name in ("iifname", "oifname"):
            return self._has(values, "", p.way_in if name == "iifname" else p.way_out)
        if name in ("own source", "answer"):
            return p.own if name == "own source" else False  # what is asked about opens a connection
        if head in HEADS:
            if HEADS[head] != p.family:
                return None
            if what in ("ttl", "hoplimit"):
                return self._has(values, "port", p.hops)
            return self._has(values, p.family, p.source if what == "saddr" else p.target)
        if name in ("tcp dport", "tcp sport", "udp dport", "udp sport"):
            number = p.from_port if what == "sport" else p.port
            return self._has(values, "port", number) if p.protocol == head else None
        if head in ("icmp", "icmpv6"):
            return self._has(values, "", p.icmp) if p.protocol == "icmp" and ICMP[p.family] == head else None
        if name == "meta l4proto":
            return self._has(values, "", p.protocol)
        raise AssertionError(name)

    def verdict(self, hook: str, packet: Packet) -> str:
        """Accept or drop, for the first packet of a connection at a base chain."""
        chain = self.table.base(hook)
        return self._walk(chain, packet) or chain.policy

    def _walk(self, chain: Chain, packet: Packet) -> str:
        for rule in chain.rules:
            verdict = self._of(rule, packet)
            if verdict in ("accept", "drop"):
                return verdict
            if verdict.startswith("jump") and (found := self._walk(self.table.chains[verdict[5:]], packet)):
                return found
        return ""

    def _of(self, rule: Rule, packet: Packet) -> str:
        if not all(self._fits(match, packet) for match in rule.matches):
            return ""
        return self._mapped(rule.vmap, packet) if rule.vmap else rule.verdict

    def _mapped(self, vmap: tuple[str, object], p: Packet) -> str:
        name, values = vmap
        head, _, what = name.partition(" ")
        if name == "ct state":
            return ""  # a new connection
        if HEADS[head] != p.family:
            return ""
        number = p.source if what == "saddr" else p.target
        entries = self.table.maps[str(values)[1:]]
        return next((jump for key, jump in entries if _covers(key, p.family, number)), "")

    def reach(self, family: str, source: int, target: int, way_in: str = "") -> Ports:
        """Everything that may be opened from one address to another through the forward chain, whatever the port."""
        found: set[tuple[str, int, int]] = set()
        self._collect(self.table.base("forward filter"), Packet(family, source, target, way_in), found)
        return frozenset(merge(found))

    def _of_source(self, name: str, family: str, source: int, way_in: str) -> list[Sent]:
        """The rules of a chain that a source may meet, with what is left to ask of transport and target."""
        packet, found = Packet(family, source, -1, way_in), []
        for rule in self.table.chains[name].rules:
            ports = [m for m in rule.matches if m[0] in TRANSPORT]
            towards = [m for m in rule.matches if m[0].endswith("daddr")]
            if all(self._fits(m, packet) for m in rule.matches if m not in ports and m not in towards):
                found.append((rule, ports, towards))
        return found

    def _collect(self, chain: Chain, packet: Packet, found: set[tuple[str, int, int]]) -> bool:
        """Gather what accept rules allow; true when the chain ended the walk."""
        for rule, ports, towards in self._sent(chain.name, packet.family, packet.source, packet.way_in):
            if not all(self._fits(m, packet) for m in towards):
                continue
            verdict = self._mapped(rule.vmap, packet) if rule.vmap else rule.verdict
            if rule.limited or verdict in ("", "clamp"):
                continue
            if verdict == "accept":
                found |= _needs(ports, packet.family)
                if not ports:
                    return True
            elif verdict == "drop" or self._collect(self.table.chains[verdict[5:]], packet, found):
                assert not ports, "a drop for some ports only is not understood here"
                return True
        return bool(chain.hook) or False


TRANSPORT = ("tcp dport", "udp dport", "icmp type", "icmpv6 type", "meta l4proto")


def _needs(ports: list[tuple[str, bool, object]], family: str) -> set[tuple[str, int, int]]:
    if not ports:
        return set(EVERY)
    assert len(ports) == 1
    assert not ports[0][1]
    name, _, values = ports[0]
    head = name.split()[0]
    if head in ("icmp", "icmpv6"):
        asks = "echo-request" in values  # type: ignore[operator]
        return {("icmp", 0, 0)} if asks and head == ICMP[family] else set()
    assert name != "meta l4proto"
    return {(head, v[1], v[2]) for v in values}  # type: ignore[attr-defined,index]


def merge(ports: set[tuple[str, int, int]]) -> list[tuple[str, int, int]]:
    """Ranges joined, so that equal sets of ports are equal values."""
    joined: list[tuple[str, int, int]] = []
    for name, first, last in sorted(ports):
        if joined and joined[-1][0] == name and first <= joined[-1][2] + 1:
            joined[-1] = (name, joined[-1][1], max(joined[-1][2], last))
        else:
            joined.append((name, first, last))
    return joined


def _covers(element: object, kind: str, number: int) -> bool:
    return isinstance(element, tuple) and element[0] == kind and element[1] <= number <= element[2]
