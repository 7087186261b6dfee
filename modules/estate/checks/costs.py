"""The price list and the costs that the region shares."""

from __future__ import annotations

from collections.abc import Iterator

from virgem.modules.estate.checks.facts import Facts
from virgem.modules.estate.checks.register import Finding, Notice, check
from virgem.modules.estate.model import CloudShare, Prices, SharedCost
from virgem.modules.estate.model.costs import SharingKey
from virgem.modules.estate.public import town_named
from virgem.modules.estate.scalars import Identifier
from virgem.modules.estate.sizes import IMAGES, SIZES
from virgem.modules.estate.values import did_you_mean


def _shared(facts: Facts) -> tuple[SharedCost, ...]:
    return facts.estate.prices.shared if facts.estate.prices else ()


@check("E760")
def what_has_a_price_exists(facts: Facts) -> Iterator[Finding]:
    prices = facts.estate.prices
    for what, known, priced in (
        ("server size", tuple(SIZES), prices.sizes if prices else ()),
        ("image", IMAGES, prices.licences if prices else ()),
    ):
        for one in priced:
            if one.id not in known:
                message = f"there is no {what} {one.id}"
                yield Finding(one.origin.at(), message, f"choose one of {', '.join(known)}", "prices")


@check("E761", missing_from=("municipalities",))
def weights_are_of_municipalities(facts: Facts) -> Iterator[Finding]:
    towns = facts.estate.towns
    for cost in _shared(facts):
        for weight in cost.weights:
            if weight.id not in towns:
                message = f"shared cost {cost.id} has a weight for {weight.id}, no municipality of this estate"
                real = town_named(weight.id) and "give it a file in municipalities/, or delete the weight"
                hint = real or did_you_mean(weight.id, towns, f"there are: {', '.join(sorted(towns))}")
                yield Finding(weight.origin.at(), message, hint, cost.id)


@check("E762")
def weights_stand_beside_their_key(facts: Facts) -> Iterator[Finding]:
    for cost in _shared(facts):
        if cost.weights and cost.by is not SharingKey.FIXED:
            message = f"shared cost {cost.id} has weights, but its key is {cost.by}"
            yield Finding(cost.origin.at("weights"), message, "write `key: fixed`, or delete the weights", cost.id)


@check("E763")
def somebody_bears_the_cost(facts: Facts) -> Iterator[Finding]:
    for cost in _shared(facts):
        if cost.weights and not any(weight.parts for weight in cost.weights):
            message = f"the weights of shared cost {cost.id} add up to 0: nobody bears it"
            hint = "raise a weight, or delete `weights`: then all bear equal parts"
            yield Finding(cost.origin.at("weights"), message, hint, cost.id)


@check("W764", missing_from=("prices",))
def what_is_used_has_a_price(facts: Facts) -> Iterator[Notice]:
    prices = facts.estate.prices
    if prices is None:
        return
    told = set(prices.origin.keys)
    for name, user in _used(facts, prices):
        if name not in told:
            told.add(name)
            yield Notice(prices.origin.at(), {"price": name, "object": user}, "prices")


def _used(facts: Facts, prices: Prices) -> Iterator[tuple[str, str]]:
    """Yield each price that counts with what it counts for; those of which an operator asks nothing stay out."""
    priced = {size.id for size in prices.sizes}
    for service in facts.estate.services:
        if service.flavor not in priced:
            yield from (("core", service.id), ("ram", service.id))
        if service.volume_gb:
            yield "volume", service.id
    for town in facts.estate.municipalities:
        if town.cloud:
            yield from _used_by(town.cloud, priced, prices)
            yield from (("load-balancer", f"{town.id}/{balancer.id}") for balancer in town.cloud.load_balancers)


def _used_by(share: CloudShare, priced: set[Identifier], prices: Prices) -> Iterator[tuple[str, str]]:
    for server in share.servers:
        if server.flavor not in priced:
            yield from (("core", server.path), ("ram", server.path))
    for volume in share.volumes:
        if not (volume.encrypted and prices.encrypted_volume):
            yield "volume", volume.path
        if volume.backup:
            yield "backup", volume.path
