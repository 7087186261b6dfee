"""Keystone: identity."""

from __future__ import annotations

import os
import sys
import uuid
from typing import Any

from .launch import Launch
from .service import Application, Service

_ROLES = ("load-balancer_admin", "load-balancer_member", "creator")


def _configure(launch: Launch) -> Any:
    import keystone.conf
    from keystone.common import sql

    keystone.conf.configure()
    sql.initialize()
    keystone.conf.CONF(["--config-file", str(launch.etc("keystone") / "keystone.conf")], project="keystone")
    return keystone.conf.CONF


def _migrate(launch: Launch) -> None:
    from keystone.common.sql import upgrades

    _configure(launch)
    upgrades.offline_sync_database_to_version(None)


def _seed(launch: Launch) -> None:
    """Make the keys, the administrator, the services' own user and the catalogue."""
    from keystone.cmd import bootstrap

    _make_keys(_configure(launch))
    boot = bootstrap.Bootstrapper()
    own = next(endpoint.url for endpoint in launch.endpoints if endpoint.name == "keystone")
    boot.admin_username, boot.admin_password = "admin", launch.admin_password
    boot.project_name, boot.admin_role_name, boot.immutable_roles = "admin", "admin", True
    boot.service_name, boot.region_id = "keystone", launch.region
    boot.admin_url = boot.public_url = boot.internal_url = own
    boot.bootstrap()
    _make_service_user(bootstrap.PROVIDERS, launch.service_password)
    for role in _ROLES:
        _make_role(bootstrap.PROVIDERS, role)
    for endpoint in launch.endpoints:
        if endpoint.name != "keystone":
            _list_endpoint(bootstrap.PROVIDERS, endpoint.name, endpoint.kind, endpoint.url, launch.region)


def _make_keys(conf: Any) -> None:
    from keystone.common import fernet_utils

    for group, active in (("fernet_tokens", 3), ("credential", 3)):
        keys = fernet_utils.FernetUtils(conf[group].key_repository, active, group)
        keys.create_key_directory()
        keys.initialize_key_repository()


def _make_service_user(providers: Any, password: str) -> None:
    project = _identifier()
    providers.resource_api.create_project(
        project, {"id": project, "name": "service", "domain_id": "default", "enabled": True, "description": ""}
    )
    user = providers.identity_api.create_user(
        {"name": "service", "password": password, "domain_id": "default", "enabled": True}
    )
    for role in providers.role_api.list_roles():
        if role["name"] in ("admin", "service"):
            providers.assignment_api.create_grant(role["id"], user_id=user["id"], project_id=project)


def _make_role(providers: Any, name: str) -> None:
    role = _identifier()
    providers.role_api.create_role(role, {"id": role, "name": name, "domain_id": None})


def _list_endpoint(providers: Any, name: str, kind: str, url: str, region: str) -> None:
    service = _identifier()
    providers.catalog_api.create_service(service, {"id": service, "name": name, "type": kind, "enabled": True})
    for interface in ("public", "internal", "admin"):
        entry = {"service_id": service, "region_id": region, "interface": interface, "url": url, "enabled": True}
        endpoint = _identifier()
        providers.catalog_api.create_endpoint(endpoint, {"id": endpoint, **entry})


def _identifier() -> str:
    return uuid.uuid4().hex


def _load(launch: Launch) -> Application:
    os.environ["OS_KEYSTONE_CONFIG_FILES"] = str(launch.etc("keystone") / "keystone.conf")
    sys.argv = ["keystone"]
    from keystone.server import wsgi

    application: Application = wsgi.initialize_public_application()
    return application


def _forget(_: Launch) -> None:
    """Names that a reset removed are still in the caches, which live for minutes."""
    import gc

    from dogpile.cache.region import CacheRegion

    for region in [found for found in gc.get_objects() if isinstance(found, CacheRegion)]:
        if region.is_configured:
            region.invalidate()


SERVICE = Service(name="keystone", migrate=_migrate, seed=_seed, load=_load, forget=_forget)
