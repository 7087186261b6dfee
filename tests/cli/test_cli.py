"""The command line: what every verb has in common."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
import yaml
from invented_keys import invented

from virgem.modules.cli.main import VERBS, main

from .estates import KORTRIJK


@pytest.mark.parametrize("verb", VERBS)
def test_every_verb_explains_itself(verb: str, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        main([verb, "--help"])
    assert ended.value.code == 0
    assert f"virgem {verb}" in capsys.readouterr().out


@pytest.mark.parametrize(
    "command", [["validate"], ["plan", "--dry-run"], ["plan", "--dry-run", "--diff", "markdown"]], ids=" ".join
)
def test_json_is_one_document_on_stdout(
    command: list[str], estate: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    more = [] if command[0] == "validate" else ["-o", str(tmp_path / "out")]
    main(["--json", *command, str(estate), *more])
    document = json.loads(capsys.readouterr().out)
    assert document["apiVersion"] == "virgem/v1"
    assert document["kind"]


@pytest.mark.parametrize(("stand", "shown"), [(".", "estate/municipalities/"), ("estate", "municipalities/")])
@pytest.mark.parametrize("verb", [["validate"], ["validate", "--format", "github"], ["plan"]], ids=" ".join)
def test_a_place_is_told_as_seen_from_the_current_folder(
    verb: list[str], stand: str, shown: str, estate: Path, monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:  # fmt: skip
    (estate / "municipalities/34022-kortrijk.yaml").write_text(KORTRIJK.replace("large", "dorp"))
    monkeypatch.chdir(estate.parent / stand)
    assert main([*verb, str(estate)]) == 1
    said = capsys.readouterr()
    assert (said.out + said.err).removeprefix("::error file=").startswith(f"{shown}34022-kortrijk.yaml")


def test_an_estate_elsewhere_has_its_own_paths(
    estate: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    (estate / "municipalities/34022-kortrijk.yaml").write_text(KORTRIJK.replace("large", "dorp"))
    monkeypatch.chdir(estate / "municipalities")
    assert main(["validate", "..", "--json"]) == 1
    assert json.loads(capsys.readouterr().out)["items"][0]["file"] == "municipalities/34022-kortrijk.yaml"


def test_a_global_flag_may_stand_after_the_verb(estate: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["validate", str(estate), "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["apiVersion"] == "virgem/v1"


def test_an_estate_is_made_with_the_access_key_in_a_file_and_without_its_comment(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    key = invented("operator/operator-1", "n")
    Path("id.pub").write_text(f"{key} somebody@laptop\n")
    assert main(["init", "n", "--nis", "34040", "--access-key", "id.pub"]) == 0
    text = Path("n/estate.yaml").read_text()
    assert yaml.safe_load(text)["access-keys"] == {"operator-1": {"key": key, "owner": "service-manager"}}
    assert "somebody" not in text
    assert main(["validate", "n"]) == 0
    Path("id").write_text("-----BEGIN OPENSSH PRIVATE KEY-----\n")
    assert main(["init", "m", "--nis", "34040", "--access-key", "id"]) == 1
    assert "id: a private ssh key stands here" in capsys.readouterr().err
    assert not Path("m").exists()


def test_the_next_commands_that_init_names_can_be_pasted(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    assert main(["init", "n 1", "--nis", "34040"]) == 0
    assert "virgem validate 'n 1' && virgem plan 'n 1'" in capsys.readouterr().out
