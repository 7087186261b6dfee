"""What must be so in every process before a service is imported."""

from __future__ import annotations

import sys
import time
from importlib.machinery import ModuleSpec
from types import SimpleNamespace


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
    _poll_messages_quickly()


def block_eventlet() -> None:
    """Refuse eventlet from here on."""
    sys.meta_path.insert(0, NO_EVENTLET)


def allow_eventlet() -> None:
    """Let it be imported again, for services that import it without using it."""
    sys.meta_path.remove(NO_EVENTLET)


def _poll_messages_quickly() -> None:
    """The in-process message driver looks 20 times a second; that would be most of a request's time."""
    from oslo_messaging._drivers import impl_fake

    impl_fake.time = SimpleNamespace(time=time.time, sleep=lambda seconds: time.sleep(min(seconds, 0.005)))


def preload() -> None:
    """Import once what all services need, before they are forked."""
    import alembic  # noqa: F401
    import keystoneauth1  # noqa: F401
    import requests  # noqa: F401
    import routes  # noqa: F401
    import stevedore  # noqa: F401
    import waitress  # noqa: F401
    import webob  # noqa: F401
