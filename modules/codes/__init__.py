"""Every problem code with what it means; one module per hundred, found by looking.

E is an error, W a warning. 1xx text, 2xx structure and values, 3xx references and duplicates, 4xx the region,
5xx connectivity, 6xx numbers and lock, 7xx cloud, 8xx purchasing and devices, 9xx governance.
"""

from __future__ import annotations

import importlib
import pkgutil
from collections.abc import Mapping
from functools import cache
from types import MappingProxyType

from virgem.modules.problem import Mark, Problem, Rule, Severity


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
    """Return a problem of a registered code; the first letter of the code is its severity."""
    severity = Severity.WARNING if code.startswith("W") else Severity.ERROR
    if code not in rules():
        raise KeyError(f"problem code {code} is not registered")
    return Problem(mark, code, message, hint, severity, related, target)
