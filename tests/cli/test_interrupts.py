"""Interrupts: told in one line, at any moment, and nothing is half-written."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from virgem.modules.cli.entry import interrupt_again
from virgem.modules.cli.main import main

from .estates import tree


@pytest.mark.slow
def test_an_interrupt_leaves_nothing_half_written(tmp_path: Path) -> None:
    folder = tmp_path / "kust"
    assert main(["init", str(folder), "--region", "REFREG09"]) == 0
    whole = tmp_path / "whole"
    command = [sys.executable, "-m", "virgem.modules.cli.entry", "plan", str(folder), "-o"]
    subprocess.run([*command, str(whole)], check=False, capture_output=True)
    (folder / "estate.lock").unlink()
    cut = tmp_path / "cut"
    for wait in (0.3, 0.8, 1.3, 1.8, 2.3, 2.8):
        running = subprocess.Popen([*command, str(cut)], stderr=subprocess.PIPE, text=True, env={**os.environ})
        time.sleep(wait)
        running.send_signal(signal.SIGINT)
        _, said = running.communicate(timeout=60)
        # The interpreter itself, before it comes to any of our code, dies of the signal.
        assert running.returncode in (0, 2, 130, -signal.SIGINT)
        assert "Traceback" not in said or "virgem" not in said
        for name in set(tree(cut)) & set(tree(whole)) - {".virgem-holder", ".virgem-files.json"}:
            assert (cut / name).read_bytes() == (whole / name).read_bytes()
    subprocess.run([*command, str(cut)], check=False, capture_output=True)
    left = {name: data for name, data in tree(cut).items() if not name.startswith(".virgem")}
    assert left == {name: data for name, data in tree(whole).items() if not name.startswith(".virgem")}


def _die_interrupted() -> None:
    class Interrupted:
        def __del__(self) -> None:
            raise KeyboardInterrupt

    assert Interrupted()


def test_an_interrupt_in_a_finaliser_is_not_lost(
    monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(sys, "unraisablehook", interrupt_again)
    with pytest.raises(KeyboardInterrupt):  # noqa: PT012
        _die_interrupted()
        time.sleep(10)
    assert capfd.readouterr().err == ""


INTERRUPTING = """
import importlib.abc, os, signal, sys

class Interrupting(importlib.abc.MetaPathFinder):
    def find_spec(self, name, path, target=None):
        if name == {module!r}:
            os.kill(os.getpid(), signal.{number})

# Whoever runs the tests may ignore interrupts, which a process inherits.
signal.signal(signal.SIGINT, signal.default_int_handler)
sys.meta_path.insert(0, Interrupting())
sys.argv = ["virgem", "plan", {estate!r}, "-o", {out!r}]
from virgem.modules.cli.entry import run
run()
"""


@pytest.mark.parametrize(
    "module",
    [
        "virgem.modules.cli.main",
        "argparse",
        "virgem.modules.problem",
        "virgem.modules.cli.plan",
        "yaml",
        "virgem.network.plan",
    ],
)
@pytest.mark.parametrize(("number", "code"), [("SIGINT", 130), ("SIGTERM", 143)])
def test_an_interrupt_while_modules_load_is_told_like_any_other(
    module: str, number: str, code: int, estate: Path, tmp_path: Path
) -> None:
    program = INTERRUPTING.format(module=module, number=number, estate=str(estate), out=str(tmp_path / "out"))
    done = subprocess.run([sys.executable, "-P", "-c", program], capture_output=True, text=True, check=False)
    assert done.returncode == code
    assert done.stderr == "interrupted: nothing is half-written; run the command again to finish\n"
