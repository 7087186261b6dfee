"""Placement: what every compute host has left."""

from __future__ import annotations

import os

from .launch import Launch
from .service import Application, Service


def _migrate(launch: Launch) -> None:
    from oslo_config import cfg
    from placement import conf, db_api
    from placement.db.sqlalchemy import migration

    config = cfg.ConfigOpts()
    conf.register_opts(config)
    config([], project="placement", default_config_files=[str(launch.etc("placement") / "placement.conf")])
    db_api.configure(config)
    migration.upgrade("head")


def _load(launch: Launch) -> Application:
    os.environ["OS_PLACEMENT_CONFIG_DIR"] = str(launch.etc("placement"))
    from placement import wsgi

    application: Application = wsgi.init_application()
    return application


SERVICE = Service(name="placement", migrate=_migrate, load=_load)
