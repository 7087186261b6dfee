"""The effort of a network plan grows with the number of sites, from 13 municipalities to all 285 of Flanders."""

from __future__ import annotations

import gc
from math import log
from time import process_time

import pytest
from regions import from_files, overlaps

from virgem.modules.estate.model import Estate
from virgem.modules.estate.starter.build import new_estate
from virgem.modules.estate.starter.selection import select
from virgem.network.lock import EMPTY, Lock, dump, parse
from virgem.network.plan import plan_network

EXPONENT = 1.1
ROUNDS = 6


def made(**selection: object) -> Estate:
    files = new_estate(select(**selection))  # type: ignore[arg-type]
    return from_files({name: data for name, data in files.items() if name.endswith((".yaml", ".csv"))})


def effort(estate: Estate, lock: Lock) -> float:
    """Return the processor seconds of a plan with its lock read and written, without the garbage collector's share.

    The collector walks over the whole estate and over what other tests left behind; timeit leaves it out as well.
    """
    text = dump(lock)
    gc.disable()
    try:
        start = process_time()
        dump(plan_network(estate, parse(text, str(estate.name)) if lock.entries else EMPTY).lock)
        return process_time() - start
    finally:
        gc.enable()


@pytest.mark.benchmark
@pytest.mark.parametrize("again", [False, True])
def test_the_effort_grows_with_the_number_of_sites(again: bool) -> None:
    """Neighbours on the machine only ever add: the least of a few rounds in turn is nearest to the effort itself."""
    small, large = made(region="REFREG08"), made(all_flanders=True)
    ratio = log(len(large.sites) / len(small.sites))
    small_lock, large_lock = (plan_network(one, EMPTY).lock if again else EMPTY for one in (small, large))
    least_small = least_large = exponent = float("inf")
    for _ in range(ROUNDS):
        least_small = min(least_small, *(effort(small, small_lock) for _ in range(3)))
        least_large = min(least_large, effort(large, large_lock))
        exponent = log(least_large / least_small) / ratio
        print(f"{len(small.sites)} sites {least_small:.2f} s, {len(large.sites)} sites {least_large:.2f} s", end=", ")
        print(f"exponent {exponent:.2f}")
        if exponent <= EXPONENT:
            break
    assert exponent <= EXPONENT


@pytest.mark.slow
def test_all_of_flanders_is_planned_without_overlap_and_again_without_change() -> None:
    flanders = made(all_flanders=True)
    first = plan_network(flanders, EMPTY)
    assert first.plan is not None, first.problems[:5]
    assert overlaps(first.plan) == []
    assert dump(plan_network(flanders, parse(dump(first.lock))).lock) == dump(first.lock)
