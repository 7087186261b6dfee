"""What a cut of one duct takes: the places that then reach no datacentre, found without a search for every duct.

A spanning tree from the datacentres gives every span a label: a span beside the tree a number of 64 bits made of its
name, a span of the tree the sum (exclusive or) of the labels of those that run around it. A set of spans can only part
the graph when some of its labels add up to nothing (Pritchard and Thurimella, "Fast Computation of Small Cuts via Cycle
Space Sampling", 2011); for one span that is the test for a bridge. Only ducts whose spans pass it are followed by a
flood from below, which costs about as much as it finds. A false alarm, once in 2^64, costs a flood and no more.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Collection, Iterable, Mapping
from hashlib import blake2b

from virgem.network.fibre.graph import Edge, Graph


class Cuts:
    """Answers for one graph and one set of places to reach, the roots."""

    def __init__(self, graph: Graph, roots: Collection[str]) -> None:
        self.graph, self.roots = graph, frozenset(roots)
        self.above = _tree(graph, self.roots)
        self.labels = _labels(graph, self.roots, self.above)

    @property
    def reached(self) -> Collection[str]:
        """The places that reach a root while all ducts are whole."""
        return self.above.keys()

    def lost(self, duct: str) -> frozenset[str]:
        """Return the places that reach no root once this duct is cut, of those that did."""
        cut = [span for span in self.graph.over.get(duct, ()) if span.id in self.labels]
        if not _dependent(self.labels[span.id] for span in cut):
            return frozenset()
        gone = frozenset(span.id for span in cut)
        lost: set[str] = set()
        for span in cut:
            for place in span.ends:
                if self.above[place] is span and place not in lost:
                    lost |= self._cut_off(place, gone)
        return frozenset(lost)

    def _cut_off(self, place: str, gone: Collection[str]) -> set[str]:
        """Return what hangs together with a place without these spans, nothing when a root is in it."""
        found, todo = {place}, [place]
        while todo:
            here = todo.pop()
            if here in self.roots:
                return set()
            for span in self.graph.near.get(here, ()):
                if span.id not in gone and (there := span.other(here)) not in found:
                    found.add(there)
                    todo.append(there)
        return found


def _tree(graph: Graph, roots: Collection[str]) -> dict[str, Edge | None]:
    """Return for every place that is reached the span towards the roots, in the order of a breadth-first search."""
    above: dict[str, Edge | None] = dict.fromkeys(sorted(roots))
    todo = deque(above)
    while todo:
        here = todo.popleft()
        for span in graph.near.get(here, ()):
            if (there := span.other(here)) not in above:
                above[there] = span
                todo.append(there)
    return above


def _labels(graph: Graph, roots: frozenset[str], above: Mapping[str, Edge | None]) -> dict[str, int]:
    """Return the label of every span that is reached; the roots are one place, so a span between two of them is 0."""
    tree = {span.id for span in above.values() if span}
    labels: dict[str, int] = {}
    sums = dict.fromkeys(above, 0)
    for span in graph.spans.values():
        if span.id not in tree and span.ends[0] in above and not roots >= set(span.ends):
            labels[span.id] = int.from_bytes(blake2b(span.id.encode(), digest_size=8).digest())
            for end in span.ends:
                sums[end] ^= labels[span.id]
    for place, up in reversed(tuple(above.items())):
        if up:
            labels[up.id] = sums[place]
            sums[up.other(place)] ^= sums[place]
    return labels


def _dependent(labels: Iterable[int]) -> bool:
    """Tell whether some of these numbers add up to nothing (elimination over GF(2))."""
    base: dict[int, int] = {}
    for label in labels:
        while label and (rest := base.get(label.bit_length())) is not None:
            label ^= rest
        if not label:
            return True
        base[label.bit_length()] = label
    return False
