"""The regions that ship: their clouds keep the same rules as the small one, and their stacks preview."""

from __future__ import annotations

import time
from functools import cache
from pathlib import Path

import klein
import pytest
import quotas

from virgem.modules import planning
from virgem.modules.cloud.model import CloudPlan
from virgem.modules.cloud.plan import cloud_plan
from virgem.modules.cloud.preview import Preview
from virgem.modules.cloud.previewing import run
from virgem.modules.governance.judging import judge, problems
from virgem.modules.governance.planned import Planned
from virgem.network.model import SHARED
from virgem.stacks.program import run as program

REGIONS = ("middenkust", "zuid-west-vlaanderen")


@cache
def prepared(folder: Path) -> planning.Prepared:
    """A shipped estate with its network plan."""
    return planning.prepare(folder)


@cache
def planned(folder: Path) -> CloudPlan:
    """The cloud plan of a shipped estate."""
    found = prepared(folder)
    assert found.estate is not None
    assert found.plan is not None
    return cloud_plan(found.estate, found.plan)


@cache
def declared(folder: Path) -> Preview:
    """What all programs of a shipped estate declare."""
    return run(planned(folder), planned(folder).stacks, program)


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
def test_a_region_keeps_every_policy_or_has_it_waived(root: Path, region: str) -> None:
    folder = root / "inventories" / region
    ready = prepared(folder)
    assert ready.estate
    assert ready.plan
    plan = Planned(estate=ready.estate, network=ready.plan, cloud=planned(folder), preview=declared(folder))
    began = time.process_time()
    verdicts = judge(plan, ready.estate.waivers[0].expires.day if ready.estate.waivers else None)
    assert time.process_time() - began < 2.0, "a second, on a machine that is busy with other work"
    assert problems(verdicts) == ()
    waived = {(verdict.policy.id, found.target) for verdict in verdicts for found, _ in verdict.waived}
    assert waived == ({("apart", "kortrijk/gis-portaal")} if region == "zuid-west-vlaanderen" else set())


@pytest.mark.slow
@pytest.mark.parametrize("region", REGIONS)
def test_every_quota_of_a_region_has_room_for_what_its_programs_declare(root: Path, region: str) -> None:
    plan = planned(root / "inventories" / region)
    found = declared(root / "inventories" / region)
    for tenant in {stack.nis for stack in plan.tenants}:
        assert quotas.too_much(quotas.of_tenant(found, tenant)) == {}, tenant
