"""Designate: DNS zones; its own small name server is the only one behind it."""

from __future__ import annotations

import os
import shutil
from typing import Any

from .launch import Launch
from .service import Application, Service

_RUNNING: list[Any] = []


def _migrate(launch: Launch) -> None:
    import designate.conf  # noqa: F401
    from designate.manage import database
    from oslo_config import cfg
    from oslo_log import log

    log.register_options(cfg.CONF)
    cfg.CONF([], project="designate", default_config_files=[str(launch.etc("designate") / "designate.conf")])
    database.DatabaseCommands().sync()


def _load(launch: Launch) -> Application:
    etc = launch.etc("designate")
    shutil.copyfile(launch.paste("designate"), etc / "api-paste.ini")
    os.environ["OS_DESIGNATE_CONFIG_DIR"] = str(etc)
    from designate.api import wsgi

    application: Application = wsgi.init_application()
    return application


def _start(launch: Launch) -> None:
    from designate.central import service as central
    from designate.mdns import service as mdns
    from designate.producer import service as producer
    from designate.worker import service as worker

    _drop_deleted()
    for module in (central, worker, producer, mdns):
        running = module.Service()
        running.start()
        _RUNNING.append(running)
    _make_pool(str(launch.etc("designate") / "pools.yaml"))


def _drop_deleted() -> None:
    """Have a zone that is deleted count as gone from the name server, as a real one has dropped it by then.

    Designate's own goes on answering for it until the worker has asked as often as it may.
    """
    from designate.worker.tasks import zone

    ask = zone.PollForZone._get_serial

    def serial(poll: Any) -> int:
        return 0 if poll.zone.action == "DELETE" else int(ask(poll))

    zone.PollForZone._get_serial = serial


def _make_pool(path: str) -> None:
    """Do what `designate-manage pool update` does; that command would need a broker to reach this process."""
    from designate.central import rpcapi
    from designate.manage import pool

    class Commands(pool.PoolCommands):  # type: ignore[misc]
        def _setup(self, dry_run: bool = False, skip_verify_drivers: bool = False) -> None:
            self.dry_run, self.skip_verify_drivers = dry_run, skip_verify_drivers
            self.central_api = rpcapi.CentralAPI()

    Commands().update(path, False)


SERVICE = Service(name="designate", migrate=_migrate, load=_load, start=_start)
