"""Jobs done side by side: each but the first in a copy of this process, so on a processor of its own.

A copy holds all that was made before it, and only what its job returns has to come back. It obeys no interrupt: this
process does, and ends its copies before it goes on.
"""

from __future__ import annotations

import contextlib
import os
import pickle
import signal
import sys
import threading
import traceback
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import Generic, NoReturn, TypeVar, cast

T = TypeVar("T")
U = TypeVar("U")


def processors() -> int:
    """Return how many jobs are worth doing at once: 1 where a process cannot be copied safely."""
    # A copy lacks the threads of whoever calls us and of the system libraries of macOS (so says Python's manual).
    if sys.platform != "linux" or threading.active_count() > 1:
        return 1
    return len(os.sched_getaffinity(0))


def side_by_side(jobs: Sequence[Callable[[], T]]) -> list[T]:
    """Return what the jobs return, in their order; raise what the first of them raises that fails.

    When this returns or raises, no job is still at work. On one processor they are done one after the other.
    """
    if processors() == 1:
        return [job() for job in jobs]
    copies: list[_Copy[T]] = []
    # Held while there are copies that nobody would end.
    with _interrupts(signal.SIG_BLOCK):
        try:
            waits = [*jobs[:1], *(_begun(job, copies) for job in jobs[1:])]
            with _interrupts(signal.SIG_UNBLOCK):
                return [wait() for wait in waits]
        finally:
            for copy in copies:
                copy.end()


def both(first: Callable[[], T], second: Callable[[], U]) -> tuple[T, U]:
    """Return what two jobs return that were done side by side; the second should have the smaller answer."""
    jobs: list[Callable[[], T | U]] = [first, second]
    return cast(tuple[T, U], tuple(side_by_side(jobs)))


@contextmanager
def _interrupts(how: signal.Sigmasks) -> Iterator[None]:
    before = signal.pthread_sigmask(how, {signal.SIGINT})
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)


def _begun(job: Callable[[], T], copies: list[_Copy[T]]) -> Callable[[], T]:
    """Begin a job in a copy and return the wait for it; the job itself where no process is to be had."""
    try:
        copies.append(_Copy(job))
    except OSError:
        return job
    return copies[-1].result


class _Copy(Generic[T]):
    """A copy of this process that does one job and hands back what it returned or raised."""

    def __init__(self, job: Callable[[], T]) -> None:
        reading, writing = os.pipe()
        self.number = os.fork()
        if self.number == 0:
            _work(job, writing)
        os.close(writing)
        self.answer = os.fdopen(reading, "rb")

    def result(self) -> T:
        """Wait for the job and return what it returned, or raise what it raised."""
        found: T
        try:
            found, error = pickle.load(self.answer)
        except (EOFError, pickle.UnpicklingError):
            # A copy says what went wrong; only the kernel ends one without a word, when memory is short.
            raise MemoryError from None
        if error is not None:
            raise error
        return found

    def end(self) -> None:
        """Stop the copy if it is still at work, and wait until it is gone."""
        self.answer.close()
        with contextlib.suppress(ProcessLookupError):
            os.kill(self.number, signal.SIGKILL)
        os.waitpid(self.number, 0)


def _work(job: Callable[[], T], answer: int) -> NoReturn:
    """Do a job in a copy and end it there and then: what was begun before the copy is not the copy's to end."""
    try:
        with os.fdopen(answer, "wb") as pipe:
            try:
                found: tuple[T | None, BaseException | None] = (job(), None)
            except BaseException as error:
                # Where it came from does not come back with it, so it is written down for --verbose.
                error.add_note(traceback.format_exc())
                found = (None, error)
            pipe.write(pickle.dumps(found))
    finally:
        os._exit(0)
