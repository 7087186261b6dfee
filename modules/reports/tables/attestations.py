"""What somebody attests, and until when it counts."""

from __future__ import annotations

from collections.abc import Iterator

from virgem.modules.reports.table import Column, Facts, Row, Table


def _rows(facts: Facts) -> Iterator[Row]:
    for given in facts.estate.attestations:
        running = "yes" if given.date.day <= facts.as_of <= given.expires.day else "no"
        yield (
            given.id,
            ", ".join(given.controls),
            given.statement,
            given.owner,
            given.date,
            given.expires,
            running,
            given.document or "",
        )


TABLE = Table(
    id="attestations",
    order=17,
    nl="Verklaringen",
    en="Attestations",
    why_nl="Wat infrastructuur niet kan tonen en een rol op haar woord verklaart; virgem heeft het niet nagegaan.",
    why_en="What infrastructure cannot show and a role gives its word for; virgem has not verified it.",
    columns=(
        Column("id", "Verklaring", "Attestation"),
        Column("controls", "Maatregelen (CyFun)", "Controls (CyFun)"),
        Column("statement", "Wat wordt verklaard", "What is attested"),
        Column("owner", "Eigenaar (rol)", "Owner (role)"),
        Column("date", "Datum", "Date"),
        Column("expires", "Tot en met", "Until"),
        Column("running", "Loopt", "Running", filter=True, words="answer"),
        Column("document", "Document", "Document"),
    ),
    rows=_rows,
)
