"""Which program a stack runs, by its name."""

from __future__ import annotations

from virgem.modules.cloud.model import SHARED, CloudPlan
from virgem.modules.problem import UserError


def run(plan: CloudPlan, stack: str) -> None:
    """Declare the resources of one stack of the plan to the running engine; UserError for no such stack."""
    if stack == SHARED:
        from virgem.stacks import shared

        return shared.program(plan.platform)
    for lasting in plan.data:
        if lasting.name == stack:
            from virgem.stacks import data

            return data.program(lasting)
    for applications in plan.tenants:
        if applications.name == stack:
            from virgem.stacks import tenant

            return tenant.program(applications)
    raise UserError(f"there is no stack {stack!r}", f"choose one of {', '.join(plan.stacks)}")
