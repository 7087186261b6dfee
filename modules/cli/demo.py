"""virgem demo: the whole way once, on the example region or another estate."""

from __future__ import annotations

import argparse
import datetime
from pathlib import Path
from typing import TYPE_CHECKING

from virgem.modules.cli.changes import add_confirm, confirm_deletions
from virgem.modules.cli.console import Console
from virgem.modules.cli.day import add_as_of, as_of
from virgem.modules.cli.estate import add_output, output_folder, prepared_estate
from virgem.modules.cli.verb import DONE, Verb

if TYPE_CHECKING:
    from virgem.modules.changes import Changes
    from virgem.modules.devices.inventory import Inventory
    from virgem.modules.planning import Ready

EXAMPLE = Path(__file__).resolve().parents[2] / "inventories" / "zuid-west-vlaanderen"


def _arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("estate", nargs="?", metavar="ESTATE", default=str(EXAMPLE), help="default: the example region")
    add_as_of(parser)
    add_output(parser, "everything the demo makes")
    add_confirm(parser)


def _run(args: argparse.Namespace, out: Console) -> int:
    from virgem.modules import planning

    with out.step("1/5 Validate the estate and plan its network"):
        ready = prepared_estate(args, out)
    folder = output_folder(args, ready.estate)
    confirm_deletions(planning.changes(ready, folder), args.confirm, out)
    with out.step("2/5 Render the files of every router"):
        written = planning.write(ready, folder)
    with out.step("3/5 Preview the shared cloud"):
        cloud = _cloud(ready, folder, out)
    with out.step("4/5 Make the inventory of hosts"):
        hosts = _hosts(ready, folder)
    with out.step("5/5 Write the report"):
        _report(ready, folder, as_of(args))
    out.say(_summary(ready, cloud, hosts, written.touched + written.unchanged, folder))
    out.document("Demo", {"output": str(folder), **planning.counts(ready), "resources": _resources(cloud)})
    return DONE


def _cloud(ready: Ready, folder: Path, out: Console) -> Changes:
    from virgem.modules.changes.faces import as_table
    from virgem.modules.cloud import saved
    from virgem.modules.cloud.previewing import preview
    from virgem.stacks.program import run

    found = preview(ready.estate, ready.plan, saved.read(folder), program=run)
    saved.write(folder, found.document)
    out.note(as_table(found.changes))
    return found.changes


def _hosts(ready: Ready, folder: Path) -> Inventory:
    from virgem.modules.devices import export
    from virgem.modules.devices.inventory import inventory

    found = inventory(ready.estate, ready.plan)
    export.write(folder, found)
    return found


def _report(ready: Ready, folder: Path, day: datetime.date) -> None:
    from virgem.modules import reports

    reports.write(folder / "report", reports.inventory_report(ready, as_of=day))


def _resources(cloud: Changes) -> int:
    return cloud.total.changed - cloud.total.delete + cloud.total.unchanged


def _summary(ready: Ready, cloud: Changes, hosts: Inventory, files: int, folder: Path) -> str:
    from virgem.modules import planning

    numbers = planning.counts(ready)
    return f"""
{ready.estate.title}: planned; nothing was touched but {folder} and the estate's lock.

  {numbers["municipalities"]:>7,} municipalities with {numbers["sites"]:,} sites and {numbers["zones"]:,} network zones
  {numbers["links"]:>7,} links between site routers; {files:,} configuration files
  {_resources(cloud):>7,} cloud resources for {len(cloud.counts)} tenants
  {len(hosts.hosts):>7,} hosts for Ansible, {numbers["devices"]:,} devices in the register
  {numbers["findings"]:>7,} findings open, {numbers["waived"]:,} waived

Look first at
  {folder / "report" / "inventory.nl.html"}   the inventory for auditors (nl; en beside it)
  {folder / "network"}   the files of every router, by municipality and site
  {folder / "cloud" / "plan.json"}   every cloud resource with its inputs
  {folder / "inventory" / "hosts.json"}   hosts and groups for Ansible
"""


VERB = Verb(
    name="demo",
    help="validate, plan, preview the cloud, make the inventory and the report of the example region",
    arguments=_arguments,
    run=_run,
    example="virgem demo",
)
