"""The algebra of packet sets and the verdicts of rule lists, against brute force over a small universe."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import product
from random import Random

import pytest

from virgem.network.enforcement.lists import Entry, decide, review
from virgem.network.enforcement.space import EMPTY, Node, Sides, Space, merged

TOPS = (7, 7, 5)
POINTS = [*product(*(range(top + 1) for top in TOPS))]
Point = tuple[int, ...]


def sides(random: Random) -> Sides:
    return tuple(merged(_span(random, top) for _ in range(random.choice((1, 1, 2)))) for top in TOPS)


def _span(random: Random, top: int) -> tuple[int, int]:
    if random.random() < 0.25:
        return 0, top
    first, last = sorted((random.randint(0, top), random.randint(0, top)))
    return first, last


def inside(box: Sides, point: Point) -> bool:
    return all(any(first <= v <= last for first, last in spans) for spans, v in zip(box, point, strict=True))


def points(space: Space, node: Node) -> set[Point]:
    return {point for point in POINTS if space.holds(node, point)}


def sets(seed: int, count: int) -> Iterator[tuple[Space, Node, set[Point]]]:
    random, space = Random(seed), Space(TOPS)
    for _ in range(count):
        node, real = EMPTY, set[Point]()
        for _ in range(random.randint(0, 4)):
            box = sides(random)
            node = space.union(node, space.box(box))
            real |= {point for point in POINTS if inside(box, point)}
        yield space, node, real


@pytest.mark.parametrize("seed", range(12))
def test_union_intersection_and_difference_are_those_of_the_points(seed: int) -> None:
    made = list(sets(seed, 8))
    for (space, one, ours), (_, other, theirs) in product(made, made):
        assert points(space, space.union(one, other)) == ours | theirs
        assert points(space, space.intersection(one, other)) == ours & theirs
        assert points(space, space.difference(one, other)) == ours - theirs
        assert (one == other) is (ours == theirs)


@pytest.mark.parametrize("seed", range(6))
def test_a_set_has_a_point_of_its_own_and_as_many_as_it_has(seed: int) -> None:
    for space, node, real in sets(seed, 10):
        assert space.count(node) == len(real)
        assert not real or space.some(node) in real
        boxes = [*space.boxes(node)]
        assert sum(inside(tuple((span,) for span in box), p) for p in POINTS for box in boxes) == len(real)
        for first, last in ((0, 7), (2, 4), (5, 5)):
            part = space.slice(node, (first, last))
            assert points(space, part) == {point for point in real if first <= point[0] <= last}


def first_fitting(entries: list[Entry], point: Point, default: bool | None) -> bool | None:
    return next((entry.accepts for entry in entries if inside(entry.sides, point)), default)


@pytest.mark.parametrize("default", [None, False])
@pytest.mark.parametrize("seed", range(40))
def test_a_list_does_what_its_first_fitting_rule_says(seed: int, default: bool | None) -> None:
    random, space = Random(seed), Space(TOPS)
    entries = [Entry(sides(random), random.random() < 0.6) for _ in range(random.randint(1, 9))]
    found, reviewed = decide(space, entries), review(space, entries, default)
    verdicts = {point: first_fitting(entries, point, default) for point in POINTS}
    assert points(space, found.accepted) == {point for point, accepts in verdicts.items() if accepts}
    assert points(space, found.touched) == {p for p in POINTS if any(inside(entry.sides, p) for entry in entries)}
    winners = {next((i for i, entry in enumerate(entries) if inside(entry.sides, p)), -1) for p in POINTS}
    assert {number for number, _ in reviewed.shadowed} == {*range(len(entries))} - winners
    for number in winners - {-1}:
        others = entries[:number] + entries[number + 1 :]
        same = all(first_fitting(others, p, default) is verdicts[p] for p in POINTS)
        assert (number in reviewed.redundant) is same


@pytest.mark.parametrize("seed", range(20))
def test_rules_in_conflict_are_those_whose_order_decides_and_neither_holds_the_other(seed: int) -> None:
    random, space = Random(seed), Space(TOPS)
    entries = [Entry(sides(random), random.random() < 0.5) for _ in range(2)]
    one, other = ({p for p in POINTS if inside(entry.sides, p)} for entry in entries)
    apart = bool(one & other) and bool(one - other) and bool(other - one)
    assert bool(review(space, entries).conflicts) is (apart and entries[0].accepts is not entries[1].accepts)
