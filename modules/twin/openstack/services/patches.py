"""What must be so in every process before a service is imported."""

from __future__ import annotations

import sys
import threading
import time
from importlib.machinery import ModuleSpec
from types import SimpleNamespace
from typing import Any

_LOOK_AGAIN_SECONDS = 30


class NoEventlet:
    """Keeps eventlet out: it would replace the threads that all of this runs on."""

    def find_spec(self, name: str, path: object = None, target: object = None) -> ModuleSpec | None:
        """Refuse eventlet and leave every other module to the next finder."""
        if name.partition(".")[0] == "eventlet":
            raise ImportError("the services run on native threads")
        return None


NO_EVENTLET = NoEventlet()


def prepare() -> None:
    """Choose native threads, and make them and the messages in a process quick."""
    import oslo_service.backend as backend

    backend.init_backend(backend.BackendType.THREADING)
    # Threads that make many small queries else wait 5 ms for each other every time.
    sys.setswitchinterval(0.0005)
    _wake_listeners()
    _leave_idle_threads_alone()


def block_eventlet() -> None:
    """Refuse eventlet from here on."""
    sys.meta_path.insert(0, NO_EVENTLET)


def allow_eventlet() -> None:
    """Let it be imported again, for services that import it without using it."""
    sys.meta_path.remove(NO_EVENTLET)


class Bell:
    """Wakes the threads that look for messages when one was sent, also one that came between looking and waiting."""

    def __init__(self) -> None:
        self._rung = threading.Condition()
        self._count = 0
        self._heard = threading.local()

    def ring(self) -> None:
        """Wake all that wait."""
        with self._rung:
            self._count += 1
            self._rung.notify_all()

    def wait(self, seconds: float) -> None:
        """Wait for the next ring, that long at most; not at all when it rang since this thread last waited."""
        with self._rung:
            if getattr(self._heard, "count", -1) == self._count:
                self._rung.wait(seconds)
            self._heard.count = self._count


def _wake_listeners() -> None:
    """The in-process message driver looks for messages 20 times a second: too rarely for a request that waits for some,
    and too often for dozens of idle listeners."""
    from oslo_messaging._drivers import impl_fake

    bell, deliver = Bell(), impl_fake.FakeExchange.deliver_message

    def ringing(*arguments: Any, **named: Any) -> None:
        deliver(*arguments, **named)
        bell.ring()

    impl_fake.FakeExchange.deliver_message = ringing
    impl_fake.time = SimpleNamespace(time=time.time, sleep=lambda seconds: bell.wait(_LOOK_AGAIN_SECONDS))


def _leave_idle_threads_alone() -> None:
    """Threads of a pool look every second whether the pool has ended; here they end with their process."""
    from futurist import _thread

    _thread.ThreadWorker.MAX_IDLE_FOR = _LOOK_AGAIN_SECONDS


def preload() -> None:
    """Import once what all services need, before they are forked."""
    import alembic  # noqa: F401
    import keystoneauth1  # noqa: F401
    import requests  # noqa: F401
    import routes  # noqa: F401
    import stevedore  # noqa: F401
    import waitress  # noqa: F401
    import webob  # noqa: F401
