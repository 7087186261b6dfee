"""The allocator: aligned, lowest first, never twice, and honest when a pool is full."""

from __future__ import annotations

import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from virgem.network.addressing import Free, Pool, Want, number, order_of
from virgem.network.lock import EMPTY, Entry, Lock

POOL = Pool(version=4, blocks=((0, 8),), reserved=())


def leaf(key: str, order: int, within: str = "space a") -> Want:
    return Want(key=key, within=within, what=key, order4=order, order6=order, asked=1 << order)


def space(key: str, within: str = "") -> Want:
    return Want(key=key, within=within, what=key, order4=0, order6=0, space=True)


@pytest.mark.parametrize(("count", "order"), [(0, 0), (1, 0), (2, 1), (3, 2), (4, 2), (5, 3), (256, 8), (257, 9)])
def test_the_smallest_block_that_holds_so_many(count: int, order: int) -> None:
    assert order_of(count) == order


def test_the_lowest_block_that_fits_is_taken_first() -> None:
    free = Free()
    free.give(0, 6)
    assert [free.take(4), free.take(2), free.take(4), free.take(2)] == [0, 16, 32, 20]


def test_a_block_can_be_reserved_once() -> None:
    free = Free()
    free.give(0, 6)
    assert free.reserve(20, 2)
    assert not free.reserve(20, 2)
    assert not free.reserve(16, 4)
    assert free.count == 60


@given(st.lists(st.integers(0, 5), max_size=60), st.randoms(use_true_random=False))
def test_what_is_taken_never_overlaps_and_comes_back_whole(orders: list[int], chance: random.Random) -> None:
    free = Free()
    free.give(0, 8)
    taken = [(base, order) for order in orders if (base := free.take(order)) is not None]
    cells = [cell for base, order in taken for cell in range(base, base + (1 << order))]
    assert len(cells) == len(set(cells)) == 256 - free.count
    assert all(base % (1 << order) == 0 for base, order in taken)
    chance.shuffle(taken)
    for base, order in taken:
        free.give(base, order)
    assert free.take(8) == 0


def test_blocks_fill_a_pool_to_the_last_address() -> None:
    wants = [space("space a"), *(leaf(f"zone {n:02}", 4) for n in range(16))]
    given = number(POOL, wants, EMPTY)
    assert not given.problems
    assert sorted(given.blocks[f"zone {n:02}"][0][0] for n in range(16)) == [16 * n for n in range(16)]


def test_a_full_pool_is_told_with_its_numbers() -> None:
    wants = [space("space a"), *(leaf(f"zone {n:02}", 4) for n in range(19))]
    (problem,) = number(POOL, wants, EMPTY).problems
    assert problem.code == "E611"
    assert "zone 16 and 2 more asked for 48 addresses" in problem.message
    assert problem.hint == "one pool of /23 would do for all"


def test_reserved_prefixes_are_never_given_out() -> None:
    pool = Pool(version=4, blocks=((0, 8),), reserved=((32, 5), (240, 4)))
    wants = [space("space a"), *(leaf(f"zone {n:02}", 4) for n in range(13))]
    given = number(pool, wants, EMPTY)
    bases = {given.blocks[f"zone {n:02}"][0][0] for n in range(13)}
    assert not given.problems
    assert not bases & {32, 48, 240}


def test_pools_written_twice_are_used_once() -> None:
    pool = Pool(version=4, blocks=((0, 4), (0, 5)), reserved=())
    given = number(pool, [space("space a"), leaf("zone 1", 4), leaf("zone 2", 4)], EMPTY)
    assert {given.blocks["zone 1"][0], given.blocks["zone 2"][0]} == {(0, 4), (16, 4)}


def test_numbers_of_the_removed_are_reused_only_when_the_pool_is_full() -> None:
    gone = Lock("x", {"zone s/a:old": Entry(ipv4=((0, 4),), released=True)})
    one = [space("town s"), space("site s/a", "town s"), leaf("zone s/a:new", 4, "site s/a")]
    roomy = number(Pool(version=4, blocks=((0, 6),), reserved=()), one, gone)
    tight = number(Pool(version=4, blocks=((0, 4),), reserved=()), one, gone)
    assert roomy.dropped == frozenset()
    assert tight.blocks["zone s/a:new"] == ((0, 4),)


LOCKED = {
    "outside the pools": (Entry(ipv4=((512, 4),)), "E607"),
    "in a reserved prefix": (Entry(ipv4=((64, 4),)), "E608"),
    "held by another": (Entry(ipv4=((0, 4),)), "E609"),
    "too small": (Entry(ipv4=((32, 3),)), "E610"),
}


@pytest.mark.parametrize("case", LOCKED)
def test_a_locked_number_that_cannot_be_kept_is_named_with_the_way_out(case: str) -> None:
    entry, code = LOCKED[case]
    lock = Lock("x", {"zone a": Entry(ipv4=((0, 4),)), "zone b": entry}, {"zone a": 2, "zone b": 3})
    pool = Pool(version=4, blocks=((0, 8),), reserved=((64, 5),))
    (problem,) = number(pool, [space("space a"), leaf("zone a", 4), leaf("zone b", 4)], lock).problems
    assert problem.code == code
    assert problem.hint == "delete line 3 of estate.lock ('zone b') and it gets a new number"
    assert problem.related[0].line == 3


def test_a_locked_number_outside_its_space_is_adopted() -> None:
    lock = Lock("x", {"space a": Entry(ipv4=((0, 5),)), "zone b": Entry(ipv4=((128, 4),))})
    given = number(POOL, [space("space a"), leaf("zone b", 4)], lock)
    assert not given.problems
    assert given.blocks["space a"] == ((0, 5), (128, 4))
