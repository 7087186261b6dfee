"""What a cut leaves of the capacity between hubs and datacentres, beside a flow over all links without short cuts."""

from __future__ import annotations

from collections.abc import Collection
from random import Random

from virgem.network.fibre.capacity import Line, narrowings


def cut_of(lines: Collection[Line], start: str, ends: Collection[str]) -> int:
    """The least capacity that parts a place from the ends: by max-flow min-cut what can flow between them."""
    places = sorted({end for line in lines for end in line.ends} - {start, *ends})
    best = 1 << 60
    for number in range(1 << len(places)):
        side = {start, *(place for i, place in enumerate(places) if number >> i & 1)}
        best = min(best, sum(line.capacity for line in lines if (line.ends[0] in side) != (line.ends[1] in side)))
    return best


def test_what_is_left_is_the_smallest_cut_of_what_is_whole() -> None:
    dice, told = Random(3), 0
    for _ in range(60):
        places = [f"h{i}" for i in range(6)]
        lines = [
            Line(
                ends=(dice.choice(places), dice.choice([*places, "west", "east"])),
                capacity=dice.choice((1, 10, 40)),
                ducts=frozenset(dice.sample("abcdef", dice.randint(0, 2))),
                of=dice.choice(("", "", "", "h0")),
            )
            for _ in range(11)
        ]
        ends = {"west", "east"}
        found = {(duct, hub): (whole, left) for duct, hub, whole, left in narrowings(lines, places, ends)}
        for hub in places:
            mine = [line for line in lines if line.of in ("", hub)]
            whole = cut_of(mine, hub, ends)
            for duct in "abcdef":
                left = cut_of([line for line in mine if duct not in line.ducts], hub, ends)
                assert found.get((duct, hub), (whole, whole)) == (whole, left)
                told += left < whole
    assert told > 100


def test_a_ring_of_two_hundred_hubs_is_judged_at_once() -> None:
    hubs = [f"h{i}" for i in range(200)]
    ring = [*hubs, "dc"]
    lines = [
        Line(ends=(a, b), capacity=10, ducts=frozenset({f"d{i}"}))
        for i, (a, b) in enumerate(zip(ring, [*ring[1:], ring[0]], strict=True))
    ]
    found = list(narrowings(lines, hubs, {"dc"}))
    assert len(found) == 200 * 201
    assert {(whole, left) for _, _, whole, left in found} == {(20, 10)}
