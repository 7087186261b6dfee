"""Which prices an estate needs, and what its checks say of those that it has."""

from __future__ import annotations

from typing import Any

import pytest
from regions import HALL, KORTRIJK, WAREGEM, estate

from virgem.modules.estate.checks import check

SHARE: dict[str, Any] = {
    "servers": {"app": {"flavor": "large", "serves": [443]}},
    "volumes": {"v": {"size": 10, "server": "app", "encrypted": True, "backup": True}},
    "load-balancers": {"front": {"servers": ["app"]}},
}
# The only services there are: both without a volume unless a case says so.
SERVICES = {name: {"flavor": "small", "volume-gb": 0} for name in ("dns", "ntp", "proxy")}
ALL = {"core": 1, "ram": 1, "volume": 1, "backup": 1, "load-balancer": 1}


def found(code: str, prices: dict[str, Any], share: dict[str, Any] = SHARE, **service: Any) -> list[str]:
    towns = {KORTRIJK: {"stadhuis": HALL}, WAREGEM: {"stadhuis": HALL}}
    centres = {"west": {"at": "kortrijk/stadhuis"}, "east": {"at": "waregem/stadhuis"}}
    services = {name: {**row, **service} for name, row in SERVICES.items()}
    made = estate(towns, {KORTRIJK: {"cloud": share}}, prices=prices, services=services, datacentres=centres)
    return [problem.message for problem in check(made) if problem.code == code]


def missing(prices: dict[str, Any], share: dict[str, Any] = SHARE, **service: Any) -> set[str]:
    told = [message.split("`")[1] for message in found("W764", prices, share, **service)]
    # Once for each price, whatever counts by it.
    assert len(told) == len(set(told))
    return set(told)


@pytest.mark.parametrize("name", ALL)
def test_a_price_that_counts_for_something_is_missed(name: str) -> None:
    assert missing({key: price for key, price in ALL.items() if key != name}) == {name}


def test_a_price_of_nothing_is_a_price() -> None:
    assert missing(dict.fromkeys(ALL, 0)) == set()


def test_an_estate_without_a_price_list_misses_none() -> None:
    bare = estate({KORTRIJK: {"stadhuis": HALL}}, {KORTRIJK: {"cloud": SHARE}})
    assert [problem for problem in check(bare) if problem.code == "W764"] == []


def test_servers_whose_size_has_a_price_need_none_for_cores() -> None:
    sizes = {"sizes": {"small": 10, "large": 20}}
    assert missing(sizes) == {"volume", "backup", "load-balancer"}
    assert missing({"sizes": {"large": 20}}) == {"core", "ram", "volume", "backup", "load-balancer"}
    assert missing({"sizes": {"small": 10}}) == {"core", "ram", "volume", "backup", "load-balancer"}


def test_encrypted_volumes_may_have_a_price_of_their_own() -> None:
    own = {**{key: price for key, price in ALL.items() if key != "volume"}, "encrypted-volume": 1}
    assert missing(own) == set()
    plain = {**SHARE, "volumes": {"v": {"size": 10}}}
    assert missing(own, plain) == {"volume"}
    assert missing(own, {}, **{"volume-gb": 100}) == {"volume"}


def test_a_tenant_that_declares_nothing_needs_what_the_services_need() -> None:
    assert missing({"shared": {"one": {"amount": 1, "key": "fixed"}}}, {}) == {"core", "ram"}


def test_a_municipality_may_bear_none_of_a_cost() -> None:
    shared = {"one": {"amount": 1, "key": "fixed", "weights": {"kortrijk": 0, "waregem": 3}}}
    assert found("E763", {**ALL, "shared": shared}) == []


@pytest.mark.parametrize("key", ["usage", "inhabitants"])
def test_weights_belong_to_fixed_parts(key: str) -> None:
    shared = {"one": {"amount": 1, "key": key, "weights": {"kortrijk": 1}}}
    assert found("E762", {**ALL, "shared": shared}) == [f"shared cost one has weights, but its key is {key}"]
    shared["one"]["key"] = "fixed"
    assert found("E762", {**ALL, "shared": shared}) == []
