"""The script that puts the old files of a router back: whoever is first, clock or confirmation, no half is new."""

from __future__ import annotations

import os
import subprocess
from pathlib import Path

import pytest
from support import ROOT

SCRIPT = ROOT / "playbooks/roles/site_router/files/virgem-restore"


class Router:
    """A folder that stands for a router with one file and one tunnel; commands write down that they ran."""

    def __init__(self, folder: Path) -> None:
        self.folder, self.file, self.tunnel = folder, folder / "frr.conf", folder / "wg0.conf"
        self.script = folder / "virgem-restore"
        self.script.write_text(SCRIPT.read_text().replace("/var/lib/virgem/router", str(folder / "state")))
        for name in ("systemctl", "systemd-run"):
            (folder / name).write_text("#!/bin/sh\n")
            (folder / name).chmod(0o755)
        self.file.write_text("old")
        self.tunnel.write_text("tunnel")

    def run(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        path = {**os.environ, "PATH": f"{self.folder}:{os.environ['PATH']}"}
        return subprocess.run(["sh", str(self.script), *arguments], capture_output=True, text=True, env=path)

    def arm(self) -> None:
        kept = [f"{path}=echo {path.name} >>{self.folder}/applied" for path in (self.file, self.tunnel)]
        assert self.run("--arm", "120", *kept).returncode == 0

    def swap(self) -> None:
        self.file.write_text("new")
        self.tunnel.unlink()

    @property
    def is_old(self) -> bool:
        return self.file.read_text() == "old" and self.tunnel.exists() and self.tunnel.read_text() == "tunnel"


@pytest.fixture
def router(tmp_path: Path) -> Router:
    return Router(tmp_path)


def test_what_is_confirmed_stays(router: Router) -> None:
    router.arm()
    router.swap()
    assert router.run("--confirm").returncode == 0
    for arguments in ((), ("--again",)):
        assert router.run(*arguments).stdout == ""
    assert not router.is_old


def test_a_file_that_was_swapped_and_one_that_was_removed_come_back_and_are_applied(router: Router) -> None:
    router.arm()
    router.swap()
    assert router.run().stdout.splitlines() == [f"restored {router.file}", f"restored {router.tunnel}"]
    assert router.is_old
    assert (router.folder / "applied").read_text() == "frr.conf\nwg0.conf\n"


def test_what_was_swapped_after_the_clock_had_run_out_goes_back_too(router: Router) -> None:
    router.arm()
    assert router.run().returncode == 0
    router.swap()
    confirmed = router.run("--confirm")
    assert confirmed.returncode == 1
    assert "no confirmation came in time" in confirmed.stderr
    assert "restored" in router.run("--again").stdout
    assert router.is_old


def test_a_run_that_is_over_puts_nothing_back_in_a_later_one(router: Router) -> None:
    router.arm()
    router.swap()
    assert router.run("--again").returncode == 0
    router.swap()
    router.arm()
    assert router.run("--confirm").returncode == 0
    assert router.run("--again").stdout == ""
    assert not router.is_old
