"""Every DNS name that a municipality declares."""

from __future__ import annotations

from collections.abc import Iterator

from virgem.modules.reports.table import Column, Facts, Row, Table


def _rows(facts: Facts) -> Iterator[Row]:
    for town in facts.estate.municipalities:
        for name in town.cloud.dns if town.cloud else ():
            balancer = f"{town.id}/{name.load_balancer}" if name.load_balancer else ""
            yield (town.nis, name.id, name.server or "", balancer, name.alias or "")


TABLE = Table(
    id="names",
    order=77,
    nl="DNS-namen",
    en="DNS names",
    why_nl="Elke naam die een gemeente in de DNS zet en waar hij naar wijst.",
    why_en="Every name that a municipality puts in the DNS, and what it points to.",
    columns=(
        Column("nis", "NIS-code", "NIS code"),
        Column("name", "Naam", "Name"),
        Column("server", "Server", "Server"),
        Column("balancer", "Load balancer", "Load balancer"),
        Column("alias", "Alias van", "Alias of"),
    ),
    rows=_rows,
    town="nis",
    named="name",
)
