"""The policies over what is planned, and what came of each."""

from __future__ import annotations

from collections.abc import Iterator

from virgem.modules.governance.judging import Outcome, Verdict
from virgem.modules.governance.policies import policies
from virgem.modules.reports.table import Column, Facts, Row, Table


def _rows(facts: Facts) -> Iterator[Row]:
    found = {verdict.policy.id: verdict for verdict in facts.verdicts or ()}
    for policy in policies().values():
        verdict = found.get(policy.id)
        yield (
            policy.id,
            policy.rule.title,
            policy.severity.value,
            ", ".join(policy.rule.controls),
            (verdict.outcome if verdict else Outcome.NOT_EVALUATED).value,
            str(len(verdict.open)) if verdict else "",
            str(len(verdict.waived)) if verdict else "",
            ", ".join(sorted({found.target for found in verdict.open})) if verdict else "",
            _accepted(verdict) if verdict else "",
        )


def _accepted(verdict: Verdict) -> str:
    """Return who accepts what, until when."""
    waived = sorted({(found.target, str(waiver.owner), str(waiver.expires)) for found, waiver in verdict.waived})
    return ", ".join(f"{target} ({owner}, {until})" for target, owner, until in waived)


TABLE = Table(
    id="policies",
    order=17,
    nl="Beleidsregels",
    en="Policies",
    why_nl="Wat van de plannen voor de cloud geëist wordt en wat ervan gekomen is. Wat niet geëvalueerd is, is niet in "
    "orde bevonden: virgem report --policies evalueert.",
    why_en="What is asked of the plans for the cloud, and what came of it. What is not evaluated was not found in "
    "order: virgem report --policies evaluates.",
    columns=(
        Column("policy", "Beleidsregel", "Policy"),
        Column("title", "Wat ze vraagt", "What it asks", words="policy"),
        Column("severity", "Ernst", "Severity", filter=True, words="severity"),
        Column("controls", "Maatregelen", "Controls"),
        Column("verdict", "Oordeel", "Verdict", filter=True, words="verdict"),
        Column("open", "Open", "Open", numeric=True),
        Column("waived", "Aanvaard", "Waived", numeric=True),
        Column("about", "Waarover", "About"),
        Column("accepted", "Aanvaard door (rol, tot en met)", "Accepted by (role, until)"),
    ),
    rows=_rows,
)
