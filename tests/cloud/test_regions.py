"""The regions that ship: their clouds keep the same rules as the small one, and their stacks preview."""

from __future__ import annotations

from functools import cache
from pathlib import Path

import klein
import pytest

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


@pytest.mark.parametrize("region", REGIONS)
def test_every_tenant_of_a_region_fits_its_quotas(root: Path, region: str) -> None:
    plan = planned(root / "inventories" / region)
    for data, applications in zip(plan.data, plan.tenants, strict=True):
        network = data.quota.network
        rules = sum(len(group.rules) for group in applications.security_groups)
        routers = sum(len(router.networks) for router in applications.routers) * 2
        used = {
            "instances": (len(applications.servers), data.quota.compute["instances"]),
            "volumes": (len(data.volumes), data.quota.storage["volumes"]),
            "networks": (len(applications.networks), network["network"]),
            "routers": (len(applications.routers), network["router"]),
            "ports": (len(applications.servers) + routers + len(applications.balancers), network["port"]),
            "security groups": (len(applications.security_groups), network["security_group"]),
            "rules": (rules, network["security_group_rule"]),
            "load balancers": (len(applications.balancers), data.quota.balancing["loadbalancer"]),
            "zones": (len(data.zones), data.quota.dns["zones"]),
            "records": (len(applications.records), data.quota.dns["zone_records"]),
        }
        assert {name: numbers for name, numbers in used.items() if numbers[0] > numbers[1]} == {}, data.name


@pytest.mark.slow
@pytest.mark.parametrize("region", REGIONS)
def test_a_regions_platform_and_a_tenant_preview(root: Path, region: str) -> None:
    plan = planned(root / "inventories" / region)
    tenant = next(stack.nis for stack in plan.tenants if stack.nis != SHARED)
    found = run(plan, (SHARED, f"data-{tenant}", f"tenant-{tenant}"), program)
    assert [stack.name for stack in found.stacks] == [f"data-{tenant}", SHARED, f"tenant-{tenant}"]
    assert all(stack.resources for stack in found.stacks)
