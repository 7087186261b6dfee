"""Data sets with their classes."""

from __future__ import annotations

from collections.abc import Iterator

from virgem.modules.reports.table import Column, Facts, Row, Table


def _rows(facts: Facts) -> Iterator[Row]:
    for town in facts.estate.municipalities:
        for data in town.cloud.datasets if town.cloud else ():
            holders = [v for v in town.cloud.volumes if v.dataset == data.path] if town.cloud else []
            yield (
                town.nis,
                data.path,
                data.label or "",
                str(int(data.confidentiality)),
                str(int(data.integrity)),
                str(int(data.availability)),
                "yes" if data.personal else "no",
                data.owner or town.owner,
                ", ".join(v.id for v in holders),
                "yes" if holders and all(v.encrypted for v in holders) else "no",
                "yes" if holders and all(v.backup for v in holders) else "no",
                data.secret or "",
            )


TABLE = Table(
    id="datasets",
    order=78,
    nl="Datasets",
    en="Data sets",
    why_nl="Vertrouwelijkheid, integriteit en beschikbaarheid van elke dataset, en waar ze staat.",
    why_en="Confidentiality, integrity and availability of every data set, and where it lies.",
    columns=(
        Column("nis", "NIS-code", "NIS code"),
        Column("dataset", "Dataset", "Data set"),
        Column("label", "Naam", "Name"),
        Column("confidentiality", "Vertrouwelijkheid", "Confidentiality", numeric=True),
        Column("integrity", "Integriteit", "Integrity", numeric=True),
        Column("availability", "Beschikbaarheid", "Availability", numeric=True),
        Column("personal", "Persoonsgegevens", "Personal data", filter=True, words="answer"),
        Column("owner", "Eigenaar (rol)", "Owner (role)"),
        Column("volumes", "Volumes", "Volumes"),
        Column("encrypted", "Versleuteld", "Encrypted", filter=True, words="answer"),
        Column("backup", "Back-up", "Backed up", filter=True, words="answer"),
        Column("key", "Sleutel (verwijzing)", "Key (reference)"),
    ),
    rows=_rows,
    town="nis",
    named="dataset",
)
