"""Neutron: networks, their addresses and rules; no packet flows."""

from __future__ import annotations

import os
import sys
from typing import Any

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
    from neutron import policy, server
    from neutron.server import api

    _add_addresses_together()
    application: Application = server.boot_server(api.api_server, prog="neutron-api")
    # Else each process does so at its first request, and refuses others that come meanwhile.
    policy.init()
    return application


def _part() -> None:
    """Close the connections to the database: none may be used by two."""
    from neutron_lib.db import api

    api.get_context_manager().dispose_pool()


def _add_addresses_together() -> None:
    """Have the addresses of a group added in one transaction.

    Neutron makes one for each, and each reads the whole group again: some hundreds take it a minute, in which it does
    little else.
    """
    from neutron.db.address_group_db import AddressGroupDbMixin
    from neutron.db.models.address_group import AddressAssociation
    from neutron_lib.db import api

    one_by_one = AddressGroupDbMixin.add_addresses

    def together(self: Any, context: Any, group: str, wanted: dict[str, Any]) -> Any:
        there, new = self._process_requested_addresses(self._get_address_group(context, group), wanted["addresses"])
        if there:
            return one_by_one(self, context, group, wanted)  # which refuses
        with api.CONTEXT_WRITER.using(context):
            context.session.add_all(AddressAssociation(address_group_id=group, address=address) for address in new)
        return one_by_one(self, context, group, {"addresses": []})

    AddressGroupDbMixin.add_addresses = together


# Its requests are Python from end to end: two threads of a process hardly do more than one, and each of eight at a time
# costs about half as much again as one of three. It is what most of a cloud's making waits for.
SERVICE = Service(
    name="neutron",
    migrate=_migrate,
    load=_load,
    part=_part,
    threads=3,
    processes=min(4, len(os.sched_getaffinity(0))),
)
