"""Cinder: volumes that are scheduled and counted, without a byte behind them."""

from __future__ import annotations

import sys
import threading
from typing import Any

from .launch import Launch
from .service import Application, Service

_RUNNING: list[Any] = []
_REPORTING = threading.Lock()


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
    _report_as_itself(scheduler)
    # Its start waits for the first report of the volume service, so both start at once.
    starting = threading.Thread(target=scheduler.start, daemon=True)
    starting.start()
    for zone in launch.zones:
        volume = service.Service.create(
            host=f"{cfg.CONF.host}@{zone}", service_name=zone, binary=constants.VOLUME_BINARY, coordination=True
        )
        _report_as_itself(volume)
        volume.start()
        _RUNNING.append(volume)
    _RUNNING.append(scheduler)
    starting.join()


def _report_as_itself(running: Any) -> None:
    """Cinder keeps its own number in the class: of several in a process only the last one would be alive for long."""
    report = running.report_state

    def own() -> None:
        with _REPORTING:
            type(running).service_id = running.origin_service_id
            report()

    running.report_state = own


SERVICE = Service(name="cinder", migrate=_migrate, load=_load, start=_start)
