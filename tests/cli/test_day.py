"""One day for every verb: what has ended on it is told by all alike, and stops none."""

from __future__ import annotations

import argparse
import datetime
import json
from pathlib import Path

import pytest

from virgem.modules.cli.day import as_of, today
from virgem.modules.cli.main import main
from virgem.modules.problem import UserError

ENDING = """\
attestations:
  sleutels: { controls: [PR.AA-06.1], statement: Counted, owner: ict-manager, date: 2026-02-01, expires: 2027-01-31 }
waivers:
  days: { rule: E904, target: any, reason: The register has its days wrong, owner: ict-manager, expires: 2027-01-31 }
"""
WRONG = (
    "  kluis: { controls: [PR.AA-06.1], statement: So, owner: ict-manager, date: 2029-02-01, expires: 2029-01-31 }\n"
)
BEFORE, AFTER = "2027-01-31", "2027-02-01"
VERBS = (["validate", "e"], ["plan", "e", "-o", "out"], ["report", "e", "-o", "out"], ["cloud", "preview", "e"])


@pytest.fixture
def estate(estate: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(estate.parent)
    with (estate / "estate.yaml").open("a") as file:
        file.write(ENDING)
    return estate.rename(estate.with_name("e"))


@pytest.mark.parametrize("verb", VERBS, ids=lambda verb: verb[0])
def test_every_verb_tells_what_has_ended_and_goes_on(
    verb: list[str], estate: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main([*verb, "--as-of", BEFORE]) in (0, 2)
    said = capsys.readouterr()
    assert "W906" not in said.out + said.err
    assert main([*verb, "--as-of", AFTER]) in (0, 2)
    said = capsys.readouterr()
    assert "W906 attestation sleutels ended on 2027-01-31" in said.out + said.err


def test_without_a_day_it_is_today(estate: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file = estate / "estate.yaml"
    file.write_text(file.read_text().replace("2026", "2015").replace("2027", "2016"))
    assert main(["validate", str(estate)]) == 0
    assert "W906 attestation sleutels ended on 2016-01-31" in capsys.readouterr().out


def test_the_report_shows_what_has_ended_as_an_open_finding(estate: Path) -> None:
    assert main(["report", str(estate), "-o", "out", "--as-of", AFTER]) == 0
    found = (estate.parent / "out/report/csv/problems.csv").read_text()
    assert "W906" in found
    assert "open" in found


def test_an_error_whose_waiver_has_expired_is_open_again_and_stops_nothing(
    estate: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = estate / "estate.yaml"
    file.write_text(file.read_text().replace("waivers:\n", WRONG + "waivers:\n"))
    assert main(["plan", str(estate), "-o", "out", "--as-of", BEFORE]) == 2
    assert "E904" not in capsys.readouterr().err
    assert main(["plan", str(estate), "-o", "out", "--as-of", AFTER]) == 0
    assert "E904" in capsys.readouterr().err
    assert main(["report", str(estate), "-o", "out", "--as-of", AFTER]) == 0


def test_the_same_day_gives_the_same_bytes(estate: Path) -> None:
    pages = []
    for folder in ("one", "other"):
        main(["report", str(estate), "-o", folder, "--as-of", AFTER])
        pages.append((estate.parent / folder / "report/inventory.nl.html").read_bytes())
    assert pages[0] == pages[1]


def test_the_demo_counts_findings_on_the_same_day(estate: Path, capsys: pytest.CaptureFixture[str]) -> None:
    counts = []
    for day in (BEFORE, AFTER):
        main(["--json", "demo", str(estate), "-o", "out", "--as-of", day])
        counts.append(json.loads(capsys.readouterr().out)["findings"])
    assert counts[0] < counts[1]


def test_today_is_that_of_source_date_epoch(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SOURCE_DATE_EPOCH", "1767225600")
    assert today() == as_of(argparse.Namespace(as_of=None)) == datetime.date(2026, 1, 1)


@pytest.mark.parametrize("text", ["yesterday", "9" * 30])
def test_a_source_date_epoch_that_is_no_time_is_refused(monkeypatch: pytest.MonkeyPatch, text: str) -> None:
    monkeypatch.setenv("SOURCE_DATE_EPOCH", text)
    with pytest.raises(UserError, match="no time"):
        today()
