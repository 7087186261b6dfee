"""Policies over plans: each module of this package defines one POLICY, found by looking."""

from __future__ import annotations

import importlib
import pkgutil
from collections.abc import Mapping
from functools import cache
from types import MappingProxyType

from virgem.modules.governance.policy import Policy


@cache
def policies() -> Mapping[str, Policy]:
    """Return every policy by its id, sorted."""
    found: dict[str, Policy] = {}
    for module in pkgutil.iter_modules(__path__):
        policy: Policy = importlib.import_module(f"{__name__}.{module.name}").POLICY
        if policy.id in found:
            raise ValueError(f"policy {policy.id} is defined twice")
        found[policy.id] = policy
    return MappingProxyType(dict(sorted(found.items())))
