"""Two ways from a place to the datacentres that no single cut of a duct takes both.

A duct may lie under many spans, so two ways over different spans can share a duct, and looking for span-disjoint paths
(Suurballe, 1974) is not enough. On the graph of ducts one duct is one edge: duct-disjoint is edge-disjoint there, and a
flow of two units (Ford and Fulkerson, 1956; the shortest pair as Bhandari, "Survivable Networks", 1999, finds it) says
for certain when there is no pair. What it finds counts when each way can be laid with whole spans, because at a joint
without a span's end no fibre is patched. Where it cannot, the search over spans goes on by exclusion of conflicting
sets (Rostami, Khorsandi and Khorsandi, "CoSE", 2007), which is complete: the problem itself is NP-complete (Hu, 2003),
so the search gives up after a fixed number of steps and then says that it found none.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from heapq import heappop, heappush

from virgem.network.fibre.graph import Edge, Graph

# Sets of excluded ducts tried for one place before the search gives up; plans of real regions need a handful.
MOST_STEPS = 500
_FAR = 1 << 60


@dataclass(frozen=True, slots=True, kw_only=True)
class Way:
    """A way over whole spans, from the place asked about to the place of a datacentre."""

    end: str
    spans: tuple[Edge, ...]

    @property
    def ducts(self) -> tuple[str, ...]:
        """The ducts in the order in which they are passed."""
        place, found = self.end, []
        for span in reversed(self.spans):
            found.append(span.ducts if place == span.ends[1] else span.ducts[::-1])
            place = span.other(place)
        return tuple(duct for ducts in reversed(found) for duct in ducts)

    @property
    def metres(self) -> int:
        """The length of the fibre."""
        return sum(span.metres for span in self.spans)


@dataclass(frozen=True, slots=True, kw_only=True)
class Pair:
    """Two ways without a common duct, the shorter first."""

    ways: tuple[Way, Way]
    node_disjoint: bool


class Pairs:
    """Finds the pair of every place towards the same ends, at which two ways end apart where there are two."""

    def __init__(self, graph: Graph, ends: Collection[str]) -> None:
        self.graph, self.ends = graph, tuple(sorted(ends))
        self.net = _Net(graph)
        self.potential = self.net.potential(self.ends)

    def of(self, place: str) -> Pair | None:
        """Return the pair of a place, None when there is none.

        First a pair that shares no place between its ends, then one that shares no duct.
        """
        for apart in (True, False):
            rows = self.net.two(place, self.ends, self.potential, apart=apart)
            if rows is None and not apart:
                return None
            ways = [_tiled(self.graph, place, row) for row in rows or ()]
            sound = [way for way in ways if way is not None]
            if len(sound) == 2:
                return _pair(self.graph, place, *sound)
        return self._searched(place)

    def _searched(self, place: str) -> Pair | None:
        """Return a pair over spans: a first way, a second around its ducts, and other first ways as long as needed."""
        tried: set[tuple[str, frozenset[str]]] = set()
        todo = [(end, frozenset[str]()) for end in reversed(self.ends)]
        while todo and len(tried) < MOST_STEPS:
            end, banned = step = todo.pop()
            if step in tried:
                continue
            tried.add(step)
            first = self._way(place, {end}, banned)
            if first is None:
                continue
            others = set(self.ends) - {end} or {end}
            second = self._way(place, others, first.ducts)
            if second is not None:
                return _pair(self.graph, place, first, second)
            todo += [(end, banned | {duct}) for duct in reversed(self._conflict(place, others, first.ducts))]
        return None

    def _way(self, place: str, ends: Collection[str], banned: Collection[str]) -> Way | None:
        tree = self.graph.distances(ends, banned)
        if place not in tree:
            return None
        end, spans = self.graph.way(place, tree)
        return Way(end=end, spans=spans)

    def _conflict(self, place: str, ends: Collection[str], ducts: Sequence[str]) -> list[str]:
        """Return a smallest part of these ducts without which there is no way: every first way must miss one of it."""
        kept = list(dict.fromkeys(ducts))
        for duct in tuple(kept):
            fewer = [other for other in kept if other != duct]
            if self._way(place, ends, fewer) is None:
                kept = fewer
        return kept


def _pair(graph: Graph, place: str, *ways: Way) -> Pair:
    first, second = sorted(ways, key=lambda way: (way.metres, way.end, way.ducts))
    passed = [{end for duct in way.ducts for end in graph.ducts[duct].ends} - {place} for way in (first, second)]
    return Pair(ways=(first, second), node_disjoint=passed[0] & passed[1] <= {first.end} & {second.end})


def _tiled(graph: Graph, place: str, row: Sequence[str]) -> Way | None:
    """Return a way from a place through a row of ducts laid with as few whole spans as can be, None when it cannot."""
    best: list[tuple[Edge, ...] | None] = [(), *(None for _ in row)]
    for start in range(len(row)):
        before = best[start]
        for stop in range(start + 1, len(row) + 1) if before is not None else ():
            span, known = graph.laid.get(tuple(row[start:stop])), best[stop]
            if span and before is not None and (known is None or len(before) + 1 < len(known)):
                best[stop] = (*before, span)
    spans = best[len(row)]
    if spans is None:
        return None
    for span in spans:
        place = span.other(place)
    return Way(end=place, spans=spans)


class _Net:
    """The ducts as a network of arcs: every place has an entry and an exit, so that what passes it can be limited.

    Node 2i is the entry of place i, 2i + 1 its exit. Arc `a` and its way back `a ^ 1` lie side by side.
    """

    def __init__(self, graph: Graph) -> None:
        self.index = {place: i for i, place in enumerate(graph.places)}
        self.heads: list[int] = []
        self.costs: list[int] = []
        self.room: list[int] = []
        self.leaving: list[list[int]] = [[] for _ in range(2 * len(self.index))]
        self.duct_of: dict[int, str] = {}
        for i in range(len(self.index)):
            self._arc(2 * i, 2 * i + 1, 0)
        for duct in graph.ducts.values():
            a, b = (self.index[end] for end in duct.ends)
            for one, other in ((a, b), (b, a)) if a != b else ():
                self.duct_of[len(self.heads)] = duct.id
                self._arc(2 * one + 1, 2 * other, duct.metres)

    def _arc(self, tail: int, head: int, cost: int) -> None:
        for start, end, price, room in ((tail, head, cost, 1), (head, tail, -cost, 0)):
            self.leaving[start].append(len(self.heads))
            self.heads.append(end)
            self.costs.append(price)
            self.room.append(room)

    def potential(self, ends: Collection[str]) -> list[int]:
        """Return the distance of every node to the nearest end in metres.

        Measured with it no arc has a negative length, also after a first way was laid along a shortest one
        (Johnson, 1977).
        """
        found = [_FAR] * len(self.leaving)
        queue = [(0, 2 * self.index[end] + 1) for end in ends if end in self.index]
        while queue:
            metres, node = heappop(queue)
            if metres >= found[node]:
                continue
            found[node] = metres
            for arc in self.leaving[node]:
                # The way back of an arc that leads here is an arc that leaves here.
                if self.room[arc ^ 1]:
                    heappush(queue, (metres + self.costs[arc ^ 1], self.heads[arc]))
        return found

    def two(
        self, place: str, ends: Sequence[str], potential: Sequence[int], *, apart: bool
    ) -> tuple[list[str], list[str]] | None:
        """Return two rows of ducts from a place to two ends (twice to the same when there is one), None without.

        `apart`: they pass no common place.
        """
        start = 2 * self.index[place] + 1
        sinks = {2 * self.index[end] + 1: 1 if len(ends) > 1 else 2 for end in ends if end in self.index}
        room = list(self.room)
        if not apart or len(sinks) == 1:
            wide = range(len(self.index)) if not apart else [node // 2 for node in sinks]
            for i in wide:
                room[2 * i] = 2  # the arc from entry to exit is the 2i-th: two numbers an arc
        for _ in range(2):
            last = self._augment(start, {node for node, left in sinks.items() if left}, potential, room)
            if last is None:
                return None
            sinks[last] -= 1
        return self._rows(start, room)

    def _augment(self, start: int, sinks: Collection[int], potential: Sequence[int], room: list[int]) -> int | None:
        """Lay one unit along a shortest way and return the sink it reaches, None when there is no way."""
        found: dict[int, int] = {}
        queue: list[tuple[int, int, int]] = [(0, start, -1)]
        while queue:
            metres, node, by = heappop(queue)
            if node in found:
                continue
            found[node] = by
            if node in sinks:
                self._lay(found, node, room)
                return node
            for arc in self.leaving[node]:
                head = self.heads[arc]
                if room[arc] and head not in found and potential[head] < _FAR:
                    heappush(queue, (metres + self.costs[arc] + potential[head] - potential[node], head, arc))
        return None

    def _lay(self, found: Mapping[int, int], node: int, room: list[int]) -> None:
        while (arc := found[node]) >= 0:
            room[arc] -= 1
            room[arc ^ 1] += 1
            node = self.heads[arc ^ 1]

    def _rows(self, start: int, room: Sequence[int]) -> tuple[list[str], list[str]]:
        """Return the two ways that were laid; what was laid to and fro through one duct cancels."""
        laid: dict[int, list[int]] = {}
        both = {self.duct_of[arc]: 0 for arc in self.duct_of}
        for arc, duct in self.duct_of.items():
            both[duct] += not room[arc]
        for arc, duct in self.duct_of.items():
            if not room[arc] and both[duct] == 1:
                laid.setdefault(self.heads[arc ^ 1], []).append(arc)
        return self._walk(start, laid), self._walk(start, laid)

    def _walk(self, node: int, laid: dict[int, list[int]]) -> list[str]:
        row: list[str] = []
        while laid.get(node):
            arc = laid[node].pop()
            row.append(self.duct_of[arc])
            node = self.heads[arc] + 1
        return row
