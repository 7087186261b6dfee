"""What is wrong, and what is accepted for a while."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from virgem.modules import codes
from virgem.modules.problem import Problem
from virgem.modules.reports.table import Column, Facts, Row, Table


def _shown(facts: Facts) -> Iterator[tuple[str, Problem]]:
    yield from (("open", problem) for problem in facts.ready.problems)
    yield from (("waived", problem) for problem in facts.ready.waived)


def _rows(facts: Facts) -> Iterator[Row]:
    for state, problem in _shown(facts):
        yield (
            problem.code,
            codes.rules()[problem.code].title,
            problem.severity.value,
            state,
            str(problem.mark),
            problem.message,
            problem.hint,
        )


def _dutch(facts: Facts, rows: Sequence[Row]) -> Iterator[Row]:
    """Yield the rows with warnings in Dutch; an error, which comes here only by its waiver, has English alone."""
    words = {(p.code, p.message, p.hint): (p.message_nl, p.hint_nl) for _, p in _shown(facts) if p.message_nl}
    for row in rows:
        code, message, hint = row[0], row[5], row[6]
        yield (*row[:5], *words.get((code, message, hint), (message, hint)))


def _is_english(row: Row) -> bool:
    return row[0].startswith("E")


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
        Column("message", "Wat", "What", english=_is_english),
        Column("hint", "Uitweg", "Way out", english=_is_english),
    ),
    rows=_rows,
    dutch=_dutch,
)
