"""Ansible inventory plugin: an estate's estate.yaml is the inventory."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ansible.errors import AnsibleParserError
from ansible.plugins.inventory import BaseInventoryPlugin
from ansible.utils.display import Display
from ansible.utils.unsafe_proxy import wrap_var

if TYPE_CHECKING:
    from virgem.modules.problem import Problem

# How many errors of an estate are shown.
_SHOWN = 3

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
    description:
      - Folder of results that C(virgem plan) wrote, where the rendered files of the routers lie.
      - Without it the folder where C(virgem plan) writes by itself, C(build/<estate name>) in the current one.
      - >-
        A router whose files there are not those of the estate has C(virgem_unrendered), which says why; its role then
        refuses it.
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
        """Add hosts, groups and variables; an estate with errors ends the program with its problems."""
        super().parse(inventory, loader, path, cache)
        try:
            self._add(Path(path).parent)
        except Exception as error:
            # What a plugin raises only makes Ansible try the next one, and that of YAML takes any estate for hosts:
            # a play would then do nothing and call that a success. So it ends here, whatever else is enabled.
            Display().error(f"{path}: {error}", wrap_text=False)
            raise SystemExit(1) from error

    def _add(self, estate: Path) -> None:
        from virgem.modules.devices.inventory import inventory as hosts_of
        from virgem.modules.planning import default_output, prepare, unlike

        # A default in DOCUMENTATION counts only after the options were read from somewhere.
        self.set_options()
        prepared = prepare(estate)
        if prepared.estate is None or prepared.plan is None:
            raise AnsibleParserError(_refusal(prepared.problems))
        results = Path(self.get_option("results") or default_output(prepared.estate)).absolute()
        self._fill(hosts_of(prepared.estate, prepared.plan), results)
        self._tell_unlike(unlike(prepared.plan, results), results)

    def _tell_unlike(self, found: Mapping[str, str], results: Path) -> None:
        """Mark the routers whose files are not those of the plan; most runs are for other hosts, so they go on."""
        for router, why in found.items():
            self.inventory.set_variable(router, "virgem_unrendered", wrap_var(why))
        if found:
            count = f"{len(found)} router{'s' if len(found) != 1 else ''}"
            text = f"{results} does not hold the files of {count} as the estate plans them, so their role refuses them"
            Display().warning(f"{text}: run virgem plan, or name the folder of its results with VIRGEM_RESULTS")

    def _fill(self, found: Any, results: Path) -> None:
        for name, value in found.variables.items():
            self.inventory.set_variable("all", name, wrap_var(value))
        for group in found.groups:
            self.inventory.add_group(group)
        for host in found.hosts:
            self.inventory.add_host(host.name)
            for group in host.groups:
                self.inventory.add_child(group, host.name)
            for name, value in host.document.items():
                # Ansible takes plain texts and lists only, none of the estate's own types.
                known = value if isinstance(value, list) else str(value)
                known = str(results / known) if name == "virgem_rendered" else known
                self.inventory.set_variable(host.name, name, wrap_var(known))


def _refusal(problems: Iterable[Problem]) -> str:
    """Return the first errors of an estate, a line each."""
    errors = [problem for problem in problems if problem.severity == "error"]
    lines = [f"  {p.mark}: {p.code} {p.message}" for p in errors[:_SHOWN]]
    head = f"the estate has {len(errors)} error{'s' if len(errors) != 1 else ''}; virgem validate shows all"
    return "\n".join([head, *lines])
