"""What a local OpenStack costs: its installation, a start, a reset, and its memory."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from live import tenancy
from live.cloud import administrator
from support import ROOT, missing, need_tool

pytestmark = pytest.mark.benchmark


@pytest.fixture(scope="module")
def folder() -> Iterator[Path]:
    if not sys.platform.startswith("linux"):
        missing("needs Linux")
    need_tool("mariadbd", "mariadb-server-core")
    need_tool("my_print_defaults", "mariadb-client-core")
    made = Path(tempfile.mkdtemp(prefix="virgem-"))
    yield made
    twin(made, "down")
    shutil.rmtree(made)


def twin(folder: Path, *arguments: str) -> tuple[float, Any]:
    """Run `virgem twin` with its cache and its instances in a folder; return the seconds and the document."""
    environment = {**os.environ, "XDG_CACHE_HOME": str(folder / "c"), "XDG_STATE_HOME": str(folder / "s")}
    # What uv has fetched before is no part of the question.
    environment["UV_NO_CACHE"] = environment["PIP_NO_CACHE_DIR"] = "1"
    command = [sys.executable, "-m", "virgem.modules.cli.entry", "--json", "twin", *arguments]
    began = time.monotonic()
    done = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, timeout=1800, check=False)
    assert done.returncode == 0, done.stderr[-3000:]
    return time.monotonic() - began, json.loads(done.stdout)


def test_a_start_needs_a_part_of_the_installation_and_a_reset_a_part_of_a_start(folder: Path) -> None:
    install, _ = twin(folder, "install")
    first, _ = twin(folder, "up")
    twin(folder, "down")
    start, told = twin(folder, "up")
    (instance,) = told["instances"]
    tenancy.everything(administrator(Path(instance["clouds"])), "kortrijk")
    reset, emptied = twin(folder, "reset")
    load = os.getloadavg()[0]
    print(f"install {install:.1f} s, first start {first:.1f} s, start {start:.1f} s, load {load:.1f}")
    print(f"reset {emptied['seconds']:.2f} s ({reset:.1f} s with the command's own start)")
    print(f"{instance['mebibytes']} MiB over {instance['processes']} processes")
    assert emptied["seconds"] < start / 3
    assert start < install + first
    assert instance["mebibytes"] < 2048
