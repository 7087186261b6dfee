"""The test hosts themselves: what a killed run leaves behind is removed by the next, and nothing of a living one."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest
from support import need_root, need_tool

from live.hosts import STATES, lab, sweep
from live.images import Image

pytestmark = pytest.mark.slow
KILLED = """
import os, pathlib, signal, sys
from live.hosts import lab
from live.images import Image
with lab(Image(folder=pathlib.Path(sys.argv[1]))) as made:
    print(made.name, made.folder, flush=True)
    os.kill(os.getpid(), signal.SIGKILL)
"""


@pytest.fixture
def empty(tmp_path: Path) -> Image:
    """An image without a root: enough for a lab that has no hosts yet."""
    need_root()
    need_tool("ip", "iproute2")
    (tmp_path / "repository").mkdir()
    return Image(folder=tmp_path)


def namespaces() -> str:
    return subprocess.run(["ip", "netns", "list"], capture_output=True, text=True, check=True).stdout


def processes(namespace: str) -> list[str]:
    return subprocess.run(["ip", "netns", "pids", namespace], capture_output=True, text=True).stdout.split()


def test_what_a_killed_run_left_behind_is_removed(empty: Image) -> None:
    path = {**os.environ, "PYTHONPATH": str(Path(__file__).parents[1])}
    done = subprocess.run([sys.executable, "-c", KILLED, str(empty.folder)], capture_output=True, text=True, env=path)
    name, folder = done.stdout.split()
    assert done.returncode == -9
    assert f"{name}-mgmt" in namespaces()
    assert processes(f"{name}-mgmt"), "its package server outlives the killed run"
    sweep()
    assert name not in namespaces()
    assert not Path(folder).exists()
    assert not (STATES / f"{name}.json").exists()


def test_a_lab_of_a_living_process_is_left_alone_and_goes_with_its_block(empty: Image) -> None:
    with lab(empty) as made:
        sweep()
        assert made.management in namespaces()
        assert made.folder.is_mount()
    assert made.management not in namespaces()
    assert not made.folder.exists()
