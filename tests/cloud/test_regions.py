"""The regions that ship: their clouds keep the same rules as the small one, and their stacks preview."""

from __future__ import annotations

from functools import cache
from pathlib import Path

import klein
import pytest
import quotas

from virgem.modules import planning
from virgem.modules.cloud.model import CloudPlan
from virgem.modules.cloud.plan import cloud_plan
from virgem.modules.cloud.previewing import run
from virgem.network.model import SHARED
from virgem.stacks.program import run as program

REGIONS = ("middenkust", "zuid-west-vlaanderen")


@cache
def planned(folder: Path) -> CloudPlan:
    """The cloud plan of a shipped estate."""
    prepared = planning.prepare(folder)
    assert prepared.estate is not None
    assert prepared.plan is not None
    return cloud_plan(prepared.estate, prepared.plan)


@pytest.mark.parametrize("region", REGIONS)
def test_only_a_dmz_meets_the_internet(root: Path, region: str) -> None:
    tenants = planned(root / "inventories" / region).tenants
    assert {group.exposed for stack in tenants for group, _ in klein.open_rules(stack)} == {True}


@pytest.mark.slow
@pytest.mark.parametrize("region", REGIONS)
def test_a_regions_platform_and_a_tenant_preview(root: Path, region: str) -> None:
    plan = planned(root / "inventories" / region)
    tenant = next(stack.nis for stack in plan.tenants if stack.nis != SHARED)
    found = run(plan, (SHARED, f"data-{tenant}", f"tenant-{tenant}"), program)
    assert [stack.name for stack in found.stacks] == [f"data-{tenant}", SHARED, f"tenant-{tenant}"]
    assert all(stack.resources for stack in found.stacks)


@pytest.mark.slow
@pytest.mark.parametrize("region", REGIONS)
def test_every_quota_of_a_region_has_room_for_what_its_programs_declare(root: Path, region: str) -> None:
    plan = planned(root / "inventories" / region)
    found = run(plan, plan.stacks, program)
    for tenant in {stack.nis for stack in plan.tenants}:
        assert quotas.too_much(quotas.of_tenant(found, tenant)) == {}, tenant
