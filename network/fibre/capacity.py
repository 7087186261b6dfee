"""What the links between the hubs of municipalities and the datacentres can carry, whole and after a cut of one duct.

The figure is the largest flow over all links (Edmonds and Karp, 1972): what could be carried when traffic were spread
at will. A link whose spans are not declared is taken for one that no duct of the plan holds.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

_NO_LIMIT = 1 << 62
_CENTRES = "datacentres"  # no path of a site, which has a slash


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
    numbered = {n: _merged(line, centres) for n, line in enumerate(lines)}
    through: dict[str, set[int]] = {}
    for number, line in numbered.items():
        for duct in line.ducts:
            through.setdefault(duct, set()).add(number)
    for hub in hubs:
        chains = _chains({n: line for n, line in numbered.items() if line.of in ("", hub)}, {hub, _CENTRES})
        chain_of = {number: key for key, chain in chains.items() for number in chain.lines}
        flow = _Flow(chains.values(), hub)
        known: dict[frozenset[int], int] = {}
        for duct, cut in sorted(through.items()):
            dead = frozenset(chain_of[number] for number in cut if number in chain_of)
            if dead and dead not in known:
                known[dead] = flow.without([chains[key] for key in dead])
            if dead and known[dead] < flow.total:
                yield duct, hub, flow.total, known[dead]


def _merged(line: Line, centres: Collection[str]) -> Line:
    """Return a line with all datacentres as one place: what reaches one of them has arrived."""
    one, other = (_CENTRES if end in centres else end for end in line.ends)
    return Line(ends=(one, other), capacity=line.capacity, ducts=line.ducts, of=line.of)


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


class _Flow:
    """The largest flow from a place to the datacentres; `room` is what each step can still carry more."""

    def __init__(self, chains: Collection[_Chain], start: str) -> None:
        self.chains, self.start = chains, start
        self.room: dict[str, dict[str, int]] = {start: {}}
        for chain in chains:
            for one, other in (chain.ends, chain.ends[::-1]):
                row = self.room.setdefault(one, {})
                row[other] = row.get(other, 0) + chain.capacity
        self.total = self._sent(start, _CENTRES, _NO_LIMIT)

    def without(self, dead: Sequence[_Chain]) -> int:
        """Return the largest flow when these chains are gone.

        When one goes, what it carried is led round from its one end to the other, as far as there is room: what then
        finds no way is lost, because the places that it still reaches are a cut that is full.
        """
        if len(dead) > 1:
            gone = {id(chain) for chain in dead}
            return _Flow([chain for chain in self.chains if id(chain) not in gone], self.start).total
        (one, other), capacity = dead[0].ends, dead[0].capacity
        if self.room[one][other] > self.room[other][one]:
            one, other = other, one
        # Both directions had the same room before anything flowed.
        flowing = (self.room[other][one] - self.room[one][other]) // 2
        beside = (self.room[other][one] + self.room[one][other]) // 2 - capacity
        astray = flowing - beside
        if astray <= 0:
            return self.total
        kept = self.room[one][other], self.room[other][one]
        self.room[one][other], self.room[other][one] = 0, 2 * beside
        undo: list[tuple[str, str, int]] = []
        led = self._sent(one, other, astray, undo)
        for a, b, sent in undo:
            self._send(b, a, sent)
        self.room[one][other], self.room[other][one] = kept
        return self.total - astray + led

    def _sent(self, start: str, end: str, most: int, steps: list[tuple[str, str, int]] | None = None) -> int:
        """Send as much as there is room for, at most so much; note each step where a list is given."""
        total = 0
        while total < most and (way := self._open(start, end)):
            least = min(most - total, *(self.room[a][b] for a, b in way))
            for a, b in way:
                self._send(a, b, least)
                if steps is not None:
                    steps.append((a, b, least))
            total += least
        return total

    def _send(self, one: str, other: str, amount: int) -> None:
        self.room[one][other] -= amount
        self.room[other][one] += amount

    def _open(self, start: str, end: str) -> list[tuple[str, str]]:
        """Return the steps of a shortest way with room on it, none when there is none."""
        came: dict[str, str] = {start: ""}
        todo = deque([start])
        while todo:
            here = todo.popleft()
            for there, left in self.room.get(here, {}).items():
                if left > 0 and there not in came:
                    came[there] = here
                    if there == end:
                        return _steps(came, end)
                    todo.append(there)
        return []


def _steps(came: Mapping[str, str], place: str) -> list[tuple[str, str]]:
    found = []
    while came[place]:
        found.append((came[place], place))
        place = came[place]
    return found
