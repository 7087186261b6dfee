"""Frame contracts, their catalogue, and orders and deliveries in the four steps of the generic process."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from decimal import Decimal

from virgem.modules.estate.checks.facts import Facts
from virgem.modules.estate.checks.register import Finding, Notice, check, item, lacks
from virgem.modules.estate.model import CatalogueItem, Contract, Delivery, DeviceProfile, Municipality, Order
from virgem.modules.estate.model.procurement import Status
from virgem.modules.problem import Mark

_DEAD = (Status.REFUSED, Status.WITHDRAWN)
_DECIDED = (Status.DECIDED, Status.DELIVERED)
_LEAST = ("cores", "ram_gb", "storage_gb", "warranty_years")


def _orders(facts: Facts) -> Iterator[tuple[Municipality, Order, Contract]]:
    """Yield the orders that count, with their contracts."""
    for town, order in facts.orders.values():
        contract = facts.contracts.get(order.contract)
        if contract and order.status not in _DEAD:
            yield town, order, contract


def _deliveries(facts: Facts) -> Iterator[tuple[Delivery, Order]]:
    for town in facts.estate.municipalities:
        for delivery in town.deliveries:
            if delivery.order in facts.orders:
                yield delivery, facts.orders[delivery.order][1]


@check("E801")
def contract_ends_after_it_starts(facts: Facts) -> Iterator[Finding]:
    for contract in facts.estate.contracts:
        if contract.end.day < contract.start.day:
            message = f"contract {contract.id} ends on {contract.end}, before it starts on {contract.start}"
            yield Finding(contract.origin.at("end"), message, "swap the two days", contract.id)


@check("E802")
def lots_stay_within_the_contract(facts: Facts) -> Iterator[Finding]:
    for contract in facts.estate.contracts:
        for lot in contract.lots:
            if lot.ceiling and lot.ceiling.amount > contract.ceiling.amount:
                message = f"lot {lot.id} may reach {lot.ceiling} euro, its contract {contract.id} {contract.ceiling}"
                hint = "a lot's ceiling is part of the contract's"
                yield Finding(lot.origin.at("ceiling"), message, hint, f"{contract.id}/{lot.id}")


@check("E803")
def orders_stay_under_the_ceiling(facts: Facts) -> Iterator[Finding]:
    total: Counter[str] = Counter()
    for _, order, contract in _by_date(facts):
        before = Decimal(total[contract.id])
        total[contract.id] += facts.value(order)  # type: ignore[assignment]
        if before <= contract.ceiling.amount < total[contract.id]:
            message = (
                f"with order {order.id} the orders under {contract.id} add up to {total[contract.id]} euro, "
                f"over its ceiling of {contract.ceiling}"
            )
            hint = f"{contract.ceiling.amount - before} euro is left for it"
            yield Finding(order.origin.at(), message, hint, order.path, (contract.origin.at("ceiling"),))


@check("E804")
def orders_stay_under_the_ceiling_of_the_lot(facts: Facts) -> Iterator[Finding]:
    total: Counter[tuple[str, str]] = Counter()
    for _, order, contract in _by_date(facts):
        for lot in contract.lots:
            before = Decimal(total[contract.id, lot.id])
            total[contract.id, lot.id] += facts.value(order, lot.id)  # type: ignore[assignment]
            if lot.ceiling and before <= lot.ceiling.amount < total[contract.id, lot.id]:
                message = (
                    f"with order {order.id} the orders in lot {lot.id} of {contract.id} add up to "
                    f"{total[contract.id, lot.id]} euro, over its ceiling of {lot.ceiling}"
                )
                hint = f"{lot.ceiling.amount - before} euro is left for it"
                yield Finding(order.origin.at(), message, hint, order.path, (lot.origin.at("ceiling"),))


def _by_date(facts: Facts) -> list[tuple[Municipality, Order, Contract]]:
    """Return the orders that count, oldest first: the one that crosses a ceiling is the last that was asked."""
    return sorted(_orders(facts), key=lambda found: (found[1].date, found[1].path))


@check("E805")
def order_falls_within_the_contract(facts: Facts) -> Iterator[Finding]:
    for _, order, contract in _orders(facts):
        runs = contract.start.day <= contract.end.day  # else it holds no day at all, and E801 says so
        if runs and not contract.start.day <= order.date.day <= contract.end.day:
            message = f"order {order.id} is of {order.date}, {contract.id} runs from {contract.start} to {contract.end}"
            yield Finding(order.origin.at("date"), message, "order under a contract that runs", order.path)


@check("E806")
def municipality_may_order(facts: Facts) -> Iterator[Finding]:
    for town, order, contract in _orders(facts):
        if contract.may_order and not {town.id, town.nis} & set(contract.may_order):
            message = f"{town.name} may not order under {contract.id}"
            hint = f"open to {', '.join(contract.may_order)}"
            related = (contract.origin.at("may-order"),)
            yield Finding(order.origin.at("contract"), message, hint, order.path, related)


@check("E807")
def who_asks_does_not_approve(facts: Facts) -> Iterator[Finding]:
    for _, order, _ in _orders(facts):
        if order.requested_by and order.requested_by == order.approved_by:
            message = f"order {order.id} is asked and approved by the same role, {order.approved_by}"
            yield Finding(order.origin.at("approved-by"), message, "let another role approve", order.path)


@check("E808")
def decided_order_names_who_approved(facts: Facts) -> Iterator[Finding]:
    for _, order, _ in _orders(facts):
        if order.status in _DECIDED and lacks(order, "approved_by"):
            message = f"order {order.id} is {order.status}, but no role approved it"
            yield Finding(order.origin.at("status"), message, "add `approved-by`", order.path)


@check("E809")
def order_asks_for_something(facts: Facts) -> Iterator[Finding]:
    for _, order, _ in _orders(facts):
        for line in order.lines:
            if line.quantity == 0:
                message = f"order {order.id} asks for 0 of {line.item}"
                yield Finding(line.origin.at("quantity"), message, "name a number, or delete the line", order.path)


@check("E810")
def order_stays_in_its_contract(facts: Facts) -> Iterator[Finding]:
    for _, order, contract in _orders(facts):
        for line in order.lines:
            if not line.item.startswith(f"{contract.id}/"):
                message = f"order {order.id} is under {contract.id}, but {line.item} belongs to another contract"
                yield Finding(line.origin.at("item"), message, "make it an order of its own", order.path)


@check("E811")
def delivery_follows_a_decision(facts: Facts) -> Iterator[Finding]:
    for delivery, order in _deliveries(facts):
        if order.status not in _DECIDED:
            message = f"delivery {delivery.id} is for order {order.id}, which is {order.status}, not decided"
            related = (order.origin.at("status"),)
            yield Finding(delivery.origin.at("order"), message, "decide the order first", delivery.path, related)


@check("E812")
def delivery_follows_the_order(facts: Facts) -> Iterator[Finding]:
    for delivery, order in _deliveries(facts):
        if delivery.date.day < order.date.day:
            message = f"delivery {delivery.id} is of {delivery.date}, before its order {order.id} of {order.date}"
            related = (order.origin.at("date"),)
            yield Finding(delivery.origin.at("date"), message, "correct one of the days", delivery.path, related)


@check("E813")
def no_more_arrives_than_was_ordered(facts: Facts) -> Iterator[Finding]:
    arrived: Counter[tuple[str, str]] = Counter()
    for delivery, order in _deliveries(facts):
        ordered = _ordered(order)
        for line in delivery.lines:
            arrived[order.path, line.item] += line.quantity
            total, wanted = arrived[order.path, line.item], ordered[line.item]
            if total > wanted > 0:
                message = (
                    f"with delivery {delivery.id} {total} of {line.item} have arrived; order {order.id} asks {wanted}"
                )
                yield Finding(line.origin.at("quantity"), message, "send the rest back, or order it", delivery.path)


def _ordered(order: Order) -> Counter[str]:
    found: Counter[str] = Counter()
    for line in order.lines:
        found[line.item] += line.quantity
    return found


@check("E814", missing_from=("orders", "contracts"))
def what_arrives_was_ordered(facts: Facts) -> Iterator[Finding]:
    for delivery, order in _deliveries(facts):
        ordered = _ordered(order)
        for line in delivery.lines:
            if not ordered[line.item]:
                message = f"delivery {delivery.id} brings {line.item}, which order {order.id} does not ask for"
                yield Finding(line.origin.at("item"), message, f"ordered: {', '.join(ordered)}", delivery.path)


@check("E815")
def every_piece_has_a_serial_number(facts: Facts) -> Iterator[Finding]:
    for delivery, _ in _deliveries(facts):
        for line in delivery.lines:
            given = len(line.serials)
            if given and given != line.quantity:
                message = f"delivery {delivery.id} brings {line.quantity} of {line.item} and numbers {given} of them"
                yield Finding(line.origin.at("serials"), message, "count what arrived", delivery.path)


@check("E816")
def serial_number_arrives_once(facts: Facts) -> Iterator[Finding]:
    seen: dict[str, Mark] = {}
    for delivery, _ in _deliveries(facts):
        for line in delivery.lines:
            for index, serial in enumerate(line.serials):
                place = item(line, "serials", index)
                first = seen.setdefault(serial, place)
                if first is not place:
                    message = f"serial number {serial} arrived before"
                    yield Finding(place, message, "read the number again from the device", delivery.path, (first,))


@check("W817", missing_from=("deliveries", "orders", "contracts"))
def delivered_order_has_all(facts: Facts) -> Iterator[Notice]:
    arrived: Counter[tuple[str, str]] = Counter()
    for delivery, order in _deliveries(facts):
        for line in delivery.lines:
            arrived[order.path, line.item] += line.quantity
    for _, order, _ in _orders(facts):
        for name, wanted in _ordered(order).items() if order.status is Status.DELIVERED else ():
            if arrived[order.path, name] < wanted:
                yield Notice(
                    order.origin.at("status"),
                    {"order": order.id, "item": name, "wanted": wanted, "arrived": arrived[order.path, name]},
                    order.path,
                )


def _items(facts: Facts) -> Iterator[tuple[CatalogueItem, DeviceProfile]]:
    for offered in facts.items.values():
        profile = facts.estate.profile_by_id.get(offered.profile or "")
        if profile:
            yield offered, profile


@check("E818")
def item_meets_its_profile(facts: Facts) -> Iterator[Finding]:
    for offered, profile in _items(facts):
        for field in (*_LEAST, "watts"):
            have, wanted = getattr(offered, field), getattr(profile, field)
            short = have is not None and wanted is not None and (have > wanted if field == "watts" else have < wanted)
            if short:
                name = field.replace("_", "-")
                bound = "at most" if field == "watts" else "at least"
                message = f"item {offered.path} has {name} {have}, profile {profile.id} asks {bound} {wanted}"
                related = (profile.origin.at(name),)
                yield Finding(offered.origin.at(name), message, "offer another model", offered.path, related)


@check("W819")
def item_tells_what_its_profile_asks(facts: Facts) -> Iterator[Notice]:
    for offered, profile in _items(facts):
        asked = [field for field in (*_LEAST, "watts") if getattr(profile, field) is not None]
        silent = [field.replace("_", "-") for field in asked if lacks(offered, field)]
        if silent:
            yield Notice(
                offered.origin.at("profile"),
                {"item": offered.path, "silent": ", ".join(silent), "profile": profile.id},
                offered.path,
            )


@check("W820")
def price_is_no_higher_than_the_list(facts: Facts) -> Iterator[Notice]:
    for offered in facts.items.values():
        if offered.list_price and offered.price.amount > offered.list_price.amount:
            yield Notice(
                offered.origin.at("price"),
                {"item": offered.path, "price": offered.price.amount, "listed": offered.list_price.amount},
                offered.path,
            )


@check("W821")
def open_order_has_a_running_contract(facts: Facts) -> Iterator[Notice]:
    for _, order, contract in _orders(facts):
        if facts.as_of and order.status in (Status.INTAKE, Status.TREATED) and contract.end.day < facts.as_of:
            yield Notice(
                order.origin.at("status"),
                {"order": order.id, "status": order.status, "contract": contract.id, "end": contract.end},
                order.path,
            )
