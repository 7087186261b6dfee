"""What is wrong, and what is accepted for a while."""

from __future__ import annotations

from collections.abc import Iterator

from virgem.modules import codes
from virgem.modules.reports.table import Column, Facts, Row, Table, always


def _rows(facts: Facts) -> Iterator[Row]:
    shown = [("open", problem) for problem in facts.ready.problems]
    shown += [("waived", problem) for problem in facts.ready.waived]
    for state, problem in shown:
        yield (
            problem.code,
            codes.rules()[problem.code].title,
            problem.severity.value,
            state,
            str(problem.mark),
            problem.message,
            problem.hint,
        )


TABLE = Table(
    id="problems",
    order=15,
    nl="Bevindingen",
    en="Findings",
    why_nl="Wat niet klopt, en wat tijdelijk aanvaard is.",
    why_en="What is wrong, and what is accepted for a while.",
    columns=(
        Column("code", "Code", "Code", filter=True),
        Column("rule", "Regel", "Rule", words="rule"),
        Column("severity", "Ernst", "Severity", filter=True, words="severity"),
        Column("state", "Toestand", "State", filter=True, words="finding"),
        Column("place", "Plaats", "Place"),
        Column("message", "Wat", "What", english=always),
        Column("hint", "Uitweg", "Way out", english=always),
    ),
    rows=_rows,
)
