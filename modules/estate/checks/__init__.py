"""What is wrong with an estate that reads well: one function per rule, in themed modules, found by looking."""

from __future__ import annotations

import datetime
import importlib
import pkgutil
from collections.abc import Mapping
from functools import cache
from types import MappingProxyType

from virgem.modules import codes
from virgem.modules.estate.checks import register
from virgem.modules.estate.checks.facts import Facts
from virgem.modules.estate.checks.unread import ALL
from virgem.modules.estate.model import Estate
from virgem.modules.problem import Problem


@cache
def checks() -> Mapping[str, register.Check]:
    """Return every check by the code of its rule, sorted; each module of this package registers its own."""
    for module in pkgutil.iter_modules(__path__):
        importlib.import_module(f"{__name__}.{module.name}")
    return MappingProxyType(dict(sorted(register.CHECKS.items())))


def check(
    estate: Estate, as_of: datetime.date | None = None, unread: frozenset[str] = frozenset()
) -> tuple[Problem, ...]:
    """Return every problem of an estate, sorted; what has ended is only looked for when a day is given.

    `unread`: the parts of the text with errors in them (see `unread.py`); what may stand there is not called missing.
    """
    facts = Facts(estate=estate, as_of=as_of)
    found = {
        _problem(code, finding)
        for code, function in checks().items()
        if not _may_stand_in(unread, register.MISSING_FROM.get(code, frozenset()))
        for finding in function(facts)
    }
    return tuple(sorted(found))


def _problem(code: str, found: register.Finding | register.Notice) -> Problem:
    if isinstance(found, register.Notice):
        return codes.warning(code, *found)
    return codes.problem(code, found.mark, found.message, found.hint, found.related, found.target)


def _may_stand_in(unread: frozenset[str], missing_from: frozenset[str]) -> bool:
    """Tell whether what a check misses may stand in what could not be read."""
    if not unread or not missing_from:
        return False
    return ALL in unread or ALL in missing_from or bool(unread & missing_from)
