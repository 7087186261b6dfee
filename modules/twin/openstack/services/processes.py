"""Processes that end with their parent."""

from __future__ import annotations

import ctypes
import os
import signal
import sys
import traceback
from collections.abc import Callable

_SET_PARENT_DEATH_SIGNAL = 1
_SET_NAME = 15
_C = ctypes.CDLL(None, use_errno=True)


def end_with(parent: int) -> None:
    """Have the kernel end this process when its parent is no more."""
    _C.prctl(_SET_PARENT_DEATH_SIGNAL, signal.SIGKILL)
    if os.getppid() != parent:
        os._exit(1)


def call_itself(name: str) -> None:
    """Name this process in listings."""
    _C.prctl(_SET_NAME, name.encode()[:15])


def fork(run: Callable[[], None]) -> int:
    """Run in a process of its own, which ends with this one; return its number."""
    parent = os.getpid()
    child = os.fork()
    if child:
        return child
    code = 1
    try:
        end_with(parent)
        run()
        code = 0
    except SystemExit as left:
        # A service may leave this way too, after telling why in a log that is not set up yet.
        code = left.code if isinstance(left.code, int) else int(left.code is not None)
        if code:
            traceback.print_exc()
    except BaseException:
        traceback.print_exc()
    finally:
        sys.stdout.flush()
        sys.stderr.flush()
        os._exit(code)


def in_fork(run: Callable[[], None]) -> None:
    """Run where global state (configuration, engines) is dropped afterwards; imports made before are shared."""
    _, status = os.waitpid(fork(run), 0)
    if status:
        # What went wrong is told already, by the process that it went wrong in.
        os._exit(1)
