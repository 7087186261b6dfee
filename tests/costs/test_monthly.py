"""The costs of a month: each line exact and explained, the keys of what is shared, and sums that hold."""

from __future__ import annotations

import dataclasses
from decimal import Decimal
from typing import Any

import pytest
from billed import KORTRIJK, KUURNE, PRICES, WAREGEM, amounts, costs, line, priced, region
from hypothesis import given
from hypothesis import strategies as st

from virgem.modules.cloud.plan import cloud_plan
from virgem.modules.cloud.tenants import tenants
from virgem.modules.cloud.usage import used
from virgem.modules.costs.model import Costs, What
from virgem.modules.costs.monthly import monthly
from virgem.modules.costs.shared import wholes
from virgem.modules.estate.model import Prices, SharedCost
from virgem.modules.estate.model.costs import Period, SharingKey
from virgem.modules.estate.scalars import Identifier, Money

INHABITANTS = {KORTRIJK: 80776, KUURNE: 14244, WAREGEM: 40436}


def shared(**cost: Any) -> Costs:
    return costs({"shared": {"one": cost}})


# ---- own use


@pytest.mark.parametrize(
    ("prices", "what", "name", "quantity", "price", "amount"),
    [
        (PRICES, "server", "medium", 2, "33.40", "66.80"),
        (PRICES, "server", "large", 1, "49.30", "49.30"),
        ({**PRICES, "sizes": {"large": 55.5}}, "server", "large", 1, "55.50", "55.50"),
        ({"licences": {"debian-13": 3.25}}, "licence", "debian-13", 1, "3.25", "3.25"),
        ({"licences": {"debian-12": 2}}, "licence", "debian-12", 2, "2.00", "4.00"),
        (PRICES, "volume", "", 100, "0.06", "6.00"),
        (PRICES, "encrypted-volume", "", 50, "0.06", "3.00"),
        ({"volume": 0.06, "encrypted-volume": 0.0751}, "encrypted-volume", "", 50, "0.0751", "3.76"),
        ({"encrypted-volume": 0.075}, "encrypted-volume", "", 50, "0.075", "3.75"),
        ({"backup": 0.0303}, "backup", "", 150, "0.0303", "4.55"),
        (PRICES, "load-balancer", "", 1, "12.50", "12.50"),
        ({"floating-address": 2.5}, "floating-address", "", 1, "2.50", "2.50"),
        ({"dns-zone": 1.25}, "dns-zone", "", 1, "1.25", "1.25"),
    ],
)
def test_what_is_declared_is_counted_and_priced(
    prices: dict[str, Any], what: str, name: str, quantity: int, price: str, amount: str
) -> None:
    found = line(costs(prices), KORTRIJK, what, name)
    assert (found.quantity, str(found.price), str(found.amount), found.of) == (quantity, price, amount, None)


def test_the_price_of_a_server_says_what_it_is_made_of() -> None:
    assert line(costs(PRICES), KORTRIJK, "server", "medium").note == (
        "4 cores x 4.50 + 8 GiB memory x 1.80 + 20 GiB disk x 0.05"
    )
    named = costs({**PRICES, "sizes": {"medium": 30}})
    assert line(named, KORTRIJK, "server", "medium").note == "price of the size"


def test_what_has_no_price_is_no_line() -> None:
    assert {line.what for line in costs({"core": 1}).by_nis[WAREGEM].lines} == {"server", "service"}
    assert all(tenant.lines == () for tenant in monthly(*region()).tenants)
    assert costs({"volume": 0, "shared": {"one": {"amount": 0, "key": "fixed"}}}).total == 0


def test_the_quantities_are_those_of_the_cloud_plan() -> None:
    """A price of one euro for one thing alone gives what the quotas of the cloud count of it."""
    plan = cloud_plan(*region())
    for data, stack in zip(plan.data, plan.tenants, strict=True):
        if stack.nis not in INHABITANTS:
            continue
        use = used(data.volumes, data.zones, data.keys, stack)
        counts = {
            "core": use.compute["cores"],
            "ram": use.compute["ram"] // 1024,
            "volume": use.storage["gigabytes"],
            "encrypted-volume": use.storage_types["gigabytes_encrypted"],
            # A load balancer is two in the cloud, one for each family.
            "load-balancer": use.balancing["loadbalancer"] // 2,
            "floating-address": use.network["floatingip"],
            "dns-zone": use.dns["zones"],
        }
        assert {name: costs({name: 1}).by_nis[stack.nis].own for name in counts} == counts


# ---- what is shared


@pytest.mark.parametrize(
    ("key", "found"),
    [
        # 10000 x 80776 / 135456 and so on.
        ({"key": "inhabitants"}, {KORTRIJK: "5963.26", KUURNE: "1051.56", WAREGEM: "2985.18"}),
        ({"key": "fixed"}, {KORTRIJK: "3333.34", KUURNE: "3333.33", WAREGEM: "3333.33"}),
        ({"key": "fixed", "weights": {"waregem": 2, "kuurne": 1}}, {KUURNE: "3333.33", WAREGEM: "6666.67"}),
        ({"key": "fixed", "weights": {"waregem": 2, "kuurne": 0}}, {WAREGEM: "10000.00"}),
    ],
)
def test_a_cost_is_divided_by_its_key(key: dict[str, Any], found: dict[str, str]) -> None:
    assert amounts(shared(amount=10000, **key), "shared", "one") == found


