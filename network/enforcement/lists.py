"""Lists of rules of which the first that fits decides: what they let through, and which rules are there for nothing.

One sweep answers all: wherever the same rules fit, the same of them decides, so the work follows how many different
combinations of rules meet, not the number of pairs. What is wrong with a list is named as in Al-Shaer and Hamed,
"Firewall policy advisor for anomaly discovery and rule editing" (IM 2003).
"""

from __future__ import annotations

from bisect import bisect_left, insort
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from virgem.network.enforcement.space import EMPTY, FULL, Node, Sides, Space, Spans


@dataclass(frozen=True, slots=True)
class Entry:
    """A rule: the box of points that it fits, and whether it accepts or drops them."""

    sides: Sides
    accepts: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Decided:
    """What a list does: the points it accepts, and those it decides about at all."""

    accepted: Node
    touched: Node


@dataclass(frozen=True, slots=True, kw_only=True)
class Review:
    """What the rules of a list, by their places, are there for.

    `shadowed`: never reached, with an earlier rule that takes part of it away. `redundant`: reached, but the list would
    do the same without it. `conflicts`: pairs of rules with other verdicts that overlap where neither holds the other,
    so that their order decides.
    """

    shadowed: tuple[tuple[int, int], ...]
    redundant: tuple[int, ...]
    conflicts: tuple[tuple[int, int], ...]


def decide(space: Space, entries: Sequence[Entry]) -> Decided:
    """Return what a list of rules does."""
    accepted, touched = _Sweep(space, entries, None).below(0, _possible(entries))
    return Decided(accepted=accepted, touched=touched)


def review(space: Space, entries: Sequence[Entry], default: bool | None = None) -> Review:
    """Return what rules are there for; `default` is the verdict on what no rule fits, None where others follow."""
    sweep = _Sweep(space, entries, default)
    sweep.below(0, _possible(entries))
    return Review(
        shadowed=tuple(sweep.shadowed()),
        redundant=tuple(i for i in range(len(entries)) if sweep.reached[i] and not sweep.needed[i]),
        conflicts=tuple(sorted(pair for pair in sweep.meeting if not _nested(entries, *pair))),
    )


def _possible(entries: Sequence[Entry]) -> tuple[int, ...]:
    return tuple(place for place, entry in enumerate(entries) if all(entry.sides))


def _nested(entries: Sequence[Entry], one: int, other: int) -> bool:
    sides, others = entries[one].sides, entries[other].sides
    return _holds(sides, others) or _holds(others, sides)


def _holds(outer: Sides, inner: Sides) -> bool:
    return all(_covers(one, other) for one, other in zip(outer, inner, strict=True))


def _covers(outer: Spans, inner: Spans) -> bool:
    places = (bisect_left(outer, last, key=_end) for _, last in inner)
    return all(at < len(outer) and outer[at][0] <= first for at, (first, _) in zip(places, inner, strict=True))


def _end(span: tuple[int, int]) -> int:
    return span[1]


class _Sweep:
    """Walks the coordinates one after the other, with the rules that fit so far."""

    def __init__(self, space: Space, entries: Sequence[Entry], default: bool | None) -> None:
        self.space, self.entries, self.default = space, entries, default
        self.reached, self.needed = [False] * len(entries), [False] * len(entries)
        self.taken: dict[int, int] = {}  # a rule that another takes points away from, and the first such
        self.meeting: set[tuple[int, int]] = set()
        self._known: dict[tuple[int, tuple[int, ...]], tuple[Node, Node]] = {}
        self._depth = len(space.tops)
        # From which coordinate on a rule fits everything.
        self._open = [self._opens(entry) for entry in entries]

    def _opens(self, entry: Entry) -> int:
        depth = self._depth
        while depth and entry.sides[depth - 1] == self.space.whole[depth - 1]:
            depth -= 1
        return depth

    def shadowed(self) -> Iterator[tuple[int, int]]:
        """Yield the rules that never decide, with one that stands before them; itself where a rule fits nothing."""
        for number, reached in enumerate(self.reached):
            if not reached:
                yield number, self.taken.get(number, number)

    def below(self, depth: int, fitting: tuple[int, ...]) -> tuple[Node, Node]:
        """Return what these rules accept and decide about, from a coordinate on."""
        if not fitting:
            return EMPTY, EMPTY
        key = (depth, fitting)
        if key not in self._known:
            self._known[key] = self._worked_out(depth, fitting)
        return self._known[key]

    def _worked_out(self, depth: int, fitting: tuple[int, ...]) -> tuple[Node, Node]:
        if depth == self._depth:
            return self._verdict(fitting)
        if all(self._open[number] <= depth for number in fitting):
            rest = self.space.whole[depth:]
            accepted, touched = self._verdict(fitting)
            return self.space.box(rest, accepted), self.space.box(rest, touched)
        if len(fitting) == 1:
            (number,) = fitting
            sides = self.entries[number].sides[depth:]
            accepted, touched = self._verdict(fitting)
            return self.space.box(sides, accepted), self.space.box(sides, touched)
        return self._swept(depth, fitting)

    def _swept(self, depth: int, fitting: tuple[int, ...]) -> tuple[Node, Node]:
        ends: list[tuple[int, bool, int]] = []
        for number in fitting:
            for first, last in self.entries[number].sides[depth]:
                ends += (first, True, number), (last + 1, False, number)
        ends.sort()
        accepted, touched, here = [], [], list[int]()
        begin = 0
        for position, starts, number in ends:
            if here and position > begin:
                yes, any_ = self.below(depth + 1, tuple(here))
                accepted.append((begin, position - 1, yes))
                touched.append((begin, position - 1, any_))
            begin = position
            if starts:
                insort(here, number)
            else:
                del here[bisect_left(here, number)]
        return self.space.node(accepted), self.space.node(touched)

    def _verdict(self, fitting: tuple[int, ...]) -> tuple[Node, Node]:
        """Note what comes of a point that just these rules fit: the first decides, the next would without it."""
        winner = fitting[0]
        accepts = self.entries[winner].accepts
        self.reached[winner] = True
        then = self.entries[fitting[1]].accepts if len(fitting) > 1 else self.default
        self.needed[winner] |= then is not accepts
        for number in fitting[1:]:
            self.taken.setdefault(number, winner)
            if self.entries[number].accepts is not accepts:
                self.meeting.add((winner, number))
        return (FULL if accepts else EMPTY), FULL
