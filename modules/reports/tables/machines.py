"""Hosts and switches of the datacentres, where they stand."""

from __future__ import annotations

from collections.abc import Iterator

from virgem.modules.estate.machines import machines
from virgem.modules.estate.model import Host
from virgem.modules.reports.table import Column, Facts, Row, Table


def _rows(facts: Facts) -> Iterator[Row]:
    for centre in facts.estate.datacentres:
        for machine in machines(centre):
            of = machine.of
            sizes = (of.cores, of.vcpus, of.ram_gb, of.storage_gb) if isinstance(of, Host) else ("", "", "", "")
            yield (
                centre.id,
                machine.name,
                " ".join(machine.roles) or "switch",
                of.model or "",
                machine.rack.id,
                str(machine.position),
                str(of.height),
                *(str(size or "") for size in sizes),
                str(of.watts),
                " ".join(feed.id for feed in machine.feeds),
                str(machine.bmc or ""),
                str(machine.address or ""),
            )


TABLE = Table(
    id="machines",
    order=67,
    nl="Hosts en switches van de datacentra",
    en="Hosts and switches of the datacentres",
    why_nl="Wat in de rekken staat: plaats, grootte, vermogen en hoe het te bereiken is als zijn systeem plat ligt.",
    why_en="What stands in the racks: place, size, power and how it is reached when its own system is down.",
    columns=(
        Column("datacentre", "Datacentrum", "Datacentre", filter=True),
        Column("name", "Naam", "Name"),
        Column("roles", "Rollen", "Roles", filter=True),
        Column("model", "Merk en model", "Maker and model", screen=True),
        Column("rack", "Rek", "Rack", filter=True),
        Column("position_u", "Onderste U", "Lowest U", numeric=True),
        Column("height_u", "Hoogte (U)", "Height (U)", numeric=True),
        Column("cores", "Cores", "Cores", numeric=True),
        Column("threads", "Threads", "Threads", numeric=True, screen=True),
        Column("ram_gib", "Geheugen (GiB)", "Memory (GiB)", numeric=True),
        Column("storage_gib", "Schijven (GiB)", "Disks (GiB)", numeric=True),
        Column("watts", "Vermogen (W)", "Power (W)", numeric=True),
        Column("feeds", "Voedingen", "Feeds", screen=True),
        Column("bmc", "Beheer buiten de band", "Out-of-band management", screen=True),
        Column("address", "Adres voor beheer", "Address for management", screen=True),
    ),
    rows=_rows,
    named="name",
)
