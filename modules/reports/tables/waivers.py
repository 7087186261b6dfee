"""Accepted findings with owner and end date."""

from __future__ import annotations

from collections.abc import Iterator

from virgem.modules.reports.table import Column, Facts, Row, Table


def _rows(facts: Facts) -> Iterator[Row]:
    for waiver in facts.estate.waivers:
        running = "yes" if waiver.expires.day >= facts.as_of else "no"
        yield (waiver.id, waiver.rule, waiver.target, waiver.reason, waiver.owner, waiver.expires, running)


TABLE = Table(
    id="waivers",
    order=16,
    nl="Afwijkingen",
    en="Waivers",
    why_nl="Aanvaarde bevindingen, met reden, eigenaar en einddatum.",
    why_en="Accepted findings, with reason, owner and end date.",
    columns=(
        Column("id", "Afwijking", "Waiver"),
        Column("rule", "Regel", "Rule"),
        Column("target", "Waarover", "About"),
        Column("reason", "Reden", "Reason"),
        Column("owner", "Eigenaar (rol)", "Owner (role)"),
        Column("expires", "Tot en met", "Until"),
        Column("running", "Loopt", "Running", filter=True, words="answer"),
    ),
    rows=_rows,
)
