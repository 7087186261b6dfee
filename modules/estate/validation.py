"""From a folder to a checked estate: read, load, check, and take out what a waiver accepts."""

from __future__ import annotations

import datetime
from collections.abc import Iterable
from dataclasses import dataclass, replace
from pathlib import Path

from virgem.modules.estate.checks import check
from virgem.modules.estate.checks.unread import unread
from virgem.modules.estate.checks.waivable import waivable
from virgem.modules.estate.loader import Loaded, SourceFiles, load, read_folder
from virgem.modules.estate.model import Estate, Waiver
from virgem.modules.problem import Problem, Severity


@dataclass(frozen=True, slots=True, kw_only=True)
class Validated:
    """An estate (None when its text has errors), what is wrong with it, what is waived, and the texts."""

    estate: Estate | None
    problems: tuple[Problem, ...]
    waived: tuple[Problem, ...]
    sources: SourceFiles


def validate(path: Path, as_of: datetime.date | None = None) -> Validated:
    """Return the checked estate of a folder; the day decides what has ended, none leaves that out."""
    return validate_files(read_folder(path), as_of)


def validate_files(sources: SourceFiles, as_of: datetime.date | None = None) -> Validated:
    """Return the checked estate of texts that were read before. Pure."""
    loaded = load(sources)
    problems, waived = judge(loaded, as_of)
    return Validated(estate=sound(loaded), problems=problems, waived=waived, sources=loaded.sources)


def sound(loaded: Loaded) -> Estate | None:
    """Return the estate to plan with: what was built from a text with errors only served to look for more of them."""
    return None if loaded.estate is None or unread(loaded.problems, loaded.estate) else loaded.estate


def judge(loaded: Loaded, as_of: datetime.date | None = None) -> tuple[tuple[Problem, ...], tuple[Problem, ...]]:
    """Return all that is wrong with an estate, in its text and by the checks, and what of the latter is waived."""
    if loaded.estate is None:
        return loaded.problems, ()
    broken = unread(loaded.problems, loaded.estate)
    # At the place of a value that was refused its default was judged, which nobody wrote.
    refused = {problem.mark for problem in loaded.problems if _is_refusal(problem)}
    found = [problem for problem in check(loaded.estate, as_of, broken) if problem.mark not in refused]
    left, waived = apply_waivers(found, loaded.estate, as_of)
    return tuple(sorted({*loaded.problems, *left})), waived


def _is_refusal(problem: Problem) -> bool:
    """Tell whether no value was left where a problem is: what stands there twice is still read once."""
    return problem.severity is Severity.ERROR and problem.code not in ("E125", "E312")


def apply_waivers(
    problems: Iterable[Problem], estate: Estate, as_of: datetime.date | None = None
) -> tuple[tuple[Problem, ...], tuple[Problem, ...]]:
    """Return the problems that remain and those that a waiver accepts.

    What a waiver accepted that has expired is open again, as a warning: a day that passes stops no plan.
    """
    accepted = {_key(waiver) for waiver in estate.waivers if _counts(waiver, as_of)}
    expired = {_key(waiver) for waiver in estate.waivers if not _counts(waiver, as_of)}
    left: list[Problem] = []
    waived: list[Problem] = []
    for problem in problems:
        if _accepts(accepted, problem):
            waived.append(problem)
        else:
            left.append(replace(problem, severity=Severity.WARNING) if _accepts(expired, problem) else problem)
    return tuple(left), tuple(waived)


def _key(waiver: Waiver) -> tuple[str, str]:
    return str(waiver.rule), str(waiver.target)


def _counts(waiver: Waiver, as_of: datetime.date | None) -> bool:
    return as_of is None or waiver.expires.day >= as_of


def _accepts(accepted: set[tuple[str, str]], problem: Problem) -> bool:
    targets = {"any", problem.target} - {""}
    return waivable(problem.code) and any((problem.code, target) in accepted for target in targets)
