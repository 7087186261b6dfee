"""The test hosts themselves: each stands alone, one that fails says why, and nothing of them stays behind."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from support import need_root, need_tool

from live.hosts import STATES, Lab, control_group, lab, sweep
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


def _killed_lab(empty: Image) -> tuple[str, str]:
    """Name and folder of a lab whose process was killed."""
    path = {**os.environ, "PYTHONPATH": str(Path(__file__).parents[1])}
    done = subprocess.run([sys.executable, "-c", KILLED, str(empty.folder)], capture_output=True, text=True, env=path)
    assert done.returncode == -9
    name, folder = done.stdout.split()
    return name, folder


def test_what_a_killed_run_left_behind_is_removed(empty: Image) -> None:
    name, folder = _killed_lab(empty)
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


def test_sweeps_that_meet_do_not_trip_over_each_other(empty: Image) -> None:
    with ThreadPoolExecutor(8) as pool:
        for _ in range(3):
            _killed_lab(empty)
            list(pool.map(lambda _: sweep(), range(8)))


def test_nothing_of_a_lab_stays_behind(debian: Image) -> None:
    with lab(debian) as made:
        made.add("brief")
        groups = control_group(made.hosts["brief"])
        assert groups.is_dir()
    assert not groups.exists()
    assert made.name not in namespaces()
    assert str(made.folder) not in Path("/proc/self/mounts").read_text()
    assert not made.folder.exists()


@pytest.fixture(scope="module")
def hosts(debian: Image) -> Iterator[Lab]:
    """Two hosts, and beside them a lab of another process's kind with a host at the same address."""
    with lab(debian) as made, lab(debian) as other:
        made.add("one", "two")
        other.add("three")
        yield made


def test_a_host_sees_no_control_groups_but_its_own(hosts: Lab) -> None:
    for name in hosts.hosts:
        assert hosts.ssh(name, "grep cgroup /proc/mounts | cut -d' ' -f2,3").strip() == "/sys/fs/cgroup cgroup2"
        assert "0" not in hosts.ssh(name, "cat $(find /sys/fs/cgroup -name cgroup.procs)").split(), "a foreign process"
        assert "../" not in hosts.ssh(name, "cat /proc/1/cgroup")


def test_units_of_one_host_start_however_often_those_of_another_do(hosts: Lab) -> None:
    # Without its count of starts systemd would refuse so many.
    unit = "systemd-sysctl"
    restart = f"for _ in $(seq 100); do systemctl restart {unit} || exit 1; systemctl reset-failed {unit}; done"
    with ThreadPoolExecutor(2) as pool:
        list(pool.map(lambda name: hosts.ssh(name, restart), hosts.hosts))


def test_a_host_that_lets_nobody_in_tells_why(hosts: Lab) -> None:
    hosts.prepare("shut")
    drop_in = hosts.hosts["shut"].root / "etc/systemd/system/systemd-user-sessions.service.d/shut.conf"
    drop_in.parent.mkdir()
    drop_in.write_text("[Service]\nExecStart=\nExecStart=/bin/false\n")
    with pytest.raises(RuntimeError, match="shut does not answer ssh") as failed:
        hosts.start("shut", seconds=10)
    text = str(failed.value)
    assert "System is booting up" in text, "what ssh said"
    assert "systemd-user-sessions.service loaded failed" in text
    assert "code=exited, status=1/FAILURE" in _part(text, "their state")
    assert "sshd" in _part(text, "journal")
    assert "/usr/sbin/sshd -D" in text, "its processes"


def _part(text: str, title: str) -> str:
    """Return one part of an explanation."""
    return text.partition(f"--- {title}:\n")[2].partition("\n--- ")[0]


def test_a_host_whose_unit_failed_is_not_taken_for_ready(hosts: Lab) -> None:
    hosts.prepare("ill")
    units = hosts.hosts["ill"].root / "etc/systemd/system"
    (units / "ill.service").write_text("[Service]\nType=oneshot\nExecStart=/bin/sh -c 'echo it hurts here; exit 3'\n")
    (units / "multi-user.target.wants/ill.service").symlink_to("../ill.service")
    with pytest.raises(RuntimeError, match=r"ill did not start all its units(?s:.)*it hurts here"):
        hosts.start("ill")


def test_a_host_whose_init_ends_is_not_waited_for(hosts: Lab) -> None:
    hosts.prepare("dead")
    init = hosts.hosts["dead"].root / "sbin/init"
    init.unlink()
    init.write_text("#!/bin/sh\necho no way >/dev/console\n")
    init.chmod(0o755)
    with pytest.raises(RuntimeError, match=r"dead: its init ended(?s:.)*--- console:\r?\nno way"):
        hosts.start("dead")
