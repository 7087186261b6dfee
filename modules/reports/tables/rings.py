"""The order in which devices get a change."""

from __future__ import annotations

from collections.abc import Iterator

from virgem.modules.reports.table import Column, Facts, Row, Table


def _rows(facts: Facts) -> Iterator[Row]:
    for ring in facts.estate.rings:
        yield (
            ring.id,
            ring.label or "",
            str(ring.share),
            str(ring.success),
            str(ring.soak_hours),
            ring.description or "",
        )


TABLE = Table(
    id="rings",
    order=81,
    nl="Ringen",
    en="Rings",
    why_nl="In welke volgorde toestellen een wijziging krijgen, en wanneer de volgende ring mag.",
    why_en="In which order devices get a change, and when the next ring may.",
    columns=(
        Column("ring", "Ring", "Ring"),
        Column("label", "Naam", "Name"),
        Column("share_percent", "Aandeel (%)", "Share (%)", numeric=True),
        Column("success_percent", "Moet slagen (%)", "Must succeed (%)", numeric=True),
        Column("soak_hours", "Wachttijd (uur)", "Wait (hours)", numeric=True),
        Column("description", "Omschrijving", "Description"),
    ),
    rows=_rows,
)
