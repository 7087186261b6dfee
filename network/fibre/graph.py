"""The fibre plan as a graph: places joined by spans, and under them places joined by ducts.

A place is a site with all points of presence in it (fibres are patched inside a building), or a point of presence that
stands in no site. A duct is what is dug up as a whole, so it is a shared risk group of the spans that run through it.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from heapq import heappop, heappush

from virgem.modules.estate.checks.facts import Facts
from virgem.modules.estate.model import Span


@dataclass(frozen=True, slots=True, kw_only=True)
class Edge:
    """A span with its ducts from the first end to the last, or one duct."""

    id: str
    ends: tuple[str, str]
    metres: int
    ducts: tuple[str, ...]

    def other(self, end: str) -> str:
        """Return the end that is not this one."""
        return self.ends[1] if end == self.ends[0] else self.ends[0]


@dataclass(frozen=True, kw_only=True)
class Graph:
    """Spans and those ducts that lie under one of them, by id; spans within one place are left out.

    `whole`: every span that the estate declares fits its cable.
    """

    spans: Mapping[str, Edge]
    ducts: Mapping[str, Edge]
    whole: bool = True

    @cached_property
    def places(self) -> tuple[str, ...]:
        """Every place at which a duct with a span ends, sorted."""
        return tuple(sorted({end for duct in self.ducts.values() for end in duct.ends}))

    @cached_property
    def near(self) -> Mapping[str, Sequence[Edge]]:
        """The spans that end at each place."""
        found: dict[str, list[Edge]] = {}
        for span in self.spans.values():
            for end in span.ends:
                found.setdefault(end, []).append(span)
        return found

    @cached_property
    def over(self) -> Mapping[str, Sequence[Edge]]:
        """The spans through each duct."""
        found: dict[str, list[Edge]] = {}
        for span in self.spans.values():
            for duct in dict.fromkeys(span.ducts):
                found.setdefault(duct, []).append(span)
        return found

    @cached_property
    def laid(self) -> Mapping[tuple[str, ...], Edge]:
        """The shortest span through a row of ducts, by the row in either direction."""
        found: dict[tuple[str, ...], Edge] = {}
        for span in sorted(self.spans.values(), key=lambda span: (span.metres, span.id)):
            found.setdefault(span.ducts, span)
            found.setdefault(span.ducts[::-1], span)
        return found

    def distances(self, starts: Iterable[str], banned: Collection[str] = ()) -> dict[str, tuple[int, Edge | None]]:
        """Return for every place that is reached its distance to the nearest start in metres and the span to leave by.

        `banned` are ducts that are not entered (Dijkstra's algorithm, ties by name).
        """
        found: dict[str, tuple[int, Edge | None]] = {}
        queue: list[tuple[int, str, str]] = [(0, place, "") for place in starts]
        queue.sort()
        while queue:
            metres, place, by = heappop(queue)
            if place in found:
                continue
            found[place] = (metres, self.spans[by] if by else None)
            for span in self.near.get(place, ()):
                if span.other(place) not in found and not any(duct in banned for duct in span.ducts):
                    heappush(queue, (metres + span.metres, span.other(place), span.id))
        return found

    def way(self, start: str, tree: Mapping[str, tuple[int, Edge | None]]) -> tuple[str, tuple[Edge, ...]]:
        """Return where the way of `distances` from a place ends and the spans it takes; the place must be in it."""
        spans: list[Edge] = []
        place = start
        while (span := tree[place][1]) is not None:
            spans.append(span)
            place = span.other(place)
        return place, tuple(spans)


def graph(facts: Facts) -> Graph:
    """Return the graph of an estate; spans that do not fit their cables (told as E571, E572) are left out."""
    estate = facts.estate
    at = {str(pop.id): str(pop.at or pop.id) for pop in estate.fibre.pops}
    # By name, so that the order of the text plays no part.
    lines = sorted(estate.fibre.spans, key=lambda span: span.id)
    spans = {str(span.id): _span(facts, span, at) for span in lines if span.cable in facts.cables}
    sound = {id_: span for id_, span in spans.items() if span.ducts and span.ends[0] != span.ends[1]}
    used = {duct for span in sound.values() for duct in span.ducts}
    ducts = {
        str(duct.id): Edge(
            id=str(duct.id),
            ends=(at[duct.ends[0]], at[duct.ends[1]]),
            metres=_metres(duct.length),
            ducts=(str(duct.id),),
        )
        for duct in sorted(estate.fibre.ducts, key=lambda duct: duct.id)
        if duct.id in used
    }
    return Graph(spans=sound, ducts=ducts, whole=len(lines) == sum(bool(span.ducts) for span in spans.values()))


def _span(facts: Facts, span: Span, at: Mapping[str, str]) -> Edge:
    """Return a span with its ducts in the order of its ends; without ducts when it does not fit its cable."""
    laid = [facts.ducts.get(duct) for duct in facts.cables[span.cable].ducts]
    sound = all(duct is not None and all(end in at for end in duct.ends) for duct in laid)
    ducts = tuple(map(str, facts.span_ducts(span))) if sound else ()
    path = facts.path(facts.cables[span.cable]) if ducts else ()
    turned = bool(ducts) and path.index(span.ends[0]) > path.index(span.ends[1])
    ends = (at[span.ends[0]], at[span.ends[1]]) if ducts else ("", "")
    return Edge(id=str(span.id), ends=ends, metres=_metres(span.length), ducts=ducts[::-1] if turned else ducts)


def _metres(km: float) -> int:
    return round(km * 1000)
