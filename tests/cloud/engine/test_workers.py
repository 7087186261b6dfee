"""Many stacks at a time: in their order, within the bound, each interrupted once and cleanly."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Mapping
from pathlib import Path

import pytest
from support import ROOT

from virgem.modules.cloud.engine import locks, workers
from virgem.modules.cloud.engine.place import Place, place
from virgem.modules.cloud.engine.running import Engine, Order, Outcome
from virgem.modules.cloud.engine.steps import Fault
from virgem.modules.cloud.engine.workers import Work, run_all

ENGINE = Engine(path=Path("/nowhere/pulumi"), version="3.0.0", variables={})
NEEDS = {name: frozenset(needs) for name, needs in {"a": (), "b": ("a",), "c": ("a",), "d": ("b", "c")}.items()}
REFUSED = (Fault(urn="", message="no"),)


@pytest.fixture
def where(tmp_path: Path) -> Place:
    (tmp_path / "log").mkdir()
    return place("klein", str(tmp_path), {})


def order(name: str) -> Order:
    return Order(what="up", stack=name, program=lambda: None)


def names(where: Place, work: Work, needs: Mapping[str, frozenset[str]] = NEEDS, bound: int = 4) -> list[str]:
    return [outcome.stack for outcome in run_all(needs, order, where, ENGINE, bound, work)]


def test_a_stack_waits_for_what_it_stands_on(where: Place) -> None:
    found = names(where, lambda order, *_: Outcome(stack=order.stack))
    assert (found[0], sorted(found[1:3]), found[3]) == ("a", ["b", "c"], "d")


def test_what_stands_on_a_failure_is_left_out_and_the_rest_is_done(where: Place) -> None:
    def work(order: Order, *_: object) -> Outcome:
        return Outcome(stack=order.stack, faults=REFUSED if order.stack == "b" else ())

    assert sorted(names(where, work)) == ["a", "b", "c"]


def test_what_stands_on_a_stack_that_cannot_be_opened_is_left_out(where: Place) -> None:
    def make(name: str) -> Order | Outcome | None:
        held = Outcome(stack=name, faults=REFUSED)
        return {"a": None, "b": held}.get(name, order(name))

    found = list(run_all(NEEDS, make, where, ENGINE, 4, lambda order, *_: Outcome(stack=order.stack)))
    assert {outcome.stack: bool(outcome.faults) for outcome in found} == {"b": True, "c": False}


def test_no_more_run_at_a_time_than_the_bound(where: Place) -> None:
    def work(order: Order, *_: object) -> Outcome:
        mine = where.folder / f"running-{order.stack}"
        mine.touch()
        seen = len(list(where.folder.glob("running-*")))
        time.sleep(0.1)
        mine.unlink()
        return Outcome(stack=order.stack, seconds=seen)

    free = {name: frozenset[str]() for name in "abcdef"}
    seen = [outcome.seconds for outcome in run_all(free, order, where, ENGINE, 2, work)]
    assert (len(seen), max(seen) <= 2) == (6, True)


def test_what_has_nothing_to_do_is_done(where: Place) -> None:
    found = run_all(NEEDS, lambda name: order(name) if name == "d" else None, where, ENGINE, 4, done)
    assert [outcome.stack for outcome in found] == ["d"]


def done(order: Order, *_: object) -> Outcome:
    return Outcome(stack=order.stack)


def test_what_takes_long_is_told_from_time_to_time(where: Place, monkeypatch: pytest.MonkeyPatch) -> None:
    def work(order: Order, where: Place, engine: Engine, tell: Callable[[int], None]) -> Outcome:
        for done in range(1, 41):
            tell(done)
            time.sleep(0.01)
        return Outcome(stack=order.stack)

    monkeypatch.setattr(workers, "TOLD_EVERY_SECONDS", 0.1)
    heard = list[tuple[str, int]]()
    (found,) = run_all({"a": frozenset()}, order, where, ENGINE, 4, work, lambda *told: heard.append(told))
    assert found.stack == "a"
    assert {stack for stack, _ in heard} == {"a"}
    counts = [count for _, count in heard]
    assert counts == sorted(counts)
    # Every tenth of a second at most, and the work takes four of them and more.
    assert 1 <= len(counts) < 40


def test_a_process_that_was_killed_is_told(where: Place) -> None:
    def work(order: Order, *_: object) -> Outcome:
        os.kill(os.getpid(), signal.SIGKILL)
        raise AssertionError

    (outcome,) = run_all({"a": frozenset()}, order, where, ENGINE, 4, work)
    assert "ended from outside" in outcome.faults[0].message


def test_a_fault_of_ours_is_told_and_its_place_is_in_the_log(where: Place) -> None:
    def work(order: Order, *_: object) -> Outcome:
        print("said")
        raise KeyError("x")

    (outcome,) = run_all({"a": frozenset()}, order, where, ENGINE, 4, work)
    assert outcome.faults[0].message == "KeyError: 'x'"
    assert "Traceback" in (where.folder / "log" / "a.log").read_text()


def test_an_interrupt_reaches_every_process_once_and_waits_for_its_end(where: Place) -> None:
    def work(order: Order, *_: object) -> Outcome:
        told: list[int] = []
        signal.signal(signal.SIGINT, lambda *_: told.append(1))
        while not told:
            time.sleep(0.02)
        time.sleep(0.3)
        (where.folder / f"ended-{order.stack}").write_text(str(len(told)))
        return Outcome(stack=order.stack)

    def interrupt() -> None:
        time.sleep(0.5)
        os.kill(os.getpid(), signal.SIGINT)

    threading.Thread(target=interrupt).start()
    # Whoever runs the tests may ignore interrupts.
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    try:
        with pytest.raises(KeyboardInterrupt):
            names(where, work, {"a": frozenset(), "b": frozenset(), "c": frozenset({"a"})})
    finally:
        signal.signal(signal.SIGINT, before)
    assert {path.name: path.read_text() for path in where.folder.glob("ended-*")} == {"ended-a": "1", "ended-b": "1"}


def test_when_this_process_is_killed_the_others_end_as_at_an_interrupt(where: Place) -> None:
    def work(order: Order, *_: object) -> Outcome:
        told: list[int] = []
        signal.signal(signal.SIGINT, lambda *_: told.append(1))
        (where.folder / "begun").touch()
        while not told:
            time.sleep(0.02)
        (where.folder / "ended").touch()
        return Outcome(stack=order.stack)

    if not (child := os.fork()):
        list(run_all({"a": frozenset()}, order, where, ENGINE, 4, work))
        os._exit(0)
    until((where.folder / "begun").exists)
    os.kill(child, signal.SIGKILL)
    os.waitpid(child, 0)
    until((where.folder / "ended").exists)


def until(found: Callable[[], bool]) -> None:
    deadline = time.monotonic() + 20
    while not found():
        assert time.monotonic() < deadline
        time.sleep(0.02)


ORPHANS = """
import os, sys, time
from pathlib import Path
from virgem.modules.cloud.engine.place import place
from virgem.modules.cloud.engine.running import Engine, Order, Outcome
from virgem.modules.cloud.engine.workers import run_all

folder, parent = Path(sys.argv[1]), os.getpid()

def work(order, *_):
    (folder / f"pid-{order.stack}").write_text(str(os.getpid()))
    while os.getppid() == parent:
        time.sleep(0.02)
    # More than a pipe holds.
    return Outcome(stack=order.stack, outputs={"much": "x" * 2**20})

engine = Engine(path=Path("/nowhere/pulumi"), version="3.0.0", variables={})
order = lambda name: Order(what="up", stack=name, program=lambda: None)
needs = {name: frozenset() for name in "abc"}
list(run_all(needs, order, place("klein", str(folder), {}), engine, 3, work))
"""


def test_what_a_killed_parent_leaves_behind_ends_however_much_it_has_to_say(where: Place) -> None:
    parent = subprocess.Popen([sys.executable, "-c", ORPHANS, str(where.folder)], cwd=ROOT)
    pids = [where.folder / f"pid-{name}" for name in "abc"]
    until(lambda: all(file.exists() and file.read_text() for file in pids))
    parent.kill()
    parent.wait()
    until(lambda: not any(locks.lives(int(file.read_text())) for file in pids))
