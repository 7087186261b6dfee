"""Glance: images, whose bytes lie in the instance's folder."""

from __future__ import annotations

import os
import shutil

from .launch import Launch
from .service import Application, Service


def _migrate(launch: Launch) -> None:
    from glance.cmd import manage

    config = launch.etc("glance") / "glance-api.conf"
    manage.CONF([], project="glance", prog="glance-api", default_config_files=[str(config)])
    manage.DbCommands().sync()


def _load(launch: Launch) -> Application:
    os.environ["OS_GLANCE_CONFIG_DIR"] = str(launch.etc("glance"))
    from glance.common import wsgi_app

    application: Application = wsgi_app.init_app()
    return application


def _forget(launch: Launch) -> None:
    for kind in ("images", "staging"):
        for path in (launch.data("glance") / kind).iterdir():
            shutil.rmtree(path) if path.is_dir() else path.unlink()


SERVICE = Service(name="glance", migrate=_migrate, load=_load, forget=_forget)
