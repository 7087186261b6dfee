"""Jobs side by side: answers in order, failures handed on, nobody left at work."""

from __future__ import annotations

import errno
import os
import signal
import subprocess
import sys
import threading
import time
from pathlib import Path
from typing import NoReturn

import pytest

from virgem.modules.problem import UserError
from virgem.modules.workers import both, processors, side_by_side

# Without copies the jobs are done one after the other, which the others of these tests cover.
needs_copies = pytest.mark.skipif(sys.platform != "linux" or len(os.sched_getaffinity(0)) == 1, reason="no copies here")


def fail(error: BaseException) -> NoReturn:
    raise error


def gone(number: int) -> bool:
    try:
        os.kill(number, 0)
    except ProcessLookupError:
        return True
    return False


@needs_copies
def test_all_jobs_but_the_first_are_done_elsewhere() -> None:
    here, one, other = side_by_side([os.getpid] * 3)
    assert here == os.getpid()
    assert len({here, one, other}) == 3


def test_the_answers_come_in_the_order_of_the_jobs() -> None:
    assert side_by_side([lambda: "a", lambda: "b" * 1_000_000, lambda: "c"]) == ["a", "b" * 1_000_000, "c"]
    assert both(lambda: 1, lambda: "two") == (1, "two")


def test_one_thread_more_and_all_is_done_here() -> None:
    end = threading.Event()
    other = threading.Thread(target=end.wait)
    other.start()
    assert processors() == 1
    assert side_by_side([os.getpid, os.getpid]) == [os.getpid()] * 2
    end.set()
    other.join()


def test_no_job_at_all_has_no_answers() -> None:
    assert side_by_side([]) == []


@pytest.mark.parametrize("place", [0, 1])
def test_a_failure_is_raised_wherever_it_happened(place: int) -> None:
    jobs = [lambda: 1, lambda: 2]
    jobs[place] = lambda: fail(UserError("the disk is full", "free some"))
    with pytest.raises(UserError) as caught:
        side_by_side(jobs)
    assert (caught.value.message, caught.value.hint) == ("the disk is full", "free some")


@needs_copies
def test_a_failure_elsewhere_says_where() -> None:
    with pytest.raises(UserError) as caught:
        side_by_side([lambda: 1, lambda: fail(UserError("no"))])
    assert "test_workers.py" in "".join(caught.value.__notes__)


def test_a_failure_of_the_disk_keeps_its_number() -> None:
    with pytest.raises(OSError, match="No space") as caught:
        side_by_side([lambda: 1, lambda: fail(OSError(errno.ENOSPC, "No space left on device"))])
    assert caught.value.errno == errno.ENOSPC


@needs_copies
def test_a_copy_that_the_kernel_ended_is_short_of_memory() -> None:
    with pytest.raises(MemoryError):
        side_by_side([lambda: 1, lambda: os.kill(os.getpid(), signal.SIGKILL)])


@needs_copies
def test_after_a_failure_here_no_copy_is_left(tmp_path: Path) -> None:
    def work() -> None:
        (tmp_path / "number").write_text(str(os.getpid()))
        time.sleep(60)

    def fail_later() -> None:
        while not (tmp_path / "number").exists() or not (tmp_path / "number").read_text():
            time.sleep(0.01)
        raise UserError("no")

    with pytest.raises(UserError):
        side_by_side([fail_later, work])
    assert gone(int((tmp_path / "number").read_text()))


INTERRUPTED = """
import os, signal, sys, time
from virgem.modules.workers import side_by_side
signal.signal(signal.SIGINT, signal.default_int_handler)

def work():
    print(os.getpid(), flush=True)
    time.sleep(60)

try:
    side_by_side([lambda: time.sleep(60), work])
except KeyboardInterrupt:
    sys.exit(130)
"""


@needs_copies
def test_an_interrupt_ends_the_copies_at_once() -> None:
    running = subprocess.Popen([sys.executable, "-c", INTERRUPTED], stdout=subprocess.PIPE, text=True)
    assert running.stdout is not None
    copy = int(running.stdout.readline())
    # The copy itself obeys none: a terminal interrupts both.
    os.kill(copy, signal.SIGINT)
    running.send_signal(signal.SIGINT)
    assert running.wait(timeout=30) == 130
    running.stdout.close()
    assert gone(copy)
