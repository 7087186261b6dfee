"""Exact sets of points with a few whole coordinates, as decision diagrams over intervals.

A node holds disjoint intervals of one coordinate, sorted, each with the node of the next coordinate below it;
neighbours with the same node below are one. So a set has one node, and sets are equal when their numbers are. (Such
diagrams: Strehl and Thiele, "Symbolic model checking using interval diagram techniques", 1998; one node for one set, by
a table: Bryant, "Graph-based algorithms for Boolean function manipulation", 1986.)
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterable, Iterator, Sequence

Span = tuple[int, int]  # first and last
Spans = tuple[Span, ...]  # disjoint, sorted, no two that touch
Sides = tuple[Spans, ...]  # of a box: one per coordinate
Node = int
Edge = tuple[int, int, Node]

EMPTY: Node = 0
FULL: Node = 1  # below the last coordinate: the point is in the set
_UNION, _INTERSECTION, _DIFFERENCE = range(3)


def merged(spans: Iterable[Span]) -> Spans:
    """Return spans in any order as disjoint ones that do not touch."""
    found: list[Span] = []
    for first, last in sorted(spans):
        if found and first <= found[-1][1] + 1:
            if last > found[-1][1]:
                found[-1] = (found[-1][0], last)
        else:
            found.append((first, last))
    return tuple(found)


class Space:
    """All sets over coordinates from 0 to these tops; what is worked out once is kept."""

    def __init__(self, tops: Sequence[int]) -> None:
        self.tops = tuple(tops)
        self._edges: list[tuple[Edge, ...]] = [(), ()]
        self._numbers: dict[tuple[Edge, ...], Node] = {(): EMPTY}
        self._known: dict[tuple[int, Node, Node], Node] = {}
        self.whole: Sides = tuple(((0, top),) for top in self.tops)

    def node(self, edges: Iterable[Edge]) -> Node:
        """Return the node of sorted, disjoint edges; neighbours alike are joined."""
        found: list[Edge] = []
        for edge in edges:
            if edge[2]:
                _push(found, edge)
        return self._number(tuple(found))

    def _number(self, edges: tuple[Edge, ...]) -> Node:
        known = self._numbers.get(edges)
        if known is None:
            known = self._numbers[edges] = len(self._edges)
            self._edges.append(edges)
        return known

    def edges(self, node: Node) -> tuple[Edge, ...]:
        """Return the intervals of a node with what is below each."""
        return self._edges[node]

    def box(self, sides: Sequence[Spans], below: Node = FULL) -> Node:
        """Return the set of points with every coordinate in its spans; `below` is what the last of them lead to."""
        for spans in reversed(sides):
            below = self._number(tuple((first, last, below) for first, last in spans)) if below else EMPTY
        return below

    def union(self, one: Node, other: Node) -> Node:
        """Return what is in one set or the other."""
        return self._combined(_UNION, one, other)

    def intersection(self, one: Node, other: Node) -> Node:
        """Return what is in both sets."""
        return self._combined(_INTERSECTION, one, other)

    def difference(self, one: Node, other: Node) -> Node:
        """Return what is in one set and not in the other."""
        return self._combined(_DIFFERENCE, one, other)

    def _combined(self, how: int, one: Node, other: Node) -> Node:
        if one == other:
            return EMPTY if how == _DIFFERENCE else one
        if not one or not other:
            return EMPTY if how == _INTERSECTION else one or (other if how == _UNION else EMPTY)
        if how != _DIFFERENCE and one > other:
            one, other = other, one
        key = (how, one, other)
        known = self._known.get(key)
        if known is None:
            known = self._known[key] = self._number(self._swept(how, self._edges[one], self._edges[other]))
        return known

    def _swept(self, how: int, ones: tuple[Edge, ...], others: tuple[Edge, ...]) -> tuple[Edge, ...]:
        """Return the edges of a combination; both lists are walked once, and what stands alone is taken as it is."""
        found: list[Edge] = []
        keeps_ones, keeps_others = how != _INTERSECTION, how == _UNION
        i, j, begin = 0, 0, 0  # what lies before `begin` is done with
        while i < len(ones) and j < len(others):
            first, last, below = ones[i]
            start, end, under = others[j]
            if last < start:
                to = bisect_left(ones, start, i, key=_last)
                if keeps_ones:
                    _extend(found, ones[i:to], begin)
                i = to
            elif end < first:
                to = bisect_left(others, first, j, key=_last)
                if keeps_others:
                    _extend(found, others[j:to], begin)
                j = to
            else:
                first, start, until = max(first, begin), max(start, begin), min(last, end)
                if first < start and keeps_ones:
                    _push(found, (first, start - 1, below))
                elif start < first and keeps_others:
                    _push(found, (start, first - 1, under))
                if both := self._combined(how, below, under):
                    _push(found, (max(first, start), until, both))
                begin = until + 1
                i += last == until
                j += end == until
        if keeps_ones:
            _extend(found, ones[i:], begin)
        if keeps_others:
            _extend(found, others[j:], begin)
        return tuple(found)

    def slice(self, node: Node, span: Span) -> Node:
        """Return the part of a set whose first coordinate is in a span, in time that does not grow with the set."""
        edges, found = self._edges[node], []
        for first, last, below in edges[_reaching(edges, span[0]) :]:
            if first > span[1]:
                break
            found.append((max(first, span[0]), min(last, span[1]), below))
        return self.node(found)

    def holds(self, node: Node, point: Sequence[int]) -> bool:
        """Tell whether a point is in a set."""
        for value in point:
            edges = self._edges[node]
            at = _reaching(edges, value)
            if at == len(edges) or edges[at][0] > value:
                return False
            node = edges[at][2]
        return node == FULL

    def some(self, node: Node) -> tuple[int, ...]:
        """Return a point of a set that is not empty: where there is one, the second, as the first is often nobody's."""
        point: list[int] = []
        while node != FULL:
            first, last, node = self._edges[node][0]
            point.append(min(first + 1, last))
        return tuple(point)

    def boxes(self, node: Node) -> Iterator[tuple[Span, ...]]:
        """Yield a set as disjoint boxes."""
        if node == FULL:
            yield ()
            return
        for first, last, below in self._edges[node]:
            yield from (((first, last), *rest) for rest in self.boxes(below))

    def count(self, node: Node) -> int:
        """Return how many points a set has."""
        if node == FULL:
            return 1
        return sum((last - first + 1) * self.count(below) for first, last, below in self._edges[node])


def _push(found: list[Edge], edge: Edge) -> None:
    """Add an edge behind the others, joined with the last of them where it goes on."""
    if found and found[-1][2] == edge[2] and found[-1][1] + 1 == edge[0]:
        edge = (found.pop()[0], edge[1], edge[2])
    found.append(edge)


def _extend(found: list[Edge], edges: tuple[Edge, ...], begin: int) -> None:
    """Add edges of one node from a point on."""
    if edges:
        first, last, below = edges[0]
        _push(found, (max(first, begin), last, below))
        found += edges[1:]


def _reaching(edges: tuple[Edge, ...], value: int) -> int:
    """Return the place of the first edge that does not end before a value."""
    return bisect_left(edges, value, key=_last)


def _last(edge: Edge) -> int:
    return edge[1]
