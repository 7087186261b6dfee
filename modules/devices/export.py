"""The inventory of hosts as the JSON that `ansible-inventory --list` gives, for tools that take files."""

from __future__ import annotations

import json
from pathlib import Path

from virgem.modules import files
from virgem.modules.devices.inventory import Inventory

HOSTS = "inventory/hosts.json"


def document(found: Inventory) -> bytes:
    """Return the inventory as JSON, sorted: groups with their hosts, variables under `_meta`."""
    groups = {name: {"hosts": list(hosts)} for name, hosts in found.groups.items()}
    body = {
        "_meta": {"hostvars": {host.name: host.document for host in found.hosts}},
        "all": {"children": sorted(groups), "vars": dict(found.variables)},
        **groups,
    }
    return (json.dumps(body, indent=1, sort_keys=True) + "\n").encode()


def write(folder: Path, found: Inventory) -> Path:
    """Bring the inventory in a folder of results up to date; return where."""
    files.write_atomic(folder / HOSTS, document(found))
    return folder / HOSTS
