"""Quotas: what a plan uses is counted as its program declares it, and a class that is too small is told."""

from __future__ import annotations

import re
from dataclasses import fields, replace

import klein
import pytest
import quotas

from virgem.modules.cloud.limits import LIMITS, classes, over_quota
from virgem.modules.cloud.model import Quota, TenantStack
from virgem.modules.cloud.quotas import class_of, quota
from virgem.modules.cloud.usage import used
from virgem.modules.estate.model import QuotaClass
from virgem.modules.estate.scalars import Count
from virgem.network.lock import EMPTY
from virgem.network.plan import plan_network

PLAN = klein.cloud()


def flat(amounts: Quota) -> dict[tuple[str, str], int]:
    """The numbers by service and the name of the provider's property."""
    camel = {name: re.sub(r"_([a-z])(?!ncrypted)", lambda m: m[1].upper(), name) for name in every_name(amounts)}
    services = {"storage_types": "storage"}
    return {
        (services.get(f.name, f.name), camel[name]): number
        for f in fields(Quota)
        for name, number in getattr(amounts, f.name).items()
    }


def every_name(amounts: Quota) -> set[str]:
    return {name for f in fields(Quota) for name in getattr(amounts, f.name)}


def needed(stack: TenantStack) -> Quota:
    data = next(data for data in PLAN.data if data.nis == stack.nis)
    return used(data.volumes, data.zones, data.keys, stack)


@pytest.mark.parametrize("stack", PLAN.tenants, ids=lambda stack: stack.name)
def test_a_plan_uses_what_its_program_declares(stack: TenantStack) -> None:
    declared = quotas.counted(quotas.of_tenant(klein.previewed(), stack.nis))
    found = flat(needed(stack))
    assert found == {field: declared[field] for field in found}
    # What the plan does not count, no program makes.
    assert {field for field, number in declared.items() if number} <= set(found)


@pytest.mark.parametrize("stack", PLAN.tenants, ids=lambda stack: stack.name)
def test_every_quota_has_room_for_what_is_declared(stack: TenantStack) -> None:
    assert quotas.too_much(quotas.of_tenant(klein.previewed(), stack.nis)) == {}


def test_a_tenant_gets_the_limits_of_the_class_that_reports_tell() -> None:
    told = classes(klein.estate(), klein.network())
    assert {data.tenant: data.quota for data in PLAN.data} == {name: quota(limits) for name, limits in told.items()}


def test_a_class_that_was_declared_waits_for_no_count() -> None:
    assert class_of(small(), (), lambda: pytest.fail("counted for nothing")) == small()


def test_every_number_that_is_counted_is_held_against_its_limit() -> None:
    counted = needed(PLAN.tenants[0])
    held = {(limit.service, limit.name) for limit in LIMITS}
    assert held == {(f.name, name) for f in fields(Quota) for name in getattr(counted, f.name)}


def test_shared_services_have_room_for_the_zones_that_they_hold_however_many_a_municipality_adds() -> None:
    services, *towns = PLAN.data
    assert {data.tenant for data in towns if any(zone.held for zone in data.zones)} == {"kortrijk", "waregem"}
    most = sum(data.quota.dns["zones"] for data in towns)
    assert services.quota.dns["zones"] == most + 2 * len(services.zones)
    for name in ("zone_records", "zone_recordsets", "recordset_records"):
        assert services.quota.dns[name] >= max(data.quota.dns[name] for data in towns), name


THREE = klein.OPERATOR.replace(
    "services:\n", "  north: { at: kortrijk/bib, floating: 203.0.113.64/27 }\nservices:\n", 1
)


@pytest.mark.parametrize("operator", [klein.OPERATOR, THREE], ids=["two", "three"])
def test_shared_services_have_room_to_be_replaced_however_many_datacentres_there_are(operator: str) -> None:
    plan = klein.cloud(operator=operator)
    stack, data = plan.tenants[0], plan.data[0]
    found = used(data.volumes, data.zones, data.keys, stack)
    assert len(stack.routers) == operator.count("{ at:")
    for limit in LIMITS:
        most = getattr(data.quota, limit.service)[limit.name]
        assert most >= 2 * getattr(found, limit.service)[limit.name], limit


def test_the_classes_that_come_along_have_room_for_three_datacentres() -> None:
    assert list(over_quota(klein.estate(operator=THREE), klein.network(operator=THREE))) == []


def small(**limits: int) -> QuotaClass:
    """The class of Kortrijk with other numbers."""
    large = next(quota for quota in klein.estate().quotas if quota.id == "large")
    return replace(large, **{key: Count(number) for key, number in limits.items()})


def told(**limits: int) -> list[str]:
    """What is said when this is the largest class there is."""
    others = tuple(quota for quota in klein.estate().quotas if quota.id == "small")
    estate = replace(klein.estate(), quotas=(*others, small(**limits)))
    planned = plan_network(estate, EMPTY).plan
    assert planned is not None
    return [f"{found.code} {found.message}; {found.hint}" for found in over_quota(estate, planned)]


@pytest.mark.parametrize("limit", LIMITS, ids=lambda limit: limit.name)
def test_a_class_with_the_number_that_the_hint_names_is_enough(limit: object) -> None:
    key = next(known.key for known in LIMITS if known is limit)
    (first,) = told(**{key: 0})
    enough = re.search(r"to (\d+) or more", first)
    assert enough, first
    assert f"`{key.replace('_', '-')}`" in first
    assert told(**{key: int(enough[1])}) == []


def test_a_declared_load_balancer_counts_twice_and_so_does_its_class() -> None:
    assert quota(small(load_balancers=1)).balancing["loadbalancer"] == 2
    (said,) = told(load_balancers=0)
    assert "needs 2 load balancers of one family; quota class large allows 0" in said
