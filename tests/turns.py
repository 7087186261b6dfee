"""Turns between the processes of one test run: a benchmark has the machine to itself, all else goes side by side."""

from __future__ import annotations

import fcntl
import os
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

from xdist.scheduler import LoadScopeScheduling

HERE = Path(__file__)
# A folder of it is one part: its tests share hosts or a cloud, and all of them at once would be too much.
LIVE = "tests/live/"


@contextmanager
def turn(*, alone: bool, gate: Path = HERE, room: Path = HERE.parent) -> Iterator[None]:
    """Wait for a turn and hold it, as the only one or with others that do not want to be alone.

    All come through a gate, which one who waits to be alone keeps shut: else others could follow for ever.
    """
    with ExitStack() as held:
        at_gate, inside = (held.enter_context(_opened(place)) for place in (gate, room))
        fcntl.flock(at_gate, fcntl.LOCK_EX)
        fcntl.flock(inside, fcntl.LOCK_EX if alone else fcntl.LOCK_SH)
        if not alone:
            fcntl.flock(at_gate, fcntl.LOCK_UN)
        yield


@contextmanager
def _opened(place: Path) -> Iterator[int]:
    """Open a file or folder that only serves to be locked; closing it gives the lock back."""
    descriptor = os.open(place, os.O_RDONLY | os.O_CLOEXEC)
    try:
        yield descriptor
    finally:
        os.close(descriptor)


class Scopes(LoadScopeScheduling):
    """Shares tests out between processes in parts that stay together."""

    def _split_scope(self, nodeid: str) -> str:
        return scope(nodeid)


def scope(nodeid: str) -> str:
    """Return what a test stays together with: its file, for its fixtures, or the folder of what starts services."""
    file = nodeid.partition("::")[0]
    return file.rpartition("/")[0] if file.startswith(LIVE) else file
