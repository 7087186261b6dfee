"""Reads one line of a chain: tests, statements and a verdict, as nft(8) writes them."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import lru_cache

from netaddr import AddrFormatError, IPNetwork

from virgem.network.enforcement.packets import PROTOCOLS, Version, of_protocol, of_type
from virgem.network.enforcement.space import Span, Spans, merged

_FAMILIES: Mapping[str, Version] = {"ip": 4, "ip6": 6}
_STATES = ("established", "related", "invalid", "new", "untracked")
_WORD = re.compile(r'"[^"\\]*"|[{}(),;|&]|!=|==|[^\s{}(),;|&"]+')
_NUMBER = re.compile(r"[0-9]{1,5}(-[0-9]{1,5})?")
# Types by the name that nft gives them (ICMP: RFC 792; ICMPv6: RFC 4443, 4861, 2710, 3810).
_ICMP_TYPES = {
    "icmp": {
        "echo-reply": 0,
        "destination-unreachable": 3,
        "echo-request": 8,
        "time-exceeded": 11,
        "parameter-problem": 12,
    },
    "icmpv6": {
        "destination-unreachable": 1,
        "packet-too-big": 2,
        "time-exceeded": 3,
        "parameter-problem": 4,
        "echo-request": 128,
        "echo-reply": 129,
        "mld-listener-query": 130,
        "mld-listener-report": 131,
        "mld-listener-done": 132,
        "nd-router-solicit": 133,
        "nd-router-advert": 134,
        "nd-neighbor-solicit": 135,
        "nd-neighbor-advert": 136,
        "mld2-listener-report": 143,
    },
}
# Tests on what no packet of the matrix tells: the rule holds for some of those that its other tests fit.
_BESIDE = (
    ("tcp", "flags", "&", "(", "syn", "|", "ack", ")", "!=", "syn"),
    ("tcp", "flags", "&", "(", "syn", "|", "rst", ")", "==", "syn"),
    ("fib", "saddr", ".", "oif", "type", "!=", "local"),
)


@dataclass(frozen=True, slots=True)
class Choice:
    """What a field must be: one of these spans or names, or in a named set; or none of them."""

    spans: Spans = ()
    names: frozenset[str] = frozenset()
    named: str = ""  # a set
    unlike: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Rule:
    """One line of a chain.

    `version`: the family that its tests are about, 0 for both. `services`: what its tests on protocols and ports leave,
    None for all. `partial`: it also tests what no packet of the matrix tells. `verdict`: accept, drop, `jump CHAIN`, or
    nothing. `by`: the field by which a map of verdicts is asked.
    """

    text: str
    version: int = 0
    source: tuple[Choice, ...] = ()
    target: tuple[Choice, ...] = ()
    way_in: tuple[Choice, ...] = ()
    way_out: tuple[Choice, ...] = ()
    services: Spans | None = None
    partial: bool = False
    verdict: str = ""
    by: str = ""
    states: tuple[tuple[str, str], ...] = ()
    map: str = ""
    comment: str = ""


def interface(text: str) -> str:
    """Return the name of an interface without its quotes."""
    if len(text) < 3 or text[0] != '"' or text[-1] != '"':
        raise ValueError(f"{text} is no name of an interface")
    return text[1:-1]


@lru_cache(maxsize=65536)
def address(text: str, version: Version) -> Span:
    """Return the addresses of a prefix; bits that stand outside its mask are an error, as they say something else."""
    try:
        network = IPNetwork(text, version=version)
    except (AddrFormatError, ValueError):
        raise ValueError(f"{text} is no address or prefix of IPv{version}") from None
    if network.ip != network.network:
        raise ValueError(f"{text} has bits outside its mask")
    return int(network.first), int(network.last)


@lru_cache(maxsize=65536)
def read_rule(text: str) -> Rule:
    """Return what a line says; ValueError says why it is not understood."""
    words = _WORD.findall(text)
    if _WORD.sub("", text).strip():
        raise ValueError("some of it is not understood")
    return _Line(text.strip(), words).read()


class _Line:
    """The words of a rule that are still to be read, and what was read of them."""

    def __init__(self, text: str, words: list[str]) -> None:
        self.text, self.words = text, words
        self.version = 0
        self.choices: dict[str, list[Choice]] = {"saddr": [], "daddr": [], "iifname": [], "oifname": []}
        self.services: list[Spans] = []
        self.partial = False
        self.verdict = self.by = self.map = self.comment = ""
        self.states: dict[str, str] = {}

    def take(self, *expected: str) -> str:
        """Take the next word, which must be one of those expected, where any are."""
        if not self.words:
            raise ValueError("it ends too soon")
        word = self.words.pop(0)
        if expected and word not in expected:
            raise ValueError(f"{word!r} is not known here")
        return word

    def read(self) -> Rule:
        """Read all words."""
        while self.words:
            if self.verdict or self.by:
                self._comment()
            else:
                self._statement()
        services = None if not self.services else _common(self.services)
        return Rule(
            text=self.text,
            version=self.version,
            source=tuple(self.choices["saddr"]),
            target=tuple(self.choices["daddr"]),
            way_in=tuple(self.choices["iifname"]),
            way_out=tuple(self.choices["oifname"]),
            services=services,
            partial=self.partial,
            verdict=self.verdict,
            by=self.by,
            states=tuple(self.states.items()),
            map=self.map,
            comment=self.comment,
        )

    def _comment(self) -> None:
        """A verdict ends a rule; only a comment may follow."""
        self.take("comment")
        self.comment = self.take().strip('"')

    def _statement(self) -> None:
        for beside in _BESIDE:
            if tuple(self.words[: len(beside)]) == beside:
                del self.words[: len(beside)]
                self.partial = True
                return
        word = self.take()
        if word in ("accept", "drop"):
            self.verdict = word
        elif word == "jump":
            self.verdict = f"jump {self.take()}"
        elif word in _STATEMENTS:
            _STATEMENTS[word](self)
        elif word not in ("counter", "notrack"):
            raise ValueError(f"{word!r} is not known")

    def family(self, head: str) -> None:
        """A test on the header of a family."""
        self._of_family(_FAMILIES[head])
        what = self.take("saddr", "daddr", "ttl" if head == "ip" else "hoplimit")
        if what in ("ttl", "hoplimit"):
            self.partial = True
            self.take("255")
        elif self.words[:1] == ["vmap"]:
            del self.words[0]
            self.by, self.map = what, self._named()
        else:
            self.choices[what].append(self._choice(lambda text: address(text, self.version)))

    def _of_family(self, version: int) -> None:
        if self.version not in (0, version):
            raise ValueError("both families are tested")
        self.version = version

    def transport(self, head: str) -> None:
        """A test on a port, or the setting of TCP's segment size, which changes no verdict."""
        way = self.take("dport", "sport", *(("option",) if head == "tcp" else ()))
        if way == "option":
            self._segment_size()
            return
        found = self._choice(_port)
        if found.named or found.unlike:
            raise ValueError("ports are not understood this way")
        if way == "sport":
            self.partial = True
            self.services.append((of_protocol(head),))
        else:
            self.services.append(merged(of_protocol(head, *span) for span in found.spans))

    def _segment_size(self) -> None:
        self.take("maxseg")
        if self.take("size") and self.take(">", "set") == ">":
            self.partial = True
        if not self.take().isdigit():
            raise ValueError("no size")
        self.services.append((of_protocol("tcp"),))

    def icmp(self, head: str) -> None:
        """A test on the type of ICMP."""
        self.take("type")
        self._of_family(4 if head == "icmp" else 6)
        known = _ICMP_TYPES[head]

        def number(text: str) -> Span:
            if text not in known:
                raise ValueError(f"{text} is no type of {head}")
            return known[text], known[text]

        spans = self._choice(number).spans
        self.services.append(merged(of_type(head, *span) for span in spans))

    def meta(self) -> None:
        """A test on the protocol or the family."""
        if self.take("l4proto", "nfproto") == "nfproto":
            self._of_family({"ipv4": 4, "ipv6": 6}[self.take("ipv4", "ipv6")])
        else:
            self.services.append((of_protocol(self.take(*PROTOCOLS)),))

    def interface(self, way: str) -> None:
        """A test on the interface of the way in or out."""
        if self.words[:1] and self.words[0].startswith("@"):
            self.choices[way].append(Choice(named=self._named()))
        else:
            self.choices[way].append(Choice(names=frozenset((interface(self.take()),))))

    def tracking(self) -> None:
        """A verdict by the state of the connection."""
        self.take("state")
        self.take("vmap")
        self.take("{")
        self.by = "state"
        while not self.states or self.take(",", "}") == ",":
            state = self.take(*_STATES)
            self.take(":")
            if state in self.states:
                raise ValueError(f"{state} is there twice")
            self.states[state] = self.take("accept", "drop")

    def limit(self) -> None:
        """A rate: some of what fits passes on to the verdict."""
        self.take("rate")
        if not re.fullmatch(r"[0-9]+/second", self.take()):
            raise ValueError("no rate")
        if self.words[:1] == ["burst"]:
            del self.words[0]
            if not self.take().isdigit():
                raise ValueError("no burst")
            self.take("packets")
        self.partial = True

    def log(self) -> None:
        """A line in the log."""
        self.take("prefix")
        if not self.take().startswith('"'):
            raise ValueError("no prefix")
        self.take("level")
        self.take("info")

    def translation(self) -> None:
        """What becomes of a source address, after the filters."""
        self._of_family(_FAMILIES[self.take("ip", "ip6")])
        if self.take("prefix", "to") == "prefix":
            self.take("to")
        address(self.take(), self.version)
        self.verdict = "snat"
        if self.words:
            self.take("fully-random")
            self.take(",")
            self.take("persistent")

    def share(self) -> None:
        """A part of the sources, by a hash."""
        self._of_family(_FAMILIES[self.take("ip", "ip6")])
        self.take("saddr")
        for word in ("mod", "", "seed", "0", ""):
            if not word and not self.words[:1][0].isdigit():
                raise ValueError("no number")
            self.take(*([word] if word else []))
        self.partial = True

    def _named(self) -> str:
        word = self.take()
        if not word.startswith("@"):
            raise ValueError(f"{word} is no set or map")
        return word[1:]

    def _choice(self, value: Callable[[str], Span]) -> Choice:
        unlike = self.words[:1] == ["!="]
        if unlike:
            del self.words[0]
        if self.words[:1] and self.words[0].startswith("@"):
            return Choice(named=self._named(), unlike=unlike)
        if self.words[:1] != ["{"]:
            return Choice(spans=merged([value(self.take())]), unlike=unlike)
        del self.words[0]
        found = [value(self.take())]
        while self.take(",", "}") == ",":
            found.append(value(self.take()))
        return Choice(spans=merged(found), unlike=unlike)


