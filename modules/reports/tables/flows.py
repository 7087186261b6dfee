"""Who may reach what, and why."""

from __future__ import annotations

from collections.abc import Iterator, Sequence, Set

from virgem.modules.reports.table import Column, Facts, Row, Table
from virgem.network.model import Selector, Side
from virgem.network.summary import selector_text


def _rows(facts: Facts) -> Iterator[Row]:
    towns = {town.id for town in facts.estate.municipalities if facts.covers(town.nis)}
    for rule in facts.plan.rules:
        if facts.tenants and not (_concerns(towns, rule.source) or _concerns(towns, rule.target)):
            continue
        yield (
            rule.id,
            selector_text(rule.source),
            selector_text(rule.target),
            ", ".join(rule.ports),
            "registered" if rule.registered else "default",
            rule.purpose,
            str(rule.origin) if rule.registered else "",
        )


def _concerns(towns: Set[str], side: Selector) -> bool:
    """Tell whether one side of a flow is of these municipalities, or of any."""
    town = side.town or side.site.partition("/")[0]
    return town in towns if town else side.side is not Side.UPSTREAM


def _dutch(facts: Facts, rows: Sequence[Row]) -> Iterator[Row]:
    """Yield the rows with the purposes of defaults in Dutch; a registered flow keeps the estate's own words."""
    purposes = {rule.id: rule.purpose_nl for rule in facts.plan.rules if rule.purpose_nl}
    for row in rows:
        yield (*row[:5], purposes.get(row[0], row[5]), row[6])


TABLE = Table(
    id="flows",
    order=60,
    nl="Toegelaten stromen",
    en="Allowed flows",
    why_nl="Wie wat mag bereiken en waarom; al het andere wordt geweigerd.",
    why_en="Who may reach what and why; everything else is refused.",
    columns=(
        Column("id", "Stroom", "Flow"),
        Column("from", "Van", "From", words="selector"),
        Column("to", "Naar", "To", words="selector"),
        Column("ports", "Poorten", "Ports"),
        Column("origin", "Oorsprong", "Origin", filter=True, words="origin"),
        Column("purpose", "Doel", "Purpose"),
        Column("place", "Plaats in de tekst", "Place in the text"),
    ),
    rows=_rows,
    dutch=_dutch,
)
