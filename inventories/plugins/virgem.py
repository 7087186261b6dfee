"""Ansible inventory plugin: an estate's estate.yaml is the inventory."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from ansible.errors import AnsibleParserError
from ansible.plugins.inventory import BaseInventoryPlugin
from ansible.utils.unsafe_proxy import wrap_var

DOCUMENTATION = """
name: virgem
short_description: Hosts of a virgem estate
description:
  - Takes the managed devices, site routers and virtual servers of an estate as hosts.
  - >-
    Groups are the role (C(linux_workstation), C(site_router), C(server_baseline)), the municipality (C(m_<nis>)),
    the site (C(s_<municipality>_<site>)), the kind (C(k_<kind>)), the profile (C(p_<profile>)) and the
    ring (C(r_<ring>)).
  - Every text that comes from the estate is marked unsafe, so that no template in it is ever run.
options:
  plugin:
    description: Not used; the estate's own text has no such key.
  results:
    description: Folder of results that C(virgem plan) wrote, where the rendered files of the routers lie.
    env: [{name: VIRGEM_RESULTS}]
    ini: [{section: virgem, key: results}]
    default: ""
"""

EXAMPLES = """
# ANSIBLE_CONFIG=playbooks/ansible.cfg ansible-inventory -i inventories/zuid-west-vlaanderen/estate.yaml --graph
"""


class InventoryModule(BaseInventoryPlugin):  # type: ignore[misc]
    """Fill Ansible's inventory from a plan made in this process."""

    NAME = "virgem"

    def verify_file(self, path: str) -> bool:
        """Take an estate.yaml and nothing else."""
        return super().verify_file(path) and Path(path).name == "estate.yaml"

    def parse(self, inventory: Any, loader: Any, path: str, cache: bool = True) -> None:
        """Add hosts, groups and variables; an estate with errors is refused with its problems."""
        super().parse(inventory, loader, path, cache)
        try:
            from virgem.modules.devices.inventory import inventory as hosts_of
            from virgem.modules.planning import prepare
        except ImportError as error:
            raise AnsibleParserError(f"virgem is not installed beside Ansible: {error}") from error
        # A default in DOCUMENTATION counts only after the options were read from somewhere.
        self.set_options()
        prepared = prepare(Path(path).parent)
        if prepared.estate is None or prepared.plan is None:
            first = "; ".join(f"{p.mark}: {p.code} {p.message}" for p in prepared.problems[:3])
            raise AnsibleParserError(f"the estate has {prepared.errors} errors (virgem validate shows all): {first}")
        results = self.get_option("results") or str(Path("build") / prepared.estate.name)
        self._fill(hosts_of(prepared.estate, prepared.plan), Path(results).absolute())

    def _fill(self, found: Any, results: Path) -> None:
        services = {name: list(addresses) for name, addresses in found.services.items()}
        self.inventory.set_variable("all", "virgem_services", wrap_var(services))
        for group in found.groups:
            self.inventory.add_group(group)
        for host in found.hosts:
            self.inventory.add_host(host.name)
            for group in host.groups:
                self.inventory.add_child(group, host.name)
            for name, value in host.document.items():
                known = str(results / value) if name == "virgem_rendered" else value
                self.inventory.set_variable(host.name, name, wrap_var(known))
