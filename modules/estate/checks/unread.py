"""Which parts of an estate could not be read, so that what may stand in them is not called missing."""

from __future__ import annotations

from collections.abc import Iterable

from virgem.modules.estate.base import Origin
from virgem.modules.estate.model import Estate
from virgem.modules.problem import Mark, Problem, Severity

ALL = "*"
_TOWN = frozenset({"municipalities", "kbo", "entities", "sites", "cloud", "services", "orders", "deliveries"})


def unread(problems: Iterable[Problem], estate: Estate) -> frozenset[str]:
    """Return the top-level keys (of the operator's files, of a town's file, "devices") in which there are errors.

    `*` stands for everything: an error whose part of the text is not known.
    """
    towns = {town.origin.mark.file: town.origin for town in estate.municipalities}
    errors = [problem for problem in problems if problem.severity is Severity.ERROR]
    found = {part for mark in {error.mark for error in errors} for part in _parts(mark, estate, towns)}
    # A municipality without a file is told at one place only, and all of it is missing.
    return frozenset(found | (_TOWN if any(error.code == "E317" for error in errors) else set()))


def _parts(mark: Mark, estate: Estate, towns: dict[str, Origin]) -> frozenset[str]:
    folder = mark.file.partition("/")[0]
    if folder == "devices":
        return frozenset({"devices"})
    if folder == "municipalities":
        return frozenset({_part(mark, towns[mark.file])}) if mark.file in towns else _TOWN
    return frozenset({_part(mark, estate.origin)})


def _part(mark: Mark, origin: Origin) -> str:
    """Return the last key whose value starts before a place."""
    places = ((origin.at(key), key) for key in origin.keys if "." not in key)
    before = [(place, key) for place, key in places if place.file == mark.file and place <= mark]
    return max(before)[1] if before else ALL
