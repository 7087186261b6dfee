"""The processes of an instance: known by a mark in their environment, which every child inherits.

A process number that was written down may be another's by now, and one that was not written down in time is lost; the
mark is there from the first moment and goes with the process.
"""

from __future__ import annotations

import os
import select
import signal
import time
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

MARK = "VIRGEM_OPENSTACK"
_END_SECONDS = 20


def of(token: str, proc: Path = Path("/proc")) -> tuple[int, ...]:
    """Return the processes with this mark."""
    wanted = f"{MARK}={token}".encode()
    return tuple(number for number in _numbers(proc) if wanted in _environment(proc, number).split(b"\0"))


def _numbers(proc: Path) -> Iterator[int]:
    return (int(path.name) for path in proc.iterdir() if path.name.isdigit())


def _environment(proc: Path, number: int) -> bytes:
    try:
        return (proc / str(number) / "environ").read_bytes()
    except OSError:
        return b""


def end(token: str) -> int:
    """End all of them, also those that are just being started; return how many there were.

    When this returns they hold nothing: a process loses its mark, with its memory, before its ports and files.
    """
    ended: set[int] = set()
    deadline = time.monotonic() + _END_SECONDS
    with ExitStack() as held:
        watches: list[int] = []
        while (found := of(token)) and time.monotonic() < deadline:
            # All before any is killed: the end of one ends those that it started.
            watches.extend(watch for number in set(found) - ended for watch in _watched(number, held))
            ended.update(found)
            for number in found:
                _kill(number)
            time.sleep(0.02)
        for watch in watches:
            select.select([watch], [], [], max(deadline - time.monotonic(), 0))
    return len(ended)


def _watched(number: int, held: ExitStack) -> Iterator[int]:
    """Yield what tells when all threads of a process have ended; nothing when they have."""
    try:
        watch = os.pidfd_open(number)
    except ProcessLookupError:
        return
    held.callback(os.close, watch)
    yield watch


def _kill(number: int) -> None:
    try:
        os.kill(number, signal.SIGKILL)
    except ProcessLookupError:
        return


def mebibytes(token: str, proc: Path = Path("/proc")) -> float:
    """Return the memory they take together; what they share counts once."""
    return sum(_kibibytes(proc, number) for number in of(token, proc)) / 1024


def _kibibytes(proc: Path, number: int) -> int:
    try:
        lines = (proc / str(number) / "smaps_rollup").read_text().splitlines()
    except OSError:
        return 0
    return sum(int(line.split()[1]) for line in lines if line.startswith("Pss:"))
