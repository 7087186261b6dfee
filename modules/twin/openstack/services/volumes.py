"""Cinder: volumes that are scheduled and counted, without a byte behind them."""

from __future__ import annotations

import sys
import threading
from typing import Any

from .launch import Launch
from .service import Application, Service

_RUNNING: list[Any] = []


def _arguments(launch: Launch) -> list[str]:
    return ["--config-file", str(launch.etc("cinder") / "cinder.conf")]


def _migrate(launch: Launch) -> None:
    sys.argv = ["cinder-manage"]
    from cinder import objects, version
    from oslo_config import cfg

    objects.register_all()
    cfg.CONF(_arguments(launch), project="cinder", version=version.version_string())
    from cinder.db import migration

    migration.db_sync()


def _load(launch: Launch) -> Application:
    sys.argv = ["cinder-api", *_arguments(launch)]
    from cinder import monkey_patch  # noqa: F401
    from cinder.wsgi import wsgi

    application: Application = wsgi.initialize_application()
    return application


def _start(launch: Launch) -> None:
    import os_brick
    from cinder import service
    from cinder.common import constants
    from oslo_config import cfg

    os_brick.setup(cfg.CONF)
    scheduler = service.Service.create(binary="cinder-scheduler")
    # Its start waits for the first report of the volume service, so both start at once.
    starting = threading.Thread(target=scheduler.start, daemon=True)
    starting.start()
    volume = service.Service.create(
        host=f"{cfg.CONF.host}@nothing", service_name="nothing", binary=constants.VOLUME_BINARY, coordination=True
    )
    volume.start()
    _RUNNING.extend((scheduler, volume))
    starting.join()


SERVICE = Service(name="cinder", migrate=_migrate, load=_load, start=_start)
