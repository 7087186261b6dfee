"""Every problem code with what it means; one module per theme, found by looking.

E is an error, W a warning. 1xx text, 2xx structure and values, 3xx references and duplicates, 4xx the region,
5xx connectivity, 6xx numbers and lock, 7xx cloud (79x who manages what), 8xx purchasing and devices, 9xx governance.
What only a day decides (something has ended) is a warning: that time passes never stops a plan or a report.
"""

from __future__ import annotations

import importlib
import pkgutil
from collections.abc import Mapping
from functools import cache
from types import MappingProxyType

from virgem.modules.problem import Mark, Problem, Rule, Severity, Text

# For warnings whose object has a name much like another.
DID_YOU_MEAN = Text("did you mean {near}?", "bedoelt u {near}?")


@cache
def rules() -> Mapping[str, Rule]:
    """Return every rule by code, sorted; each module of this package defines `RULES`."""
    found: dict[str, Rule] = {}
    for module in pkgutil.iter_modules(__path__):
        for rule in importlib.import_module(f"{__name__}.{module.name}").RULES:
            if rule.code in found:
                raise ValueError(f"problem code {rule.code} is defined twice")
            found[rule.code] = rule
    return MappingProxyType(dict(sorted(found.items())))


def problem(
    code: str, mark: Mark, message: str, hint: str = "", related: tuple[Mark, ...] = (), target: str = ""
) -> Problem:
    """Return an error of a registered code."""
    if code not in rules() or not code.startswith("E"):
        raise KeyError(f"problem code {code} is no registered error; a warning has the words of its rule")
    return Problem(mark, code, message, hint, Severity.ERROR, related, target)


def warning(
    code: str,
    mark: Mark,
    values: Mapping[str, object],
    target: str = "",
    related: tuple[Mark, ...] = (),
    hint: Text | None = None,
    says: Text | None = None,
) -> Problem:
    """Return a warning of a registered code in both languages; `hint` and `says` stand in for the rule's own."""
    rule = rules().get(code)
    if rule is None or rule.says is None or rule.hint is None:
        raise KeyError(f"problem code {code} is no registered warning with its words")
    what, way = (says or rule.says).filled(values), (hint or rule.hint).filled(values)
    return Problem(mark, code, what.en, way.en, Severity.WARNING, related, target, what.nl, way.nl)
