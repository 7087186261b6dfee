"""The principles that the region chose."""

from __future__ import annotations

from collections.abc import Iterator

from virgem.modules.reports.table import Column, Facts, Row, Table

# The list has three parts, each with its letter.
_PARTS = {"P": "policy", "T": "technology", "R": "realisation"}


def _rows(facts: Facts) -> Iterator[Row]:
    for principle in facts.estate.principles:
        yield (principle, _PARTS[principle[0]])


TABLE = Table(
    id="principles",
    order=18,
    nl="Gekozen principes",
    en="Principles chosen",
    why_nl="De principes van de eigen lijst van virgem die de regio heeft gekozen, in de volgorde van het estate.",
    why_en="The principles of virgem's own list that the region chose, in the order of the estate.",
    columns=(
        Column("principle", "Principe", "Principle"),
        Column("part", "Deel", "Part", filter=True, words="part"),
    ),
    rows=_rows,
)
