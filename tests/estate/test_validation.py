"""From a folder to a checked estate: every mistake in one run, waivers, and nothing handed on that is not sound."""

from __future__ import annotations

import datetime
import shutil
from pathlib import Path

import pytest
from support import ROOT

from virgem.modules.codes import rules
from virgem.modules.estate.checks.waivable import waivable
from virgem.modules.estate.validation import Validated, validate

TWELVE = ROOT / "tests" / "estates" / "good" / "twelve-lines"
KORTRIJK = "municipalities/34022-kortrijk.yaml"
LONELY = "  markt: { kind: square, at: [50.8275, 3.2648], class: 3 }\n"
WAIVER = """\
waivers:
  markt:
    { rule: RULE, target: TARGET, reason: The square is dug up this year, owner: ict-manager, expires: 2027-06-30 }
"""


@pytest.fixture
def estate(tmp_path: Path) -> Path:
    """The example of twelve lines with a critical site that has one way out (W556)."""
    folder = tmp_path / "estate"
    shutil.copytree(TWELVE, folder)
    town = folder / KORTRIJK
    town.write_text(town.read_text().replace("sites:\n", f"sites:\n{LONELY}"))
    return folder


def waive(folder: Path, rule: str, target: str) -> None:
    with (folder / "estate.yaml").open("a") as file:
        file.write(WAIVER.replace("RULE", rule).replace("TARGET", target))


def codes(checked: Validated) -> list[str]:
    return [problem.code for problem in checked.problems]


def test_the_mistake_is_found(estate: Path) -> None:
    checked = validate(estate)
    assert codes(checked) == ["W556"]
    assert checked.problems[0].target == "kortrijk/markt"
    assert checked.estate is not None


@pytest.mark.parametrize("target", ["kortrijk/markt", "any"])
def test_a_waiver_takes_the_problem_of_its_object_out(estate: Path, target: str) -> None:
    waive(estate, "W556", target)
    checked = validate(estate)
    assert codes(checked) == []
    assert [problem.code for problem in checked.waived] == ["W556"]


@pytest.mark.parametrize(("rule", "target"), [("W556", "kortrijk/bib"), ("W553", "kortrijk/markt")])
def test_a_waiver_of_another_object_or_rule_takes_nothing_out(estate: Path, rule: str, target: str) -> None:
    waive(estate, rule, target)
    checked = validate(estate)
    assert codes(checked) == ["W556"]
    assert checked.waived == ()


@pytest.mark.parametrize(("day", "left"), [("2027-06-30", []), ("2027-07-01", ["W556", "W911"])])
def test_a_waiver_counts_until_its_last_day(estate: Path, day: str, left: list[str]) -> None:
    waive(estate, "W556", "kortrijk/markt")
    assert sorted(codes(validate(estate, datetime.date.fromisoformat(day)))) == left


def test_mistakes_of_text_and_of_meaning_are_told_in_one_run(estate: Path) -> None:
    with (estate / KORTRIJK).open("a") as file:
        file.write("color: red\n")
    checked = validate(estate)
    assert codes(checked) == ["W556", "E201"]


def test_an_estate_whose_text_has_errors_is_not_handed_on(estate: Path) -> None:
    with (estate / KORTRIJK).open("a") as file:
        file.write("color: red\n")
    assert validate(estate).estate is None


def test_what_leaves_nothing_to_plan_cannot_be_waived() -> None:
    assert [code for code in rules() if not waivable(code)] == [
        code for code in rules() if code[1] in "123" or code.startswith(("E59", "E6"))
    ]


def test_validating_twice_says_the_same(estate: Path) -> None:
    assert validate(estate).problems == validate(estate).problems
