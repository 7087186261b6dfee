"""Threads of the local OpenStack's services wake when a message was sent, and only then."""

from __future__ import annotations

import threading
import time

from virgem.modules.twin.openstack.services.patches import Bell


def seconds(bell: Bell, most: float) -> float:
    began = time.monotonic()
    bell.wait(most)
    return time.monotonic() - began


def test_a_ring_wakes_all_that_wait() -> None:
    bell, woken = Bell(), list[float]()

    def listen() -> None:
        bell.wait(0)
        woken.append(seconds(bell, 30))

    threads = [threading.Thread(target=listen) for _ in range(3)]
    for thread in threads:
        thread.start()
    time.sleep(0.2)
    bell.ring()
    for thread in threads:
        thread.join(10)
    assert len(woken) == 3


def test_a_ring_between_looking_and_waiting_is_not_missed() -> None:
    bell = Bell()
    bell.wait(0)
    bell.ring()
    assert seconds(bell, 30) < 10
    # It was heard: the next one is waited for.
    assert seconds(bell, 0.1) >= 0.09
