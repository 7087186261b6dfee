"""Glance: images, whose bytes lie in the instance's folder."""

from __future__ import annotations

import io
import os
import shutil
import struct

from .launch import Launch
from .service import Application, Service

# QCOW2 of version 2 without a cluster: magic, version, no backing file, clusters of 64 KiB, size 0, no table.
EMPTY_DISK = struct.pack(">4sIQIIQIIQQIIQ", b"QFI\xfb", 2, 0, 0, 16, 0, 0, 0, 0, 0, 0, 0, 0).ljust(1024, b"\0")


def _migrate(launch: Launch) -> None:
    from glance.cmd import manage

    config = launch.etc("glance") / "glance-api.conf"
    manage.CONF([], project="glance", prog="glance-api", default_config_files=[str(config)])
    manage.DbCommands().sync()


def _load(launch: Launch) -> Application:
    os.environ["OS_GLANCE_CONFIG_DIR"] = str(launch.etc("glance"))
    from glance.common import wsgi_app

    _fetch_nothing()
    application: Application = wsgi_app.init_app()
    return application


def _fetch_nothing() -> None:
    """Give every image that is to be fetched from its publisher an empty disk."""
    from glance.async_.flows._internal_plugins import web_download
    from glance.common import utils

    class Nothing:
        @staticmethod
        def get_image_data_iter(_: str) -> tuple[io.BytesIO, int]:
            return io.BytesIO(EMPTY_DISK), len(EMPTY_DISK)

    web_download.script_utils = Nothing
    # A name is looked up to be fetched from.
    utils.normalize_hostname = lambda host: host
    utils.resolve_pinned_address = lambda host, port: host


def _forget(launch: Launch) -> None:
    for kind in ("images", "staging"):
        for path in (launch.data("glance") / kind).iterdir():
            shutil.rmtree(path) if path.is_dir() else path.unlink()


SERVICE = Service(name="glance", migrate=_migrate, load=_load, forget=_forget)
