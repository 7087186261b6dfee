"""What a waiver accepts of what policies find: until its day, about its object, by an owner role."""

from __future__ import annotations

import datetime
from dataclasses import replace

import pytest
from region import OPERATOR, among, mutant, planned

from virgem.modules.estate.loader import SourceFiles, load
from virgem.modules.estate.problem_formats import render
from virgem.modules.governance import planned as kinds
from virgem.modules.governance.judging import (
    Outcome,
    Verdict,
    errors,
    judge,
    problems,
    rules,
    unknown_policies,
    waived_lines,
)
from virgem.modules.governance.planned import Planned
from virgem.modules.governance.policies import policies
from virgem.modules.problem import Severity

DAY = datetime.date(2027, 6, 30)
LATER = DAY + datetime.timedelta(days=1)
TARGET = "kortrijk/sql-data"


def waived(rule: str = "data-protection", target: str = TARGET) -> Planned:
    """The region whose database volume is planned without encryption, with a waiver."""
    waiver = f"""
waivers:
  oud: {{ rule: {rule}, target: {target}, reason: The old array cannot, owner: ict-manager, expires: {DAY} }}
"""
    plan = planned(OPERATOR + waiver, only=("data-34022",))
    return mutant(plan, among(plan, kinds.VOLUME, "sql-data").urn, volumeType="__DEFAULT__")


def verdict(plan: Planned, day: datetime.date | None, policy: str = "data-protection") -> Verdict:
    return next(found for found in judge(plan, day) if found.policy.id == policy)


@pytest.mark.parametrize("day", [None, DAY - datetime.timedelta(days=400), DAY])
@pytest.mark.parametrize("target", [TARGET, "any"])
def test_a_waiver_accepts_until_its_last_day(day: datetime.date | None, target: str) -> None:
    plan = waived(target=target)
    found = verdict(plan, day)
    assert (found.outcome, found.open, len(found.waived)) == (Outcome.WAIVED, (), 1)
    assert errors(judge(plan, day)) == 0
    (line,) = waived_lines(judge(plan, day))
    assert "waiver oud of ict-manager until 2027-06-30: The old array cannot" in line


def test_a_waiver_that_has_ended_counts_no_more_and_is_told() -> None:
    plan = waived()
    found = verdict(plan, LATER)
    assert (found.outcome, found.waived, len(found.lapsed)) == (Outcome.BROKEN, (), 1)
    (told,) = found.problems
    # It stops what would be applied: here, other than in the text, the day decides.
    assert (told.severity, told.target) == (Severity.ERROR, TARGET)
    assert told.hint.startswith("waiver oud of ict-manager ended on 2027-06-30; decide again")
    assert told.hint_nl.startswith("afwijking oud van ict-manager eindigde op 2027-06-30")
    assert errors(judge(plan, LATER)) == 1


@pytest.mark.parametrize(("rule", "target"), [("apart", TARGET), ("data-protection", "kortrijk/kaarten")])
def test_a_waiver_of_something_else_accepts_nothing(rule: str, target: str) -> None:
    assert verdict(waived(rule, target), DAY).outcome is Outcome.BROKEN


def test_a_renewed_waiver_counts_whatever_the_old_one_says() -> None:
    plan = waived()
    (old,) = plan.estate.waivers
    other = replace(old, id=type(old.id)("nieuw"), expires=type(old.expires)("2028-01-31"))
    both = replace(plan, estate=replace(plan.estate, waivers=(old, other)))
    assert [waiver.id for _, waiver in verdict(both, LATER).waived] == ["nieuw"]


def test_a_policy_without_a_finding_is_kept_and_all_are_judged() -> None:
    verdicts = judge(waived(), DAY)
    assert [found.policy.id for found in verdicts] == sorted(policies())
    assert {found.outcome for found in verdicts if found.policy.id != "data-protection"} == {Outcome.KEPT}


@pytest.mark.parametrize(
    ("rule", "hint"),
    [
        ("data-protecton", "did you mean data-protection?"),
        ("Open-Ingress", "did you mean open-ingress?"),
        ("w780", "did you mean W780?"),
        ("zzz", "policies: apart, data-protection"),
    ],
)
def test_a_waiver_of_an_unknown_policy_is_told_with_the_nearest(rule: str, hint: str) -> None:
    text = f"waivers: {{ w: {{ rule: {rule}, reason: R, owner: ict-manager, expires: {DAY} }} }}\n"
    estate = load(SourceFiles({"estate.yaml": (OPERATOR + text).encode()})).estate
    assert estate is not None
    (told,) = unknown_policies(estate)
    assert (told.code, told.mark.line) == ("E909", 17)
    assert hint in told.hint


def test_known_names_are_no_problem() -> None:
    text = "waivers:\n" + "".join(
        f"  w{number}: {{ rule: {rule}, reason: R, owner: ict-manager, expires: {DAY} }}\n"
        for number, rule in enumerate((*policies(), "W780", "E999"))
    )
    estate = load(SourceFiles({"estate.yaml": (OPERATOR + text).encode()})).estate
    assert estate is not None
    assert list(unknown_policies(estate)) == []


def test_sarif_lists_the_policies_with_their_severity_and_controls() -> None:
    verdicts = judge(waived(), LATER)

    class Found:
        problems = problems(verdicts)
        sources = SourceFiles({})

    text = render("sarif", Found(), known=rules())
    assert '"ruleId": "data-protection"' in text
    assert text.count('"shortDescription"') == len(policies())
    assert '"ISO 27002:8.24"' in text
    assert f'"level": "{Severity.WARNING.value}"' in text
