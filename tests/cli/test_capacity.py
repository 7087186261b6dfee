"""virgem capacity: three formats, and exit codes that tell whether there was anything to judge."""

from __future__ import annotations

import json

import pytest
from support import ROOT

from virgem.modules.cli.main import main

BAD = ROOT / "tests" / "estates" / "bad"
SHORT = str(BAD / "hosts-too-few-when-one-fails")


def test_the_table_tells_every_loss_and_what_to_buy(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["capacity", SHORT]) == 0
    said = capsys.readouterr().out
    assert "west  host west/compute-1  9         no       yes      yes        unknown" in said
    assert "buy 1 x compute for west, outside what is lost: its declared servers do not fit when a host is lost" in said


def test_markdown_has_the_same_rows(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["capacity", SHORT, "--format", "markdown"]) == 0
    said = capsys.readouterr().out
    assert "| west | host west/compute-1 | 9 | no | yes | yes | unknown |" in said
    assert "| quotas |  |  | 320 |  | 1152 |  | 40000 |" in said


@pytest.mark.parametrize("words", [["--json", "capacity", SHORT], ["capacity", SHORT, "--format", "json"]])
def test_json_is_one_document(words: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    assert main(words) == 0
    found = json.loads(capsys.readouterr().out)
    assert found["kind"] == "Capacity"
    bought = {"zone": "west", "host": "compute", "count": 1, "for": "servers", "whenLost": "host"}
    assert found["purchases"] == [bought]
    worst = {"zone": "west", "kind": "host", "worst": "west/compute-1", "judged": 9}
    assert {**worst, "servers": "no", "storage": "yes", "snapshots": "yes", "quotas": "unknown"} in found["losses"]


def test_an_estate_without_hosts_has_nothing_to_judge(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["capacity", str(ROOT / "tests" / "estates" / "good" / "twelve-lines")]) == 3
    assert "says which hosts it has" in capsys.readouterr().err


def test_an_estate_with_errors_is_refused(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["capacity", str(BAD / "hosts-that-do-not-carry-the-servers")]) == 1
    assert "E787 the declared servers of west do not fit on its hosts" in capsys.readouterr().err
