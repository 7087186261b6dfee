"""The roles that own things."""

from __future__ import annotations

from collections.abc import Iterator

from virgem.modules.reports.table import Column, Facts, Row, Table


def _rows(facts: Facts) -> Iterator[Row]:
    towns = facts.estate.towns
    for owner in facts.estate.owners:
        body = towns[owner.body].title if owner.body else facts.estate.operator.name
        yield (owner.id, owner.label or "", body)


TABLE = Table(
    id="owners",
    order=12,
    nl="Eigenaars (rollen)",
    en="Owners (roles)",
    why_nl="Elke rol die iets bezit, en bij wie ze hoort; personen worden nooit genoemd.",
    why_en="Every role that owns something, and whom it belongs to; people are never named.",
    columns=(
        Column("owner", "Rol", "Role"),
        Column("label", "Naam", "Name"),
        Column("body", "Hoort bij", "Belongs to", filter=True),
    ),
    rows=_rows,
)
