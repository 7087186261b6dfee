"""The engine's locks on a state that several machines share: who holds one, and which were left behind.

A lock names account, host, process and time. A host's name is not unique, so a lock counts as left behind only where
this machine noted that it started that process then, and the process is no more.
"""

from __future__ import annotations

import os
import re
import socket
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

# What the engine says of each lock that is in its way (pulumi/pkg: backend/diy/lock.go).
_HOLDER = re.compile(r"created by (\S+)@(\S+) \(pid (\d+)\) at (\S+)")
# How long after its start an engine may take its lock: it reads the state before, on a busy machine.
_SECONDS = 600


@dataclass(frozen=True, slots=True, kw_only=True)
class Holder:
    """Who holds a lock; `since` is a time as the engine writes it, of the holder's own clock."""

    user: str
    host: str
    pid: int
    since: str

    def __str__(self) -> str:
        return f"process {self.pid} of {self.user} on {self.host}, since {self.since}"


def holders(text: str) -> tuple[Holder, ...]:
    """Return who holds the locks that the engine names."""
    if "currently locked by" not in text:
        return ()
    return tuple(Holder(user=u, host=h, pid=int(p), since=s) for u, h, p, s in _HOLDER.findall(text))


def told(found: tuple[Holder, ...]) -> str:
    """Return one sentence about them."""
    return f"the stack is held by {' and by '.join(map(str, found))}: currently locked by it"


def lives(pid: int) -> bool:
    """Tell whether a process of this machine is there, and not only its number until somebody asks how it ended."""
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    with suppress(OSError):  # the systems that have no /proc tell no more
        # After the name, which may hold anything: the state (proc_pid_stat(5)).
        return Path(f"/proc/{pid}/stat").read_text(errors="replace").rpartition(") ")[2][:1] not in ("Z", "X")
    return True


@contextmanager
def marked(folder: Path | None, pid: int) -> Iterator[None]:
    """Note that this machine runs an engine; after kill -9 the note stays."""
    if folder is None:
        yield
        return
    mark = folder / str(pid)
    mark.write_text("")
    try:
        yield
    finally:
        mark.unlink(missing_ok=True)


def was_left(holder: Holder, folder: Path) -> bool:
    """Tell whether a lock is that of an engine that this machine started, and that is no more."""
    if holder.host != socket.gethostname() or lives(holder.pid):
        return False
    with suppress(OSError, ValueError):
        begun = (folder / str(holder.pid)).stat().st_mtime
        # The engine writes whole seconds.
        return -1 <= datetime.fromisoformat(holder.since).timestamp() - begun <= _SECONDS
    return False
