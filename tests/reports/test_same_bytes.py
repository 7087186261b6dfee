"""Nothing but the estate and the day decides a byte of the report or the plan: not the folder, the clock's zone, the
language, the order of hashes or the width of the terminal."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

import pytest
from support import ROOT

ESTATE = ROOT / "tests" / "estates" / "good" / "every-kind"
# Two machines that have little in common; Kiritimati is a day ahead of Honolulu.
ONE = {"TZ": "Pacific/Kiritimati", "LC_ALL": "C.UTF-8", "LANG": "nl_BE.UTF-8", "PYTHONHASHSEED": "1", "COLUMNS": "80"}
OTHER = {"TZ": "Pacific/Honolulu", "LC_ALL": "C", "LANG": "C", "PYTHONHASHSEED": "4242", "COLUMNS": "200"}


def made(home: Path, surroundings: Mapping[str, str]) -> dict[str, bytes]:
    """Plan and report on a copy of the estate in this folder; return every file that came of it."""
    shutil.copytree(ESTATE, home / "estate")
    code = "import sys; from virgem.modules.cli.main import main; sys.exit(main(sys.argv[1:]))"
    for verb in (["plan"], ["report", "--as-of", "2026-06-30"]):
        command = [sys.executable, "-P", "-c", code, *verb, "estate", "-o", "out"]
        done = subprocess.run(command, cwd=home, env={**os.environ, **surroundings}, capture_output=True, text=True)
        assert done.returncode in (0, 2), done.stderr
    return {str(path.relative_to(home)): path.read_bytes() for path in home.rglob("*") if path.is_file()}


@pytest.mark.slow
def test_two_machines_make_the_same_bytes(tmp_path: Path) -> None:
    (tmp_path / "one").mkdir()
    (tmp_path / "a" / "longer name").mkdir(parents=True)
    one, other = made(tmp_path / "one", ONE), made(tmp_path / "a" / "longer name", OTHER)
    assert {"out/report/inventory.nl.html", "out/report/inventory.json", "out/plan.json"} <= set(one)
    assert sorted(one) == sorted(other)
    assert [name for name in one if one[name] != other[name]] == []
