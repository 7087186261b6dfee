"""What the links between the hubs of municipalities and the datacentres can carry, whole and after a cut of one duct.

The figure is the largest flow over all links (Edmonds and Karp, 1972): what could be carried when traffic were spread
at will. A link whose spans are not declared is taken for one that no duct of the plan holds.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass

_NO_LIMIT = 1 << 62


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """A link between two places with its capacity in bit/s and the ducts it runs through.

    `of`: the hub whose own way out it is, so that it carries nothing for others.
    """

    ends: tuple[str, str]
    capacity: int
    ducts: frozenset[str]
    of: str = ""


@dataclass(slots=True)
class _Chain:
    """Links in a row that nothing joins half-way: they carry what the narrowest does and fail together."""

    ends: tuple[str, str]
    capacity: int
    lines: frozenset[int]


def narrowings(
    lines: Collection[Line], hubs: Iterable[str], centres: Collection[str]
) -> Iterator[tuple[str, str, int, int]]:
    """Yield duct, hub, what reaches the hub while all is whole and what is left, wherever a cut leaves less."""
    numbered = dict(enumerate(lines))
    through: dict[str, set[int]] = {}
    for number, line in numbered.items():
        for duct in line.ducts:
            through.setdefault(duct, set()).add(number)
    for hub in hubs:
        chains = _chains({n: line for n, line in numbered.items() if line.of in ("", hub)}, {hub, *centres})
        whole, carrying = _flow(chains.values(), hub, centres)
        chain_of = {number: key for key, chain in chains.items() for number in chain.lines}
        known: dict[frozenset[int], int] = {}
        for duct, cut in sorted(through.items()):
            dead = frozenset(chain_of[number] for number in cut if number in chain_of)
            if not any(chains[key].ends in carrying for key in dead):
                continue
            if dead not in known:
                known[dead] = _flow((chain for key, chain in chains.items() if key not in dead), hub, centres)[0]
            if known[dead] < whole:
                yield duct, hub, whole, known[dead]


def _chains(lines: Mapping[int, Line], ends: Collection[str]) -> dict[int, _Chain]:
    """Return the links with those in a row made one, and without those that lead nowhere."""
    chains = {n: _Chain(line.ends, line.capacity, frozenset({n})) for n, line in lines.items()}
    near: dict[str, set[int]] = {}
    for key, chain in chains.items():
        for end in chain.ends:
            near.setdefault(end, set()).add(key)
    todo = sorted(near)
    while todo:
        place = todo.pop()
        at = sorted(near[place])
        if place in ends or len(at) > 2 or not at:
            continue
        parts = [chains.pop(key) for key in at]
        outer = [part.ends[part.ends[0] == place] for part in parts]
        for key, end in zip(at, outer, strict=True):
            near[end].discard(key)
        near[place] = set()
        if len(parts) == 2 and outer[0] != outer[1]:
            joined = parts[0].lines | parts[1].lines
            chains[at[0]] = _Chain((outer[0], outer[1]), min(part.capacity for part in parts), joined)
            for end in outer:
                near[end].add(at[0])
        todo += outer
    return chains


def _flow(chains: Iterable[_Chain], start: str, ends: Collection[str]) -> tuple[int, set[tuple[str, str]]]:
    """Return the largest flow from a place to any of the ends, and the pairs of places between which it runs."""
    room: dict[str, dict[str, int]] = {}
    pairs = []
    for chain in chains:
        a, b = chain.ends
        pairs.append((a, b))
        for one, other in ((a, b), (b, a)):
            row = room.setdefault(one, {})
            row[other] = row.get(other, 0) + chain.capacity
    before = {a: dict(row) for a, row in room.items()}
    total = 0
    while way := _open_way(room, start, ends):
        least = min(room[a][b] for a, b in way)
        for a, b in way:
            room[a][b] -= least
            room[b][a] += least
        total += least
    return total, {(a, b) for a, b in pairs if room[a][b] != before[a][b]}


def _open_way(room: Mapping[str, Mapping[str, int]], start: str, ends: Collection[str]) -> list[tuple[str, str]]:
    """Return the steps of a shortest way with room on it, none when there is none."""
    came: dict[str, str] = {start: ""}
    todo = deque([start])
    while todo:
        here = todo.popleft()
        if here in ends:
            steps = []
            while came[here]:
                steps.append((came[here], here))
                here = came[here]
            return steps
        for there, left in room.get(here, {}).items():
            if left > 0 and there not in came:
                came[there] = here
                todo.append(there)
    return []
