"""What is installed, where, and what is said where the machine lacks something."""

from __future__ import annotations

import ast
import re
import sys
from pathlib import Path

import pytest

from virgem.modules.problem import UserError
from virgem.modules.twin.openstack import installing
from virgem.modules.twin.openstack.installing import LOCK, SERVICES, count, database_programs, failure, home

TEXT = LOCK.read_text()


def test_every_package_is_pinned_with_hashes() -> None:
    entries = re.split(r"\n(?=[a-z0-9])", re.sub(r"(?m)^\s*#.*\n", "", TEXT).strip(), flags=re.IGNORECASE)
    assert len(entries) == count() > 150
    assert [entry for entry in entries if "==" not in entry.split()[0] or "--hash=sha256:" not in entry] == []


def test_what_is_asked_for_is_locked_at_that_version() -> None:
    lines = [line for line in (LOCK.parent / "requirements.in").read_text().splitlines() if line[0] != "#"]
    names = {line for line in lines if "==" in line}
    assert len(names) == 8
    assert [line for line in lines if not re.search(rf"(?m)^{re.escape(line)}(==| )", TEXT)] == []


def test_the_lock_names_no_index() -> None:
    assert not re.search(r"://|index-url|find-links", TEXT)


def test_another_lock_is_another_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    before = home({"HOME": "/home/me"})
    other = tmp_path / "other.lock"
    other.write_text(TEXT + "\n")
    monkeypatch.setattr(installing, "LOCK", other)
    assert before.parent == home({"HOME": "/home/me"}).parent == Path("/home/me/.cache/virgem/openstack")
    assert before != home({"HOME": "/home/me"})


FAILURES = {
    "No space left on device": "the disk is full",
    "ERROR: THESE PACKAGES DO NOT MATCH THE HASHES FROM THE REQUIREMENTS FILE": "is not the one in the lock",
    "error: Failed to fetch: `https://registry.example/simple/nova/`": "the package registry cannot be reached",
    "Temporary failure in name resolution": "the package registry cannot be reached",
    "The virtual environment was not created because ensurepip is not available": "no venv and ensurepip modules",
    "one\nsomething else\n\n": "something else",
    "": "no reason given",
}


@pytest.mark.parametrize("text", FAILURES)
def test_a_failure_is_told_with_the_way_out(text: str) -> None:
    told = failure(text)
    assert FAILURES[text] in told.message
    assert told.hint


def test_without_a_database_the_package_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(installing.shutil, "which", lambda *_, **__: None)
    if sys.platform.startswith("linux"):
        with pytest.raises(UserError, match="apt install mariadb-server-core mariadb-client-core"):
            database_programs()


def test_without_room_nothing_is_installed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    monkeypatch.setattr(installing, "GIGABYTES", 1e9)
    with pytest.raises(UserError, match="point XDG_CACHE_HOME at another disk"):
        installing.install(print)
    assert not installing.is_installed()


def test_an_installation_that_fails_leaves_no_environment(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    monkeypatch.setattr(installing, "_commands", lambda uv, folder: ((sys.executable, "-c", "exit('timed out')"),))
    with pytest.raises(UserError, match="the package registry cannot be reached"):
        installing.install(print)
    assert not installing.is_installed()


def test_scripts_name_the_place_where_the_environment_will_lie(tmp_path: Path) -> None:
    script = tmp_path / "old" / "bin" / "tool"
    script.parent.mkdir(parents=True)
    script.write_text(f"#!{tmp_path}/old/bin/python\n")
    installing._move_scripts(tmp_path / "old", tmp_path / "new")
    assert script.read_text() == f"#!{tmp_path}/new/bin/python\n"


# ---- the two Pythons


def names(path: Path) -> set[str]:
    """All that a file imports, wherever in it, with a dot before what is beside it."""
    found = set()
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            found.add("." * node.level + (node.module or ""))
    return found


def test_what_the_other_python_runs_imports_nothing_of_virgem() -> None:
    for path in SERVICES.glob("*.py"):
        assert not [name for name in names(path) if name.startswith(("virgem", "..")) or name == "setproctitle"]


def test_virgem_imports_nothing_of_what_the_other_python_runs() -> None:
    outside = [path for path in SERVICES.parents[2].rglob("*.py") if SERVICES not in path.parents]
    assert [path for path in outside for name in names(path) if "openstack.services" in name] == []
