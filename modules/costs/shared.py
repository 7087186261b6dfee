"""What the municipalities bear together, and the part of each."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from decimal import Decimal

from virgem.modules.cloud.tenants import Tenant
from virgem.modules.costs.model import Line, What, cents, total
from virgem.modules.costs.own import use_lines, zone_lines
from virgem.modules.costs.sharing import divided
from virgem.modules.estate.model import Estate, Municipality, Prices, SharedCost
from virgem.modules.estate.model.costs import Period, SharingKey

Towns = Sequence[Municipality]


@dataclass(frozen=True, slots=True, kw_only=True)
class Whole:
    """A cost that some municipalities bear together, and the key by which they do."""

    what: What
    name: str
    label: str = ""
    amount: Decimal
    by: SharingKey
    towns: Towns
    fixed: Mapping[str, int] = field(default_factory=dict)  # parts by municipality; empty: equal ones
    note: str = ""


def wholes(estate: Estate, prices: Prices, services: Tenant, towns: Towns) -> Iterator[Whole]:
    """Yield all that is shared: each service's own use of the cloud, their DNS zones, the costs of the region.

    `services` is the tenant of the shared services; `towns` are all municipalities.
    """
    labels = {str(service.id): service.label or "" for service in estate.services}
    for kit in services.kits:
        lines = use_lines(estate, prices, replace(services, kits=(kit,)))
        users = [town for town in towns if kit.id in town.services] or towns
        yield _of_lines(What.SERVICE, kit.id, lines, prices.services, users, labels[kit.id])
    yield _of_lines(What.ZONES, "", zone_lines(estate, prices, services), prices.services, towns)
    yield from (_declared(cost, towns) for cost in prices.shared)


def _of_lines(what: What, name: str, lines: Sequence[Line], by: SharingKey, towns: Towns, label: str = "") -> Whole:
    note = "; ".join(f"{line.quantity} {line.unit} {line.name or line.what}: {line.amount}" for line in lines)
    amount = total(lines)
    return Whole(what=what, name=name, label=label, amount=amount, by=by, towns=towns, note=note)


def _declared(cost: SharedCost, towns: Towns) -> Whole:
    yearly = cost.per is Period.YEAR
    return Whole(
        what=What.SHARED,
        name=cost.id,
        label=cost.label or "",
        amount=cents(cost.amount.amount / 12 if yearly else cost.amount.amount),
        by=cost.by,
        towns=towns,
        fixed={str(weight.id): int(weight.parts) for weight in cost.weights},
        note=f"a twelfth of {cents(cost.amount.amount)} a year" if yearly else "",
    )


def parts(whole: Whole, used: Mapping[str, Decimal]) -> Iterator[tuple[str, Line]]:
    """Yield the line of each municipality that bears a part; `used` is what the own use of each costs."""
    unit, weights = _weights(whole, used)
    if not whole.amount or not weights:
        return
    for town, weight, amount in zip(whole.towns, weights, divided(whole.amount, weights), strict=True):
        if weight:
            yield town.id, _part(whole, unit, weight, sum(weights, Decimal(0)), amount)


def _weights(whole: Whole, used: Mapping[str, Decimal]) -> tuple[str, list[Decimal]]:
    """Return the weight of each municipality and its unit; equal parts where the key gives nobody any."""
    towns = whole.towns
    unit, weights = {
        SharingKey.INHABITANTS: ("inhabitants", [Decimal(town.population) for town in towns]),
        SharingKey.USAGE: ("euro of own use", [used[town.id] for town in towns]),
        SharingKey.FIXED: ("parts", [Decimal(whole.fixed.get(town.id, 0)) for town in towns]),
    }[whole.by]
    return (unit, weights) if any(weights) else ("parts", [Decimal(1)] * len(towns))


def _part(whole: Whole, unit: str, weight: Decimal, total: Decimal, amount: Decimal) -> Line:
    return Line(
        what=whole.what,
        name=whole.name,
        label=whole.label,
        quantity=weight,
        of=total,
        unit=unit,
        price=whole.amount,
        amount=amount,
        note=whole.note,
    )
