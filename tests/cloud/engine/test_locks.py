"""Who holds a lock on a state that several machines share, and which lock its own machine may take away."""

from __future__ import annotations

import io
import os
import socket
import subprocess
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from pulumi.automation.errors import CommandError

from virgem.modules.cloud.engine import locks
from virgem.modules.cloud.engine.command import Command
from virgem.modules.cloud.engine.locks import Holder

SAID = """\
error: the stack is currently locked by 2 lock(s). Either wait for the other process(es) to end or delete the lock \
file with `pulumi cancel`.
  postgres://****:****@db/pulumi/.pulumi/locks/x.json: created by an@host-1 (pid 7) at 2026-11-27T13:00:00Z
  postgres://****:****@db/pulumi/.pulumi/locks/y.json: created by bob@host-2 (pid 8) at 2026-11-27T14:00:00+01:00
"""


def test_every_holder_is_named() -> None:
    assert locks.told(locks.holders(SAID)) == (
        "the stack is held by process 7 of an on host-1, since 2026-11-27T13:00:00Z"
        " and by process 8 of bob on host-2, since 2026-11-27T14:00:00+01:00: currently locked by it"
    )
    assert locks.holders("created by an@host-1 (pid 7) at noon") == ()


def test_a_holder_is_named_in_a_store_of_s3_as_well() -> None:
    said = (
        "SDK 2026/11/27 16:50:15 WARN Response has no supported checksum. Not validating response payload.\n"
        "error: the stack is currently locked by 1 lock(s). Either wait for the other process(es) to end or delete the "
        "lock file with `pulumi cancel`.\n  s3://bucket/klein/.pulumi/locks/organization/virgem/shared/a.json"
        "?endpoint=http://127.0.0.1:7071&use_path_style=true: created by me@h (pid 9) at 2026-11-27T16:00:00Z\n"
    )
    assert locks.holders(said) == (Holder(user="me", host="h", pid=9, since="2026-11-27T16:00:00Z"),)


def gone() -> int:
    """The number of a process that is no more."""
    with subprocess.Popen([sys.executable, "-c", ""]) as process:
        process.wait()
    return process.pid


def since(seconds: float = 0) -> str:
    return (datetime.now(UTC) + timedelta(seconds=seconds)).isoformat(timespec="seconds")


def holder(pid: int, host: str = "", seconds: float = 0) -> Holder:
    return Holder(user="an", host=host or socket.gethostname(), pid=pid, since=since(seconds))


def test_a_lock_is_left_behind_only_where_this_machine_started_its_process_then_and_it_is_gone(tmp_path: Path) -> None:
    pid = gone()
    assert not locks.was_left(holder(pid), tmp_path)
    (tmp_path / str(pid)).touch()
    assert locks.was_left(holder(pid), tmp_path)
    assert not locks.was_left(holder(pid, "elsewhere"), tmp_path)
    # Another machine of that name, with a process of that number.
    assert not locks.was_left(holder(pid, seconds=-60), tmp_path)
    assert not locks.was_left(holder(pid, seconds=3600), tmp_path)
    (tmp_path / str(os.getpid())).touch()
    assert not locks.was_left(holder(os.getpid()), tmp_path)


def test_a_mark_is_there_while_an_engine_runs(tmp_path: Path) -> None:
    with locks.marked(tmp_path, 7):
        assert [path.name for path in tmp_path.iterdir()] == ["7"]
    assert list(tmp_path.iterdir()) == []
    with locks.marked(None, 7):
        pass


def engine(tmp_path: Path, pid: int) -> Path:
    """An engine that finds a lock until that is cancelled."""
    by = f"created by an@{socket.gethostname()} (pid {pid}) at {since()}"
    said = f"the stack is currently locked by 1 lock(s)\\n x: {by}"
    program = tmp_path / "pulumi"
    program.write_text(
        f"#!/bin/sh\necho $* >> {tmp_path}/called\n"
        f"[ $2 = cancel ] && touch {tmp_path}/free\n"
        f"[ -e {tmp_path}/free ] || {{ printf '{said}' >&2; exit 255; }}\n"
    )
    program.chmod(0o755)
    return program


def test_what_a_killed_engine_of_this_machine_left_is_taken_away_and_the_command_run_again(tmp_path: Path) -> None:
    marks, pid = tmp_path / "marks", gone()
    marks.mkdir()
    (marks / str(pid)).touch()
    command = Command(engine(tmp_path, pid), "3.253.0", io.StringIO(), marks)
    assert command.run(["up", "--stack", "shared"], str(tmp_path), {}).code == 0
    called = (tmp_path / "called").read_text().splitlines()
    assert called == [
        "--non-interactive up --stack shared",
        "--non-interactive cancel --yes --stack shared",
        "--non-interactive up --stack shared",
    ]


def test_a_lock_that_somebody_holds_stays_and_they_are_named(tmp_path: Path) -> None:
    marks = tmp_path / "marks"
    marks.mkdir()
    (marks / str(os.getpid())).touch()
    command = Command(engine(tmp_path, os.getpid()), "3.253.0", io.StringIO(), marks)
    with pytest.raises(CommandError, match=f"held by process {os.getpid()} of an on {socket.gethostname()}, since "):
        command.run(["up", "--stack", "shared"], str(tmp_path), {})
    assert not (tmp_path / "free").exists()


def test_an_empty_passphrase_is_none_to_the_engine(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PULUMI_CONFIG_PASSPHRASE", "")
    program = tmp_path / "pulumi"
    program.write_text("#!/bin/sh\nenv\n")
    program.chmod(0o755)
    told = Command(program, "3.253.0", io.StringIO()).run(["x"], str(tmp_path), {"PULUMI_HOME": "/h"}).stdout
    assert "PULUMI_CONFIG_PASSPHRASE" not in told
    assert "PULUMI_HOME=/h" in told


def test_the_password_of_the_store_is_in_nothing_that_the_engine_says_or_the_log_keeps(tmp_path: Path) -> None:
    program, log = tmp_path / "pulumi", io.StringIO()
    program.write_text("#!/bin/sh\necho cannot open $PULUMI_BACKEND_URL, CANARY%2F or CANARY/ or CANARY2 >&2\nexit 1\n")
    program.chmod(0o755)
    url = {"PULUMI_BACKEND_URL": "postgres://me:CANARY%2F@db/pulumi?password=CANARY2"}
    with pytest.raises(CommandError, match=r"cannot open postgres://me:\*+@db") as failed:
        Command(program, "3.253.0", log).run(["up"], str(tmp_path), url)
    assert "CANARY" not in str(failed.value) + log.getvalue()


def test_a_process_that_has_ended_is_none_though_nobody_asked_how_it_ended() -> None:
    with subprocess.Popen([sys.executable, "-c", "input()"], stdin=subprocess.PIPE) as process:
        assert locks.lives(process.pid)
        process.kill()
        # Not polled: it stays a zombie.
        os.waitid(os.P_PID, process.pid, os.WEXITED | os.WNOWAIT)
        os.kill(process.pid, 0)
        assert not locks.lives(process.pid)
    assert not locks.lives(process.pid)
