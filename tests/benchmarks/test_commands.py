"""What a start, `validate` and `plan` cost, for the demo region and for all municipalities of Flanders."""

from __future__ import annotations

import sys
from collections.abc import Callable
from functools import cache
from math import log
from pathlib import Path
from statistics import linear_regression

import pytest
from measuring import VIRGEM, Cost, cost
from support import ROOT, missing

from virgem.modules.estate.public import municipalities

pytestmark = pytest.mark.benchmark

DEMO = ROOT / "inventories" / "zuid-west-vlaanderen"
SIZES = (13, 40, 110)
EXPONENT = 1.1

Planned = Callable[[int], tuple[Cost, int]]


def spread(count: int) -> list[str]:
    """Return so many municipalities, evenly from all of Flanders."""
    codes = sorted(municipalities())
    return [codes[i * len(codes) // count] for i in range(count)]


@pytest.fixture(scope="module")
def planned(tmp_path_factory: pytest.TempPathFactory) -> Planned:
    """Plans a new estate of so many municipalities: the cost of the first plan with all files, the number of sites."""
    folder = tmp_path_factory.mktemp("regions")

    @cache
    def plan(towns: int) -> tuple[Cost, int]:
        estate, build = folder / f"of-{towns}", folder / f"of-{towns}-build"
        whole = towns == len(municipalities())
        cost([*VIRGEM, "init", estate, *(["--all-flanders"] if whole else ["--nis", *spread(towns)])], times=1)
        used = cost([*VIRGEM, "plan", estate, "-o", build], times=1)
        return used, len(list(build.glob("network/*/*/frr.conf")))

    return plan


@pytest.mark.parametrize("verb", ["validate", "plan"])
def test_a_second_start_costs_under_four_tenths_of_a_second(verb: str) -> None:
    if not Path(sys.prefix, ".stamp-run").exists():
        missing("this environment was not made by ./virgem")
    command = [ROOT / "virgem", verb, "--help"]
    cost(command, times=1)
    used = cost(command, promise=0.4)
    print(f"./virgem {verb} --help: {used}")
    assert used.seconds < 0.4


def test_the_demo_region_is_validated_in_little_more_than_a_second() -> None:
    used = cost([*VIRGEM, "validate", DEMO], promise=1.25)
    print(f"validate: {used}")
    assert used.seconds < 1.25


def test_the_demo_region_is_planned_with_all_files_in_four_seconds(tmp_path: Path) -> None:
    used = min((cost([*VIRGEM, "plan", DEMO, "-o", tmp_path / str(i)], times=1) for i in range(3)), key=seconds)
    print(f"plan: {used}")
    assert used.seconds < 4


def seconds(used: Cost) -> float:
    return used.seconds


def test_all_of_flanders_is_planned_with_all_files_in_a_minute_and_two_gigabytes(planned: Planned) -> None:
    used, sites = planned(len(municipalities()))
    print(f"{sites:,} sites: {used}")
    assert sites > 5_000
    assert used.seconds < 60
    # The clock is printed and held to nothing: it counts the neighbours and the disk (see docs/speed.md).
    assert used.mebibytes < 2 * 1024


def test_the_effort_of_a_plan_grows_with_the_number_of_sites(planned: Planned) -> None:
    start = cost([*VIRGEM, "plan", "--help"]).seconds
    found = [planned(towns) for towns in (*SIZES, len(municipalities()))]
    print(", ".join(f"{sites:,} sites {used.seconds:.2f} s" for used, sites in found), f"start {start:.2f} s")
    efforts = [log(used.seconds - start) for used, _ in found]
    exponent = linear_regression([log(sites) for _, sites in found], efforts).slope
    print(f"exponent {exponent:.2f}")
    assert exponent <= EXPONENT
