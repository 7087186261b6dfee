"""Mistakes on the command line: an error and no change, named with the way out, as text and as a document."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from virgem.modules.cli.main import VERBS, main

REFUSALS = [
    (["plan", "nowhere"], "nowhere"),
    (["validate", "nowhere"], "nowhere"),
    (["plan", "{estate}", "--municipality", "99999"], "99999"),
    (["validate", "{estate}", "--as-of", "tomorrow"], "YYYY-MM-DD"),
    (["init", "{estate}", "--region", "REFREG09"], "empty"),
    (["init", "{estate}-new", "--region", "REFREG99"], "REFREG99"),
    (["init", "{estate}-new", "--nis", "12345"], "12345"),
    (["init", "{estate}-new", "--nis", "34040", "--access-key", "nowhere.pub"], "nowhere.pub does not exist"),
    (["init", "{estate}-new", "--nis", "34040", "--access-key", "{estate}/estate.yaml"], "is not a public ssh key"),
    (["cloud", "preview", "{estate}", "--tenant", "99999"], "99999"),
    (["report", "{estate}", "--format", "docx"], "docx"),
]


@pytest.mark.parametrize(("command", "named"), REFUSALS, ids=[" ".join(command) for command, _ in REFUSALS])
def test_a_refusal_names_what_is_wrong_and_is_no_traceback(
    command: list[str], named: str, estate: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:  # fmt: skip
    monkeypatch.chdir(tmp_path)
    assert main([word.replace("{estate}", str(estate)) for word in command]) == 1
    said = capsys.readouterr()
    assert named in said.err + said.out
    assert "Traceback" not in said.err
    assert "internal error" not in said.err


MISTAKEN = [
    (["plan", "e", "--confirm", "x"], "--confirm"),
    (["plan", "e", "--no-such-flag"], "--no-such-flag"),
    (["cloud", "previeuw", "e"], "previeuw"),
    (["plam", "e"], "did you mean plan?"),
    (["bake"], "known: demo"),
    ([], "no command was given"),
]


@pytest.mark.parametrize(("command", "named"), MISTAKEN, ids=[" ".join(c) or "bare" for c, _ in MISTAKEN])
@pytest.mark.parametrize("as_json", [False, True], ids=["text", "json"])
def test_a_command_that_is_not_understood_is_an_error_and_no_change(
    command: list[str], named: str, as_json: bool, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main([*command, *(["--json"] if as_json else [])]) == 1
    said = capsys.readouterr()
    assert named in said.err
    if as_json:
        document = json.loads(said.out)
        assert document["kind"] == "Error"
        assert named in document["message"] + document["hint"]
    else:
        assert said.out == ""


def test_without_a_command_all_are_explained(capsys: pytest.CaptureFixture[str]) -> None:
    main([])
    said = capsys.readouterr().err
    assert all(f"\n    {verb} " in said for verb in VERBS)
    assert "Exit codes" in said


def test_a_failure_is_a_document_too(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["--json", "plan", "nowhere"]) == 1
    document = json.loads(capsys.readouterr().out)
    assert document["kind"] == "Error"
    assert "nowhere" in document["message"]
