"""What the chains of a table accept of all packets of one family, as exact sets; and which line decides about one."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import NamedTuple

from virgem.network.enforcement.lists import Entry, decide
from virgem.network.enforcement.nft_rule import Choice, Rule
from virgem.network.enforcement.nftables import Body, Chain, Table, Unread
from virgem.network.enforcement.packets import EVERY_SERVICE, Packet, Version, every_address, space
from virgem.network.enforcement.space import EMPTY, Node, Sides, Span, Spans


@dataclass(frozen=True, slots=True)
class Context:
    """What is the same for all packets of a question: the port they come in by, and the state of their connection.

    A rule may also test what is not asked here, such as the port of the sender. `loosely`: then what it accepts counts
    and what it drops does not, so that the answer holds all that may pass; else such a rule is an error.
    """

    way_in: str = ""
    state: str = "new"
    loosely: bool = False


class Outcome(NamedTuple):
    """The packets that a chain accepts, and those that it decides about at all."""

    accepted: Node
    touched: Node


class Walker:
    """Works out chains of one family; those alike, of however many routers, once."""

    def __init__(self, version: Version) -> None:
        self.version, self.space = version, space(version)
        self._outcomes: dict[tuple[object, ...], Outcome] = {}
        self._places: dict[tuple[object, ...], tuple[int, ...]] = {}
        self._table: Table | None = None
        self._here: dict[tuple[str, Context], Outcome] = {}  # of that table
        self._whole = self.space.box(self.space.whole)

    @property
    def whole(self) -> Node:
        """All packets."""
        return self._whole

    def accepted(self, table: Table, hook: str, context: Context) -> Node:
        """Return what a base chain accepts: what it says so of, and by its policy what it says nothing of."""
        name = table.base(hook)
        if not name:
            return self._whole
        outcome = self.outcome(table, name, context)
        if table.chains[name].body.policy == "drop":
            return outcome.accepted
        return self.space.union(outcome.accepted, self.space.difference(self._whole, outcome.touched))

    def outcome(self, table: Table, name: str, context: Context, inside: tuple[str, ...] = ()) -> Outcome:
        """Return what a chain does, with those it jumps to."""
        if table is not self._table:
            self._table, self._here = table, {}
        known = self._here.get((name, context))
        if known is None:
            key = self.key(table, name, context, inside)
            if key not in self._outcomes:
                self._outcomes[key] = self._worked_out(table, name, context, inside)
            known = self._here[name, context] = self._outcomes[key]
        return known

    def key(self, table: Table, name: str, context: Context, inside: tuple[str, ...] = ()) -> tuple[object, ...]:
        """Return all that the outcome of a chain depends on."""
        chain, within = table.chains[name], (*inside, name)
        if name in inside:
            raise Unread(chain.first, f"chain {name} leads to itself")
        body = chain.body
        asked = self._asked(table, body, context)
        leads = dict.fromkeys(to for place in asked for to in self._leads(table, body.rules[place]))
        return (
            body,
            *(table.sets[set_] for set_, _ in body.sets),
            *(table.maps[map_].jumps for map_, _ in body.maps),
            tuple(self.outcome(table, to, context, within) for to in leads),
            asked,
            context.state if body.tracked else "",
            context.loosely and any(body.rules[place].partial for place in asked),
        )

    def _leads(self, table: Table, rule: Rule) -> Iterator[str]:
        if rule.map:
            yield from (to for _, to in table.maps[rule.map].jumps)
        elif rule.verdict.startswith("jump "):
            yield rule.verdict[5:]

    def _asked(self, table: Table, body: Body, context: Context) -> tuple[int, ...]:
        """Return the rules of a chain, by place, that have a say about packets of this family and context."""
        fitting = tuple(_among(choice, context.way_in, table) for choice in body.places)
        key = (body, fitting, context.state if body.tracked else "")
        if key not in self._places:
            wrong = {choice for choice, fits in zip(body.places, fitting, strict=True) if not fits}
            self._places[key] = tuple(self._reached(body, wrong, context))
        return self._places[key]

    def _reached(self, body: Body, wrong: set[Choice], context: Context) -> Iterator[int]:
        for place, rule in enumerate(body.rules):
            verdict = _verdict(rule, context)
            if rule.version in (0, self.version) and not wrong.intersection(rule.way_in) and (rule.map or verdict):
                yield place
                if verdict in ("accept", "drop") and not rule.partial and _fits_all(rule):
                    return

    def _worked_out(self, table: Table, name: str, context: Context, inside: tuple[str, ...]) -> Outcome:
        accepted, touched = EMPTY, EMPTY
        for part in self._parts(table, table.chains[name], context, (*inside, name)):
            if isinstance(part, list):
                decided = decide(self.space, [entry for _, entry in part])
                part = Outcome(decided.accepted, decided.touched)
            if not touched:
                accepted, touched = part
                continue
            accepted = self.space.union(accepted, self.space.difference(part.accepted, touched))
            touched = self.space.union(touched, part.touched)
            if touched == self._whole:
                break
        return Outcome(accepted, touched)

    def _parts(
        self, table: Table, chain: Chain, context: Context, inside: tuple[str, ...]
    ) -> Iterator[list[tuple[int, Entry]] | Outcome]:
        """Yield what a chain is made of: rules in a row that decide by themselves, and what jumps lead to."""
        row: list[tuple[int, Entry]] = []
        for place in self._asked(table, chain.body, context):
            rule = chain.body.rules[place]
            if rule.partial and not context.loosely:
                raise Unread(chain.first + place, f"it tests what no flow tells: {rule.text}")
            verdict = _verdict(rule, context)
            led = self._led(table, rule, verdict, context, inside)
            plain = self._plain(led) if led else verdict == "accept"
            if led and plain is None:
                if row:
                    yield row
                row = []
                yield Outcome(led.accepted, EMPTY if rule.partial else led.touched)
            elif plain or not rule.partial:
                row.append((place, Entry(self.sides(table, rule), bool(plain))))
        if row:
            yield row

    def _led(self, table: Table, rule: Rule, verdict: str, context: Context, inside: tuple[str, ...]) -> Outcome | None:
        """Return what a jump of a rule does, None where it decides by itself."""
        if rule.map:
            return self._mapped(table, rule, context, inside)
        if not verdict.startswith("jump "):
            return None
        outcome, sides = self.outcome(table, verdict[5:], context, inside), self.sides(table, rule)
        if sides == self.space.whole:
            return outcome
        box = self.space.box(sides)
        return Outcome(self.space.intersection(outcome.accepted, box), self.space.intersection(outcome.touched, box))

    def _plain(self, led: Outcome) -> bool | None:
        """Return the verdict that a jump comes to where it is the same for all packets."""
        if led.touched != self._whole or led.accepted not in (EMPTY, self._whole):
            return None
        return led.accepted == self._whole

    def _mapped(self, table: Table, rule: Rule, context: Context, inside: tuple[str, ...]) -> Outcome:
        pairs = [(span, self.outcome(table, to, context, inside)) for span, to in sorted(table.maps[rule.map].jumps)]
        limited = self._from if rule.by == "saddr" else self._to
        return Outcome(limited([(s, o.accepted) for s, o in pairs]), limited([(s, o.touched) for s, o in pairs]))

    def _from(self, parts: list[tuple[Span, Node]]) -> Node:
        edges = (edge for span, node in parts for edge in self.space.edges(self.space.slice(node, span)))
        return self.space.node(edges)

    def _to(self, parts: list[tuple[Span, Node]]) -> Node:
        found = EMPTY
        for span, node in parts:
            box = self.space.box((*self.space.whole[:2], (span,)))
            found = self.space.union(found, self.space.intersection(node, box))
        return found

    def sides(self, table: Table, rule: Rule) -> Sides:
        """Return the packets that the tests of a rule fit, as far as they are told here."""
        every = every_address(self.version)
        return (
            self._fitting(table, rule.source, every),
            EVERY_SERVICE if rule.services is None else rule.services,
            self._fitting(table, rule.target, every),
        )

    def _fitting(self, table: Table, choices: tuple[Choice, ...], every: Spans) -> Spans:
        found = every
        for choice in choices:
            spans = table.sets[choice.named].spans if choice.named else choice.spans
            spans = _without(every, spans) if choice.unlike else spans
            found = spans if found is every else _shared(found, spans)
        return found

    def decider(self, table: Table, hook: str, context: Context, packet: Packet) -> tuple[int, Rule | None]:
        """Return the line that decides about a packet with its rule, that of the base chain's policy where none does.

        A line without tests, as the last of a chain that ends all, says less than the jump to it.
        """
        name = table.base(hook)
        path = self._path(table, name, context, packet) if name else None
        if not path:
            return (table.chains[name].first - 1 if name else 0), None
        bare = len(path) > 1 and not _tests(path[-1][1])
        return path[-2] if bare else path[-1]

    def _path(self, table: Table, name: str, context: Context, packet: Packet) -> list[tuple[int, Rule]] | None:
        """Return the lines that lead to the verdict on a packet, None where a chain has none for it."""
        chain = table.chains[name]
        for place in self._asked(table, chain.body, context):
            line, rule = chain.first + place, chain.body.rules[place]
            if not self._fits(table, rule, packet):
                continue
            to = self._next(table, rule, packet) or (rule.verdict[5:] if rule.verdict.startswith("jump ") else "")
            if to and (rest := self._path(table, to, context, packet)):
                return [(line, rule), *rest]
            if not to and not rule.map and (_verdict(rule, context) == "accept" or not rule.partial):
                return [(line, rule)]
        return None

    def _next(self, table: Table, rule: Rule, packet: Packet) -> str:
        address = packet.source if rule.by == "saddr" else packet.target
        jumps = table.maps[rule.map].jumps if rule.map else ()
        return next((to for (first, last), to in jumps if first <= address <= last), "")

    def _fits(self, table: Table, rule: Rule, packet: Packet) -> bool:
        point = (packet.source, packet.service, packet.target)
        sides = zip(self.sides(table, rule), point, strict=True)
        return all(any(first <= value <= last for first, last in spans) for spans, value in sides)


def _verdict(rule: Rule, context: Context) -> str:
    return dict(rule.states).get(context.state, "") if rule.by == "state" else rule.verdict


def _tests(rule: Rule) -> bool:
    return bool(rule.way_in or rule.by or not _fits_all(rule))


def _fits_all(rule: Rule) -> bool:
    return not (rule.version or rule.source or rule.target) and rule.services is None


def _among(choice: Choice, name: str, table: Table) -> bool:
    names = table.sets[choice.named].names if choice.named else choice.names
    return (name in names) is not choice.unlike


def _without(every: Spans, spans: Spans) -> Spans:
    """Return all addresses but these."""
    found, begin = [], every[0][0]
    for first, last in spans:
        if begin < first:
            found.append((begin, first - 1))
        begin = last + 1
    return (*found, (begin, every[0][1])) if begin <= every[0][1] else tuple(found)


def _shared(ones: Spans, others: Spans) -> Spans:
    """Return what both hold, walking each once."""
    found, i, j = [], 0, 0
    while i < len(ones) and j < len(others):
        first, last = max(ones[i][0], others[j][0]), min(ones[i][1], others[j][1])
        if first <= last:
            found.append((first, last))
        if ones[i][1] < others[j][1]:
            i += 1
        else:
            j += 1
    return tuple(found)
