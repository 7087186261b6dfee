"""Risks with owner and treatment."""

from __future__ import annotations

from collections.abc import Iterator

from virgem.modules.reports.table import Column, Facts, Row, Table


def _rows(facts: Facts) -> Iterator[Row]:
    for risk in facts.estate.risks:
        yield (
            risk.id,
            risk.label,
            str(int(risk.likelihood)),
            str(int(risk.impact)),
            str(int(risk.likelihood) * int(risk.impact)),
            risk.owner,
            risk.treatment or "",
            ", ".join(risk.controls),
            risk.review or "",
        )


TABLE = Table(
    id="risks",
    order=95,
    nl="Risico's",
    en="Risks",
    why_nl="Risico's met kans, impact, eigenaar en behandeling.",
    why_en="Risks with likelihood, impact, owner and treatment.",
    columns=(
        Column("id", "Risico", "Risk"),
        Column("label", "Omschrijving", "Description"),
        Column("likelihood", "Kans", "Likelihood", numeric=True),
        Column("impact", "Impact", "Impact", numeric=True),
        Column("score", "Score", "Score", numeric=True),
        Column("owner", "Eigenaar (rol)", "Owner (role)"),
        Column("treatment", "Behandeling", "Treatment"),
        Column("controls", "Maatregelen (CyFun)", "Controls (CyFun)"),
        Column("review", "Herziening", "Review"),
    ),
    rows=_rows,
)
