"""The verdict on a plan: what each policy finds, and what a waiver of the estate accepts of it for a while."""

from __future__ import annotations

import datetime
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum

from virgem.modules import codes
from virgem.modules.estate.model import Estate, Waiver
from virgem.modules.estate.values import nearest
from virgem.modules.governance import drift
from virgem.modules.governance.planned import Planned
from virgem.modules.governance.policies import policies
from virgem.modules.governance.policy import Finding, Policy, problem
from virgem.modules.problem import Problem, Rule, Severity

_CODE = re.compile(r"[EW]\d{3}")


class Outcome(StrEnum):
    """What came of a policy; "not evaluated" is never kept."""

    KEPT = "kept"
    WAIVED = "waived"
    BROKEN = "broken"
    NOT_EVALUATED = "not-evaluated"


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    """What one policy finds: open findings, and those that a waiver accepts with that waiver.

    `lapsed` are open findings that a waiver accepted until its last day.
    """

    policy: Policy
    open: tuple[Finding, ...] = ()
    waived: tuple[tuple[Finding, Waiver], ...] = ()
    lapsed: tuple[tuple[Finding, Waiver], ...] = ()

    @property
    def outcome(self) -> Outcome:
        """In one word."""
        return Outcome.BROKEN if self.open else Outcome.WAIVED if self.waived else Outcome.KEPT

    @property
    def problems(self) -> tuple[Problem, ...]:
        """The open findings as problems; one whose waiver has ended says so."""
        ended = dict(self.lapsed)
        return tuple(_told(self.policy, found, ended.get(found)) for found in self.open)


def _told(policy: Policy, found: Finding, ended: Waiver | None) -> Problem:
    told = problem(policy, found)
    if ended is None:
        return told
    english = f"waiver {ended.id} of {ended.owner} ended on {ended.expires}; decide again, or {found.hint.en}"
    dutch = f"afwijking {ended.id} van {ended.owner} eindigde op {ended.expires}; beslis opnieuw, of {found.hint.nl}"
    return replace(told, hint=english, hint_nl=dutch)


def judge(planned: Planned, as_of: datetime.date | None = None) -> tuple[Verdict, ...]:
    """Return the verdict of every policy, by id; the day decides which waivers count, none lets all count."""
    return tuple(_verdict(policy, planned, as_of) for policy in policies().values())


def _verdict(policy: Policy, planned: Planned, as_of: datetime.date | None) -> Verdict:
    waivers = [waiver for waiver in planned.estate.waivers if waiver.rule == policy.id]
    counting = [waiver for waiver in waivers if as_of is None or waiver.expires.day >= as_of]
    ended = [waiver for waiver in waivers if waiver not in counting]
    found = tuple(dict.fromkeys(policy.find(planned)))
    accepted = [(one, waiver) for one in found if (waiver := _accepting(counting, one))]
    taken = {one for one, _ in accepted}
    left = tuple(one for one in found if one not in taken)
    return Verdict(
        policy=policy,
        open=left,
        waived=tuple(accepted),
        lapsed=tuple((one, waiver) for one in left if (waiver := _accepting(ended, one))),
    )


def _accepting(waivers: Sequence[Waiver], found: Finding) -> Waiver | None:
    """Return the waiver that accepts a finding: the one that counts longest."""
    fitting = [waiver for waiver in waivers if waiver.target in ("any", found.target)]
    return max(fitting, key=lambda waiver: (waiver.expires.day, str(waiver.id)), default=None)


def problems(verdicts: Sequence[Verdict]) -> tuple[Problem, ...]:
    """Return all open findings, sorted."""
    return tuple(sorted({told for verdict in verdicts for told in verdict.problems}))


def errors(verdicts: Sequence[Verdict]) -> int:
    """Return how many open findings stop what would be applied."""
    return sum(told.severity is Severity.ERROR for told in problems(verdicts))


def waived_lines(verdicts: Sequence[Verdict]) -> Iterator[str]:
    """Yield one line for each finding that is accepted: what, by whom, until when and why."""
    for verdict in verdicts:
        for found, waiver in verdict.waived:
            by = f"waiver {waiver.id} of {waiver.owner} until {waiver.expires}: {waiver.reason}"
            yield f"waived: {verdict.policy.id} {found.target}: {found.says.en} ({by})"


def rules() -> Mapping[str, tuple[Rule, Severity]]:
    """Return every policy as the rule that faces of problems know it by, with its severity."""
    return {policy.id: (policy.rule, policy.severity) for policy in policies().values()}


def unknown_policies(estate: Estate) -> Iterator[Problem]:
    """Yield each waiver that names neither a problem code, nor a policy, nor a drift."""
    for waiver in estate.waivers:
        if _CODE.fullmatch(waiver.rule) or waiver.rule in policies() or drift.is_rule(waiver.rule):
            continue
        kinds = (f"{drift.DRIFT}/{kind}" for kind in sorted(drift.known_kinds()))
        known = {name.lower(): name for name in (*policies(), *codes.rules(), drift.DRIFT, *kinds)}
        near = nearest(str(waiver.rule).lower(), known)
        hint = f"did you mean {known[near]}?" if near else f"policies: {', '.join(policies())}"
        message = f"waiver {waiver.id} names rule {waiver.rule}, which does not exist"
        yield codes.problem("E909", waiver.origin.at("rule"), message, hint, target=str(waiver.id))
