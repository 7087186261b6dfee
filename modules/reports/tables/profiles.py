"""What is asked of the devices of each profile."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from virgem.modules.estate.kinds import device_kinds
from virgem.modules.reports.table import Column, Facts, Row, Table


def _rows(facts: Facts) -> Iterator[Row]:
    for profile in facts.estate.profiles:
        kind = device_kinds()[profile.kind]
        yield (
            profile.id,
            profile.label or "",
            profile.label_nl or "",
            kind.id,
            kind.os,
            kind.role,
            "yes" if kind.personal else "no",
            profile.zone or kind.zone,
            *(str(part or "") for part in (profile.cores, profile.ram_gb, profile.storage_gb)),
            str(profile.watts or kind.watts),
            str(kind.poe_watts or ""),
            str(profile.warranty_years),
            str(profile.support_years or kind.support_years),
            profile.description or "",
        )


def _dutch(facts: Facts, rows: Sequence[Row]) -> Iterator[Row]:
    """Yield the rows with the Dutch name in place of the other, where there is one."""
    for row in rows:
        yield (row[0], row[2] or row[1], *row[2:])


TABLE = Table(
    id="profiles",
    order=79,
    nl="Toestelprofielen",
    en="Device profiles",
    why_nl="Wat van de toestellen van elk profiel wordt gevraagd.",
    why_en="What is asked of the devices of each profile.",
    columns=(
        Column("profile", "Profiel", "Profile"),
        Column("label", "Naam", "Name"),
        Column("label_nl", "Naam in het Nederlands", "Name in Dutch", screen=True),
        Column("kind", "Soort", "Kind", filter=True, words="devices"),
        Column("os", "Besturingssysteem", "Operating system", filter=True),
        Column("role", "Rol van Ansible", "Ansible role", filter=True),
        Column("personal", "Van een medewerker", "Of a member of staff", filter=True, words="answer"),
        Column("zone", "Zone", "Zone", words="zones"),
        Column("cores", "Cores (min.)", "Cores (min.)", numeric=True),
        Column("ram_gib", "Geheugen GiB (min.)", "Memory GiB (min.)", numeric=True),
        Column("storage_gib", "Opslag GiB (min.)", "Storage GiB (min.)", numeric=True),
        Column("watts", "Vermogen W (max.)", "Power W (max.)", numeric=True),
        Column("poe_watts", "Vermogen over PoE (W)", "Power over PoE (W)", numeric=True),
        Column("warranty_years", "Garantie in jaren (min.)", "Warranty in years (min.)", numeric=True),
        Column("support_years", "Ondersteuning in jaren", "Support in years", numeric=True),
        Column("description", "Omschrijving", "Description"),
    ),
    rows=_rows,
    dutch=_dutch,
)
