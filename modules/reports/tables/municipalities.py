"""Who takes part, with the numbers each was given."""

from __future__ import annotations

from collections.abc import Iterator

from virgem.modules.reports.table import Column, Facts, Row, Table


def _rows(facts: Facts) -> Iterator[Row]:
    for town in facts.estate.municipalities:
        given = facts.plan.town[town.id]
        yield (
            town.nis,
            town.title,
            town.kbo or "",
            str(town.population),
            town.owner,
            str(len(town.sites)),
            town.cloud.quota if town.cloud else "",
            given.hub,
            ", ".join(map(str, given.blocks4)),
            ", ".join(map(str, given.blocks6)),
            str(given.asn),
        )


TABLE = Table(
    id="municipalities",
    order=10,
    nl="Gemeenten",
    en="Municipalities",
    why_nl="Wie deelneemt, wie eigenaar is en welke adresblokken zijn toegekend.",
    why_en="Who takes part, who owns what, and the address blocks each was given.",
    columns=(
        Column("nis", "NIS-code", "NIS code"),
        Column("name", "Gemeente", "Municipality"),
        Column("kbo", "KBO-nummer", "KBO number"),
        Column("population", "Inwoners", "Inhabitants", numeric=True),
        Column("owner", "Eigenaar (rol)", "Owner (role)", filter=True),
        Column("sites", "Locaties", "Sites", numeric=True),
        Column("quota", "Quotaklasse", "Quota class", filter=True),
        Column("hub", "Knooppunt", "Hub"),
        Column("ipv4", "IPv4-blokken", "IPv4 blocks"),
        Column("ipv6", "IPv6-blokken", "IPv6 blocks"),
        Column("asn", "AS-nummer", "AS number", numeric=True),
    ),
    rows=_rows,
    town="nis",
    named="name",
)