_STATEMENTS: Mapping[str, Callable[[_Line], None]] = {
    "ip": lambda line: line.family("ip"),
    "ip6": lambda line: line.family("ip6"),
    "tcp": lambda line: line.transport("tcp"),
    "udp": lambda line: line.transport("udp"),
    "icmp": lambda line: line.icmp("icmp"),
    "icmpv6": lambda line: line.icmp("icmpv6"),
    "meta": _Line.meta,
    "iifname": lambda line: line.interface("iifname"),
    "oifname": lambda line: line.interface("oifname"),
    "ct": _Line.tracking,
    "limit": _Line.limit,
    "log": _Line.log,
    "snat": _Line.translation,
    "jhash": _Line.share,
}


def _port(text: str) -> Span:
    if not _NUMBER.fullmatch(text):
        raise ValueError(f"{text} is no port")
    first, _, last = text.partition("-")
    span = int(first), int(last or first)
    if not span[0] <= span[1] <= 0xFFFF:
        raise ValueError(f"{text} is no port")
    return span


def _common(services: list[Spans]) -> Spans:
    """Return what all of these hold."""
    found, *others = services
    for other in others:
        parts = [(max(a, c), min(b, d)) for a, b in found for c, d in other if max(a, c) <= min(b, d)]
        found = merged(parts)
    return found
