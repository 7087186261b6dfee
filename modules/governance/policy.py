"""What a policy is: a rule over what is planned, one file each in policies/, with the words and controls of a rule.

Checks of the estate judge its text; a policy judges what would be applied, so that a defect of our own planning is
found too.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass

from virgem.modules.governance.planned import Planned
from virgem.modules.problem import NOWHERE, Mark, Problem, Rule, Severity, Text


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """What breaks a policy: the planned resource, in words, and the object of the estate that it comes from.

    `target` is that object's path, as a waiver names it; `mark` is where it is written, as far as that is known.
    """

    urn: str
    says: Text
    hint: Text
    target: str
    mark: Mark = NOWHERE


@dataclass(frozen=True, slots=True, kw_only=True)
class Policy:
    """A rule over plans. An error stops what would be applied, a warning is told.

    `rule.code` is its id: what a waiver names, and what stands before each finding.
    """

    rule: Rule
    severity: Severity
    find: Callable[[Planned], Iterable[Finding]]

    @property
    def id(self) -> str:
        """The name of the policy."""
        return self.rule.code


def finding(
    urn: str, says: Text, hint: Text, values: Mapping[str, object], place: tuple[str, Mark] = ("", NOWHERE)
) -> Finding:
    """Return a finding with the fields of its sentences filled in."""
    return Finding(urn=urn, says=says.filled(values), hint=hint.filled(values), target=place[0], mark=place[1])


def problem(policy: Policy, found: Finding) -> Problem:
    """Return a finding as the problem that all faces show."""
    return Problem(
        found.mark,
        policy.id,
        found.says.en,
        found.hint.en,
        policy.severity,
        (),
        found.target,
        found.says.nl,
        found.hint.nl,
    )


def few(names: Sequence[str]) -> str:
    """Return the first of some names, and how many more there are."""
    more = f" (+{len(names) - 3})" if len(names) > 3 else ""
    return ", ".join(names[:3]) + more
