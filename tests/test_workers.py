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
from virgem.modules.workers import processors, side_by_side


def fail(error: BaseException) -> NoReturn:
    raise error


def gone(number: int) -> bool:
    try:
        os.kill(number, 0)
    except ProcessLookupError:
        return True
    return False


def test_the_answers_come_in_the_order_of_the_jobs() -> None:
    numbers = side_by_side([os.getpid, lambda: "x" * 1_000_000, os.getpid])
    assert numbers[0] == os.getpid() != numbers[2]
    assert numbers[1] == "x" * 1_000_000


def test_no_job_at_all_has_no_answers() -> None:
    assert side_by_side([]) == []


@pytest.mark.parametrize("place", [0, 1])
def test_a_failure_is_raised_wherever_it_happened(place: int) -> None:
    jobs = [lambda: 1, lambda: 2]
    jobs[place] = lambda: fail(UserError("the disk is full", "free some"))
    with pytest.raises(UserError) as caught:
        side_by_side(jobs)
    assert (caught.value.message, caught.value.hint) == ("the disk is full", "free some")


def test_a_failure_of_the_disk_keeps_its_number() -> None:
    with pytest.raises(OSError, match="No space") as caught:
        side_by_side([lambda: 1, lambda: fail(OSError(errno.ENOSPC, "No space left on device"))])
    assert caught.value.errno == errno.ENOSPC


def test_a_copy_that_the_kernel_ended_is_short_of_memory() -> None:
    with pytest.raises(MemoryError):
        side_by_side([lambda: 1, lambda: os.kill(os.getpid(), signal.SIGKILL)])


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


def test_threads_forbid_copies() -> None:
    if sys.platform == "linux" and threading.active_count() == 1:
        assert processors() == len(os.sched_getaffinity(0))
    end = threading.Event()
    other = threading.Thread(target=end.wait)
    other.start()
    assert processors() == 1
    end.set()
    other.join()


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
