"""The turns that processes of one test run take: side by side, but alone where one must be."""

from __future__ import annotations

from concurrent.futures import Future, ThreadPoolExecutor, wait
from contextlib import AbstractContextManager
from pathlib import Path
from threading import Event

import pytest
from turns import scope, turn


class Runner:
    """Takes turns in threads: locks belong to what is opened, so they exclude each other as processes do."""

    def __init__(self, folder: Path, pool: ThreadPoolExecutor) -> None:
        self.folder = folder
        self.pool = pool

    def start(self, *, alone: bool) -> tuple[Future[None], Event, Event]:
        """Return the turn, an event that tells that it began, and one that ends it."""
        began, leave = Event(), Event()
        return self.pool.submit(self._take, began, leave, alone=alone), began, leave

    def _take(self, began: Event, leave: Event, *, alone: bool) -> None:
        with turn(alone=alone, gate=self.folder / "gate", room=self.folder / "room"):
            began.set()
            assert leave.wait(20)


@pytest.fixture
def runner(tmp_path: Path) -> Runner:
    (tmp_path / "gate").touch()
    (tmp_path / "room").mkdir()
    return Runner(tmp_path, ThreadPoolExecutor(3))


def test_those_that_need_not_be_alone_go_side_by_side(runner: Runner) -> None:
    first, second = (runner.start(alone=False) for _ in range(2))
    assert first[1].wait(20)
    assert second[1].wait(20)
    first[2].set()
    second[2].set()
    assert not wait([first[0], second[0]], 20).not_done


@pytest.mark.parametrize(("first", "second"), [(True, False), (False, True), (True, True)])
def test_one_that_is_alone_waits_and_is_waited_for(runner: Runner, first: bool, second: bool) -> None:
    one = runner.start(alone=first)
    assert one[1].wait(20)
    other = runner.start(alone=second)
    assert not other[1].wait(0.3)
    one[2].set()
    assert other[1].wait(20)
    other[2].set()
    assert not wait([one[0], other[0]], 20).not_done


def test_nobody_overtakes_one_that_waits_to_be_alone(runner: Runner) -> None:
    one = runner.start(alone=False)
    assert one[1].wait(20)
    alone = runner.start(alone=True)
    assert not alone[1].wait(0.3)
    late = runner.start(alone=False)
    assert not late[1].wait(0.3)
    one[2].set()
    assert alone[1].wait(20)
    assert not late[1].wait(0.3)
    alone[2].set()
    late[2].set()
    assert not wait([one[0], alone[0], late[0]], 20).not_done


def test_a_test_that_fails_gives_its_turn_back(runner: Runner) -> None:
    with pytest.raises(ValueError, match="failed"), _turn(runner):
        raise ValueError("failed")
    with _turn(runner):
        pass


def _turn(runner: Runner) -> AbstractContextManager[None]:
    return turn(alone=True, gate=runner.folder / "gate", room=runner.folder / "room")


@pytest.mark.parametrize(
    ("test", "part"),
    [
        ("tests/live/test_roles.py::test_one[x::y]", "tests/live"),
        ("tests/live/test_hosts.py::test_one", "tests/live"),
        ("tests/live/openstack/test_openstack.py::test_one", "tests/live/openstack"),
        ("tests/cloud/test_plan.py::test_one[a/b]", "tests/cloud/test_plan.py"),
    ],
)
def test_tests_of_a_file_and_live_ones_of_a_folder_stay_in_one_process(test: str, part: str) -> None:
    assert scope(test) == part
