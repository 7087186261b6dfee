"""Every mistake has a golden: a folder with the mistake in it and the exact text that is said about it.

A folder of tests/estates/bad/ is an estate with a file `expected.txt`, and if need be `as-of.txt` (a day) and
estate.lock. UPDATE_GOLDEN=1 writes the texts anew; look at the difference before keeping it.
"""

from __future__ import annotations

import datetime
import os
import re
from functools import cache
from pathlib import Path

import pytest
from support import ROOT

from virgem.modules.codes import rules

BAD = ROOT / "tests" / "estates" / "bad"
GOOD = ROOT / "tests" / "estates" / "good"
EXPECTED, AS_OF = "expected.txt", "as-of.txt"
CASES = sorted(folder.name for folder in BAD.iterdir() if folder.is_dir())
GOOD_CASES = sorted(folder.name for folder in GOOD.iterdir() if folder.is_dir())
UPDATE = os.environ.get("UPDATE_GOLDEN") == "1"


def day_of(folder: Path) -> datetime.date | None:
    file = folder / AS_OF
    return datetime.date.fromisoformat(file.read_text().strip()) if file.exists() else None


def said_about(folder: Path) -> str:
    """What `virgem validate` says about an estate: its own problems and those of its plan."""
    from virgem.modules.estate.problem_formats import text
    from virgem.modules.planning import prepare

    checked = prepare(folder, day_of(folder))
    return text(checked.problems, checked.sources)


@pytest.mark.parametrize("case", CASES)
def test_the_mistake_is_told_with_place_line_and_way_out(case: str) -> None:
    folder = BAD / case
    said = said_about(folder)
    golden = folder / EXPECTED
    if UPDATE:
        golden.write_text(said)
    assert said == golden.read_text()


@pytest.mark.parametrize("case", GOOD_CASES)
def test_a_good_estate_has_no_problems(case: str) -> None:
    assert said_about(GOOD / case) == "no problems\n"


@cache
def codes_shown() -> frozenset[str]:
    texts = [(BAD / case / EXPECTED).read_text() for case in CASES if (BAD / case / EXPECTED).exists()]
    return frozenset(code for text in texts for code in re.findall(r"^(?:\S+: )?([EW]\d{3}) ", text, re.MULTILINE))


# These cannot lie in a folder: too large for git, or two names that macOS holds for one. The tests named make them.
MADE = {
    "E104": "test_sources.py",
    "E108": "test_sources.py",
    "E109": "test_sources.py",
    "E128": "test_yaml_text.py",
    "E130": "test_loader.py",
    "W594": "../network/test_wan.py",
}


def test_every_registered_code_is_shown_by_a_golden() -> None:
    assert sorted(set(rules()) - codes_shown() - set(MADE)) == []


@pytest.mark.parametrize(("code", "file"), MADE.items())
def test_a_code_without_a_folder_is_shown_by_another_test(code: str, file: str) -> None:
    assert f"{code} " in (Path(__file__).parent / file).read_text()


def test_every_golden_shows_registered_codes_only() -> None:
    assert sorted(codes_shown() - set(rules())) == []


def test_at_least_seventy_kinds_of_mistake_are_told_apart() -> None:
    assert len(rules()) >= 70


def test_every_bad_estate_is_named_after_its_mistake() -> None:
    assert all(re.fullmatch(r"[a-z0-9]+(-[a-z0-9]+)*", case) for case in CASES)
