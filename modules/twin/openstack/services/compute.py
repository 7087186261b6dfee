"""Nova: servers that are scheduled and counted, on a hypervisor that only says so."""

from __future__ import annotations

import os
import shutil
import time
from collections.abc import Callable
from typing import Any

from .child import wait_for
from .launch import Launch
from .service import Application, Service

_CELL = "11111111-1111-4111-8111-111111111111"
_HOST_SECONDS = 120
_RUNNING: dict[str, Any] = {}
_HOSTS: list[Any] = []


def _configure(launch: Launch) -> None:
    os.environ["OS_NOVA_CONFIG_DIR"] = str(launch.etc("nova"))
    shutil.copyfile(launch.paste("nova"), launch.etc("nova") / "api-paste.ini")
    from nova import monkey_patch

    monkey_patch.patch(backend="threading")
    import nova.conf
    from nova.api.openstack import wsgi_app
    from oslo_service import opts

    files = [str(launch.etc("nova") / name) for name in ("api-paste.ini", "nova.conf")]
    wsgi_app.init_global_data(files, "nova", "nova-api")
    opts.register_service_opts(nova.conf.CONF)


def _migrate(launch: Launch) -> None:
    """Make the tables, and two cells whose addresses follow the configuration wherever the files are copied."""
    _configure(launch)
    from nova import config, context, objects  # noqa: F401
    from nova.db import migration

    migration.db_sync(database="api")
    migration.db_sync(database="main")
    admin = context.get_admin_context()
    address = "{scheme}://{username}@{hostname}/%s?{query}"
    first = {"name": "cell0", "uuid": objects.CellMapping.CELL0_UUID, "transport_url": "none:///"}
    second = {"name": "cell1", "uuid": _CELL, "transport_url": "fake://"}
    for cell, database in ((first, "nova_cell0"), (second, "nova")):
        mapping = objects.CellMapping(admin, database_connection=address % database, disabled=False, **cell)
        mapping.create()
    with context.target_cell(admin, objects.CellMapping.get_by_uuid(admin, first["uuid"])) as inside:
        migration.db_sync(database="main", context=inside)


def _load(launch: Launch) -> Application:
    _configure(launch)
    import os_brick
    import os_vif
    from nova import config, objects  # noqa: F401
    from nova.api.openstack import wsgi_app
    from nova.conf import CONF

    application: Application = wsgi_app.init_application("osapi_compute", "nova-api-os-compute")
    os_brick.setup(CONF)
    os_vif.initialize()
    objects.Service.enable_min_version_cache()
    return application


def _start(launch: Launch) -> None:
    from nova import context, service
    from nova.compute import rpcapi as compute
    from nova.conductor import rpcapi as conductor
    from nova.objects import host_mapping
    from nova.scheduler import rpcapi as scheduler

    _run(service, "nova-conductor", topic=conductor.RPC_TOPIC)
    _run(service, "nova-scheduler", topic=scheduler.RPC_TOPIC)
    for name in ("keystone", "placement", "neutron"):
        wait_for(launch.ports[name])
    topics = {"topic": compute.RPC_TOPIC, "topic_alt": compute.RPC_TOPIC_ALT}
    names = [host for hosts in launch.zones.values() for host in hosts]
    for name in names:
        _HOSTS.append(service.Service.create(binary="nova-compute", host=name, **topics))
        _HOSTS[-1].start()
    _until_known(len(names), lambda: len(host_mapping.discover_hosts(context.get_admin_context())))


def _until_known(wanted: int, found: Callable[[], int]) -> None:
    deadline, known = time.monotonic() + _HOST_SECONDS, found()
    while known < wanted:
        if time.monotonic() > deadline:
            raise RuntimeError(f"only {known} of {wanted} compute hosts appeared")
        time.sleep(0.3)
        known += found()


def _run(service: Any, binary: str, **topics: str) -> None:
    running = service.Service.create(binary=binary, **topics)
    running.start()
    _RUNNING[binary] = running


def _forget(_: Launch) -> None:
    """Drop the servers, and have the hosts' shares in placement counted anew."""
    _RUNNING["nova-scheduler"].manager.host_manager._instance_info.clear()
    for host in _HOSTS:
        _forget_servers(host.manager)


def _forget_servers(manager: Any) -> None:
    from nova import context
    from nova.virt import fake

    driver, tracker = manager.driver, manager.rt
    driver.instances.clear()
    driver._mounts.clear()
    driver._interfaces.clear()
    driver.active_migrations.clear()
    driver.resources = fake.Resources(driver.vcpus, driver.memory_mb, driver.local_gb)
    tracker.tracked_instances.clear()
    tracker.tracked_migrations.clear()
    for stats in tracker.stats.values():
        stats.clear()
    manager.reportclient.clear_provider_cache(init=True)
    manager.update_available_resource(context.get_admin_context())


SERVICE = Service(name="nova", migrate=_migrate, load=_load, start=_start, forget=_forget, native_threads_only=True)
