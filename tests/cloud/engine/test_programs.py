"""Where the engine's programs are looked for and which versions will do."""

from __future__ import annotations

import stat
from pathlib import Path

import pytest

from virgem.modules.cloud.engine import programs
from virgem.modules.cloud.engine.programs import Program, find, fits, home

ENGINE, PROVIDER, LANGUAGE = programs.programs()


def script(path: Path, text: str) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(f"#!/bin/sh\n{text}\n")
    path.chmod(path.stat().st_mode | stat.S_IXUSR)
    return path


def machine(tmp_path: Path) -> dict[str, str]:
    return {"PATH": str(tmp_path / "path"), "HOME": str(tmp_path / "user")}


@pytest.mark.parametrize(
    ("told", "will_do"),
    [
        (ENGINE.wanted, True),
        ("3.999.0", True),
        ("3.999.0-dev+abc", True),
        ("3.1.0", False),
        ("4.0.0", False),
        ("2.999.0", False),
        ("", False),
        ("dev", False),
    ],
)
def test_an_engine_of_the_same_major_version_and_not_older_will_do(told: str, will_do: bool) -> None:
    assert fits(ENGINE, told) is will_do


@pytest.mark.parametrize("program", [ENGINE, PROVIDER])
def test_what_is_on_the_path_comes_first(program: Program, tmp_path: Path) -> None:
    environment = machine(tmp_path)
    on_path = script(tmp_path / "path" / program.name, f"echo v{program.wanted}")
    script(home(environment) / "bin" / program.name, f"echo v{program.wanted}")
    found = find(program, environment)
    assert found is not None
    assert (found.path, found.source, found.version) == (on_path, "PATH", program.wanted)


@pytest.mark.parametrize("text", ["echo v3.0.0", "exit 1", "exec nothing-of-the-kind", "echo"])
def test_what_is_too_old_or_does_not_run_is_passed_over(text: str, tmp_path: Path) -> None:
    environment = machine(tmp_path)
    script(tmp_path / "path" / ENGINE.name, text)
    built = script(home(environment) / "bin" / ENGINE.name, f"echo v{ENGINE.wanted}")
    found = find(ENGINE, environment)
    assert found is not None
    assert (found.path, found.source) == (built, "built")


def test_the_vendor_s_own_places_are_known(tmp_path: Path) -> None:
    environment = machine(tmp_path)
    plugin = tmp_path / "user" / ".pulumi" / "plugins" / f"resource-openstack-v{PROVIDER.wanted}" / PROVIDER.name
    script(plugin, f"echo {PROVIDER.wanted}")
    found = find(PROVIDER, environment)
    assert found is not None
    assert (found.path, found.source) == (plugin, "vendor")


def test_nothing_is_found_where_nothing_is(tmp_path: Path) -> None:
    assert [find(program, machine(tmp_path)) for program in (ENGINE, PROVIDER, LANGUAGE)] == [None, None, None]


def test_the_cache_of_another_set_of_sources_is_another_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    before = home({"XDG_CACHE_HOME": str(tmp_path)})
    assert before.parent == tmp_path / "virgem" / "engine"
    sources = tmp_path / "sources"
    sources.mkdir()
    monkeypatch.setattr(programs, "SOURCES", sources)
    assert home({"XDG_CACHE_HOME": str(tmp_path)}) != before