def test_inhabitants_are_those_of_the_public_register() -> None:
    found = shared(amount=100, key="inhabitants")
    assert {nis: line(found, nis, "shared", "one").quantity for nis in INHABITANTS} == INHABITANTS
    assert line(found, KUURNE, "shared", "one").of == sum(INHABITANTS.values())


def test_usage_goes_by_what_the_own_use_costs() -> None:
    found = costs({**PRICES, "shared": {"one": {"amount": 1000, "key": "usage"}}})
    kortrijk, waregem = found.by_nis[KORTRIJK].own, found.by_nis[WAREGEM].own
    assert (str(kortrijk), str(waregem)) == ("137.60", "17.20")
    part = line(found, KORTRIJK, "shared", "one")
    assert (part.quantity, part.of, part.price) == (kortrijk, kortrijk + waregem, 1000)
    # 1000 x 137.60 / 154.80; Kuurne declares nothing, so it pays nothing.
    assert amounts(found, "shared", "one") == {KORTRIJK: "888.89", WAREGEM: "111.11"}


def test_usage_of_nothing_is_divided_in_equal_parts() -> None:
    found = shared(amount=100, key="usage")
    assert amounts(found, "shared", "one") == {KORTRIJK: "33.34", KUURNE: "33.33", WAREGEM: "33.33"}
    assert line(found, KUURNE, "shared", "one").unit == "parts"


def test_of_a_yearly_amount_a_month_bears_a_twelfth() -> None:
    found = shared(amount=1000, per="year", key="fixed")
    assert str(found.total) == "83.33"
    assert line(found, KUURNE, "shared", "one").note == "a twelfth of 1000.00 a year"


def test_a_service_is_paid_by_those_who_use_it() -> None:
    found = costs({**PRICES, "services": "fixed"})
    # dns: two small servers; files: one medium server and 2000 GiB.
    assert amounts(found, "service", "dns") == {KORTRIJK: "17.20", WAREGEM: "17.20"}
    assert amounts(found, "service", "files") == {KORTRIJK: "153.40"}
    part = line(found, KORTRIJK, "service", "files")
    assert (str(part.price), part.note) == ("153.40", "1 server medium: 33.40; 2000 GiB encrypted-volume: 120.00")


def test_a_service_that_nobody_names_is_paid_by_all() -> None:
    estate, plan = priced({**PRICES, "services": "inhabitants"})
    nobody = tuple(dataclasses.replace(town, services=()) for town in estate.municipalities)
    found = monthly(dataclasses.replace(estate, municipalities=nobody), plan)
    assert amounts(found, "service", "files").keys() == {KORTRIJK, KUURNE, WAREGEM}
    assert line(found, KUURNE, "service", "files").of == sum(INHABITANTS.values())


def test_the_zones_of_the_shared_services_are_paid_by_all() -> None:
    found = costs({"dns-zone": 3, "services": "fixed"})
    assert amounts(found, "zones") == {KORTRIJK: "1.00", KUURNE: "1.00", WAREGEM: "1.00"}


# ---- sums


def test_a_region_without_a_cloud_shares_what_is_shared() -> None:
    found = costs({**PRICES, "shared": {"one": {"amount": 90, "key": "fixed"}}}, cloud=False)
    assert [str(tenant.sum_of(What.SHARED)) for tenant in found.tenants] == ["30.00"] * 3
    assert [tenant.own for tenant in found.tenants] == [0, 0, 0]


MONEY = st.integers(0, 10**9).map(lambda cents: Money(f"{cents / 100:.2f}"))
COSTS = st.builds(
    lambda number, amount, per, by: SharedCost(id=Identifier(f"cost-{number}"), amount=amount, per=per, by=by),
    st.integers(0, 99),
    MONEY,
    st.sampled_from(Period),
    st.sampled_from(SharingKey),
)


@given(st.lists(COSTS, unique_by=lambda cost: cost.id, max_size=5), st.sampled_from(SharingKey))
def test_the_region_pays_its_own_use_and_every_shared_cost_to_the_cent(
    declared: list[SharedCost], services: SharingKey
) -> None:
    estate, plan = priced({**PRICES, "dns-zone": 1.25})
    assert estate.prices is not None
    prices: Prices = dataclasses.replace(estate.prices, shared=tuple(declared), services=services)
    found = monthly(dataclasses.replace(estate, prices=prices), plan)
    every = wholes(estate, prices, tenants(estate, plan)[0], estate.municipalities)
    own = sum(tenant.own for tenant in found.tenants)
    assert found.total == own + sum((whole.amount for whole in every), Decimal(0))
    assert found.total == sum(line.amount for tenant in found.tenants for line in tenant.lines)
