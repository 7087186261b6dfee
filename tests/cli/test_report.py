"""virgem report: what lies where."""

from __future__ import annotations

from pathlib import Path

import pytest
from support import ROOT

from virgem.modules.cli.main import main

ESTATE = str(ROOT / "tests" / "estates" / "good" / "every-kind")
KORTRIJK, WAREGEM = "34022", "34040"


def _report(output: Path, *arguments: str) -> int:
    return main(["report", ESTATE, "-o", str(output), "--lang", "nl", "--as-of", "2026-06-30", *arguments])


def test_a_report_of_some_municipalities_leaves_that_of_all_alone(tmp_path: Path) -> None:
    assert _report(tmp_path) == 0
    before = (tmp_path / "report/inventory.nl.html").read_bytes()
    assert _report(tmp_path, "--tenant", KORTRIJK) == 0
    assert _report(tmp_path, "--tenant", WAREGEM, KORTRIJK, WAREGEM) == 0
    assert sorted(path.name for path in tmp_path.iterdir()) == [
        "report",
        f"report-{KORTRIJK}",
        f"report-{KORTRIJK}-{WAREGEM}",
    ]
    assert (tmp_path / "report/inventory.nl.html").read_bytes() == before


def test_it_says_at_the_top_what_it_is_about(tmp_path: Path) -> None:
    _report(tmp_path, "--tenant", KORTRIJK)
    _report(tmp_path, "--tenant", KORTRIJK, WAREGEM)
    one = (tmp_path / f"report-{KORTRIJK}/inventory.nl.html").read_text()
    two = (tmp_path / f"report-{KORTRIJK}-{WAREGEM}/inventory.nl.html").read_text()
    assert ": inventaris van Kortrijk</h1>" in one
    assert ": inventaris van 2 gemeenten</h1>" in two
    assert '<span class="figure">1</span> <span class="name">gemeente</span>' in one


def test_a_file_where_a_folder_belongs_is_named(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "taken").write_text("")
    assert _report(tmp_path / "taken" / "more") == 1
    assert f"{tmp_path}/taken is no folder" in capsys.readouterr().err
    assert (tmp_path / "taken").read_text() == ""
