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


def made(**selection: object) -> Estate:
    files = new_estate(select(**selection))  # type: ignore[arg-type]
    return from_files({name: data for name, data in files.items() if name.endswith((".yaml", ".csv"))})


def effort(estate: Estate, lock: Lock, times: int) -> float:
    """Return the least CPU seconds of a plan with its lock read and written, without the garbage collector's share.

    The collector walks over the whole estate and over what other tests left behind; timeit leaves it out as well.
    """
    best = float("inf")
    text = dump(lock)
    gc.disable()
    try:
        for _ in range(times):
            start = process_time()
            planned = plan_network(estate, parse(text, str(estate.name)) if lock.entries else EMPTY)
            dump(planned.lock)
            best = min(best, process_time() - start)
    finally:
        gc.enable()
    return best


@pytest.mark.benchmark
def test_the_effort_grows_with_the_number_of_sites() -> None:
    small, large = made(region="REFREG08"), made(all_flanders=True)
    ratio = log(len(large.sites) / len(small.sites))
    for again in (False, True):
        locks = [plan_network(region, EMPTY).lock if again else EMPTY for region in (small, large)]
        efforts = [
            effort(region, lock, times) for region, lock, times in zip((small, large), locks, (5, 2), strict=True)
        ]
        exponent = log(efforts[1] / efforts[0]) / ratio
        cases = zip((small, large), efforts, strict=True)
        print(", ".join(f"{len(e.sites)} sites {s:.2f} s" for e, s in cases), f"exponent {exponent:.2f}")
        assert exponent <= EXPONENT


@pytest.mark.slow
def test_all_of_flanders_is_planned_without_overlap_and_again_without_change() -> None:
    flanders = made(all_flanders=True)
    first = plan_network(flanders, EMPTY)
    assert first.plan is not None, first.problems[:5]
    assert overlaps(first.plan) == []
    assert dump(plan_network(flanders, parse(dump(first.lock))).lock) == dump(first.lock)
