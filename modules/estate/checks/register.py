"""The register of checks: a check belongs to one rule and yields what breaks it."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import NamedTuple

from virgem.modules.estate.base import Located
from virgem.modules.estate.checks.facts import Facts
from virgem.modules.problem import Mark, Text


class Finding(NamedTuple):
    """What breaks an error's rule: the place, one sentence with the numbers, one hint, object's path, other places."""

    mark: Mark
    message: str
    hint: str = ""
    target: str = ""
    related: tuple[Mark, ...] = ()


class Notice(NamedTuple):
    """What breaks a warning's rule: the place, the values for the sentences of the rule, object's path, other places.

    `hint` and `says` stand in for the rule's own, where a rule finds two kinds of things.
    """

    mark: Mark
    values: Mapping[str, object]
    target: str = ""
    related: tuple[Mark, ...] = ()
    hint: Text | None = None
    says: Text | None = None


def lacks(value: Located, name: str) -> bool:
    """Tell whether a field was left out; one that was written and refused has been told by the loader."""
    return not getattr(value, name) and name not in value.origin.keys


def item(owner: Located, key: str, index: int) -> Mark:
    """Return the place of one item of a list, or of the key when a single value was written."""
    return owner.origin.at(f"{key}.{index}" if f"{key}.{index}" in owner.origin.keys else key)


Check = Callable[[Facts], Iterator[Finding] | Iterator[Notice]]

CHECKS: dict[str, Check] = {}
MISSING_FROM: dict[str, frozenset[str]] = {}


def check(code: str, *, missing_from: tuple[str, ...] = ()) -> Callable[[Check], Check]:
    """Register a function as the check of this rule; a rule has one check.

    `missing_from`: it finds what is not there, or judges by what would stand there instead, so it is left out while
    there are errors in these top-level keys of the text ("*": in any), where what it misses may stand.
    """

    def registered(function: Check) -> Check:
        if code in CHECKS:
            raise ValueError(f"rule {code} has two checks")
        CHECKS[code] = function
        if missing_from:
            MISSING_FROM[code] = frozenset(missing_from)
        return function

    return registered
