"""virgem explain: exit codes, text and the one document."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from virgem.modules.cli.main import main

ENDS = ("kortrijk/bib:library-staff", "shared:dns")


def said(capsys: pytest.CaptureFixture[str]) -> tuple[str, str]:
    found = capsys.readouterr()
    return found.out, found.err


@pytest.fixture(autouse=True)
def elsewhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)


def test_a_flow_that_passes_ends_with_nothing_to_do(estate: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["explain", str(estate), *ENDS]) == 0
    out, _ = said(capsys)
    assert out.startswith("kortrijk/bib:library-staff > shared:dns-1, udp/53")
    assert "IPv4 passes: 10." in out
    assert "[estate/municipalities/34022-kortrijk.yaml:4:3]" in out
    assert not (estate / "estate.lock").exists()


def test_a_flow_that_is_refused_ends_with_something_to_change(estate: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["explain", str(estate), *ENDS, "--port", "99", "--family", "4"]) == 2
    out, _ = said(capsys)
    assert "<< stops here" in out
    assert "What would have to change:" in out
    assert "          ports: [99]" in out
    assert "IPv6" not in out


def test_the_estate_may_be_where_one_stands(
    estate: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(estate)
    assert main(["explain", "--protocol", "tcp", *ENDS]) == 0
    assert "tcp/53" in said(capsys)[0]


def test_one_document_tells_it_to_machines(estate: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["--json", "explain", str(estate), *ENDS, "--port", "99"]) == 2
    body = json.loads(said(capsys)[0])
    assert (body["apiVersion"], body["kind"], body["verdict"]) == ("virgem/v1", "Explanation", "refused")
    assert {way["family"] for way in body["families"]} == {4, 6}
    assert body["families"][0]["hops"][-1]["facts"]["chain"] == "from-library-staff"


@pytest.mark.parametrize(
    ("words", "says"),
    [
        (("kortrijk/bib:library-staf", "shared:dns"), "did you mean library-staff?"),
        ((*ENDS, "--port", "70000"), "70000 is no port"),
        ((*ENDS, "--protocol", "sctp"), "invalid choice"),
        ((*ENDS, "--port", "http"), "invalid int value"),
        ((ENDS[0],), "required"),
    ],
)
def test_mistakes_end_with_an_error(
    estate: Path, capsys: pytest.CaptureFixture[str], words: tuple[str, ...], says: str
) -> None:
    place = [str(estate)] if len(words) > 1 else []
    assert main(["explain", *place, *words]) == 1
    out, err = said(capsys)
    assert says in err
    assert out == ""
