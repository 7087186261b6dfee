"""Neutron: networks, their addresses and rules; no packet flows."""

from __future__ import annotations

import os
import sys

from .launch import Launch
from .service import Application, Service


def _migrate(launch: Launch) -> None:
    sys.argv = ["neutron-db-manage", "--config-file", str(launch.etc("neutron") / "neutron.conf"), "upgrade", "heads"]
    from neutron.db.migration import cli

    cli.main()


def _load(launch: Launch) -> Application:
    os.environ["OS_NEUTRON_CONFIG_DIR"] = str(launch.etc("neutron"))
    os.environ["OS_NEUTRON_CONFIG_FILES"] = "neutron.conf"
    sys.argv = ["neutron-api"]
    from neutron import server
    from neutron.server import api

    application: Application = server.boot_server(api.api_server, prog="neutron-api")
    return application


SERVICE = Service(name="neutron", migrate=_migrate, load=_load)
