"""Which program a stack runs."""

from __future__ import annotations

import importlib

from virgem.modules.cloud.model import CloudPlan, DataStack, Platform
from virgem.modules.problem import UserError


def load() -> None:
    """Load all programs now, so that no process that is forked later does it for itself."""
    from virgem.modules.cloud.components import sdk

    for name in ("data", "shared", "tenant"):
        importlib.import_module(f"virgem.stacks.{name}")
    sdk.load()


def run(plan: CloudPlan, stack: str) -> None:
    """Declare the resources of one stack of the plan to the running engine; UserError for no such stack."""
    # Imported here: a program brings the Pulumi SDK, which whoever only names this function should not pay.
    if stack not in plan.tenant_of:
        raise UserError(f"there is no stack {stack!r}", f"choose one of {', '.join(plan.stacks)}")
    from virgem.modules.cloud.components import sdk

    sdk.quicken()
    value = plan.stack(stack)
    if isinstance(value, Platform):
        from virgem.stacks import shared

        return shared.program(value)
    if isinstance(value, DataStack):
        from virgem.stacks import data

        return data.program(value)
    from virgem.stacks import tenant

    return tenant.program(value)
