"""The README keeps its word: its estate is planned, its mistakes are told, its links lead somewhere."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from support import ROOT

from virgem.modules.cli.main import VERBS, main
from virgem.modules.estate.kinds import link_kinds

README = (ROOT / "README.md").read_text()
FILES = dict(re.findall(r"```yaml\n# (\S+)\n(.*?)```", README, re.DOTALL))
CONSOLES = re.findall(r"```console\n\$ virgem ([^\n]+)\n(.*?)```", README, re.DOTALL)


def written(folder: Path, texts: dict[str, str]) -> Path:
    for name, text in texts.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(text)
    return folder


def test_the_first_estate_is_planned_as_shown(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    command, expected = CONSOLES[0]
    monkeypatch.chdir(written(tmp_path, FILES))
    assert main(command.split()) == 2
    assert capsys.readouterr().out == expected


def test_what_is_enforced_is_read_back_as_shown(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    command, expected = re.findall(r"`virgem (plan \. --prove)`[^`]+`(Read back: [^`]+)`", README)[0]
    monkeypatch.chdir(written(tmp_path, FILES))
    assert main(command.split()) == 2
    assert expected in capsys.readouterr().out.splitlines()


def test_the_mistakes_are_told_as_shown(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    command, expected = CONSOLES[1]
    town = "municipalities/34022-kortrijk.yaml"
    wrong = FILES[town].replace("town-hall,", "town-hal,").replace("backup]", "bakup]")
    # The mistakes of the README stand in a file without its first lines' comment and depot.
    wrong = "".join(line for line in wrong.splitlines(keepends=True) if "depot" not in line and "cloud:" not in line)
    written(tmp_path / "mistakes", {**FILES, town: wrong})
    monkeypatch.chdir(tmp_path)
    assert main(command.split()) == 1
    assert capsys.readouterr().out == expected


@pytest.mark.parametrize("target", sorted(set(re.findall(r"\]\(([^)#]+)\)", README))))
def test_a_link_leads_to_a_file(target: str) -> None:
    assert (ROOT / target).exists()


@pytest.mark.parametrize("folder", re.findall(r"^\| `([a-z/]+)/`", README, re.MULTILINE))
def test_a_folder_of_the_map_is_there(folder: str) -> None:
    assert (ROOT / folder).is_dir()


def test_only_verbs_that_exist_are_named() -> None:
    assert set(re.findall(r"\./virgem ([a-z]+)", README)) <= {*VERBS, "test"}


def test_the_links_that_carry_the_overlay_in_clear_are_named() -> None:
    clear = sorted(kind.id for kind in link_kinds().values() if not (kind.own or kind.tunnel))
    assert f"On links of others that are no tunnel\n({', '.join(clear)}) the overlay rides in clear" in README
