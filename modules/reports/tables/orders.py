"""Every order, who asked and who approved."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from decimal import Decimal

from virgem.modules.estate.model import Order, OrderLine
from virgem.modules.reports.table import Column, Facts, Row, Table


def _rows(facts: Facts) -> Iterator[Row]:
    prices = {item.path: item.price.amount for contract in facts.estate.contracts for item in contract.items}
    for town in facts.estate.municipalities:
        arrived = Counter[str]()
        for delivery in town.deliveries:
            arrived[delivery.order] += sum(int(line.quantity) for line in delivery.lines)
        for order in town.orders:
            yield (
                town.nis,
                order.path,
                order.contract,
                order.date,
                order.status.value,
                order.entity or "",
                order.requested_by or "",
                order.approved_by or "",
                "; ".join(_line(line) for line in order.lines),
                f"{_value(order, prices):.2f}",
                str(sum(int(line.quantity) for line in order.lines)),
                str(arrived[order.path]),
            )


def _line(line: OrderLine) -> str:
    return f"{line.quantity} x {line.item}" + (f" ({line.site})" if line.site else "")


def _value(order: Order, prices: Mapping[str, Decimal]) -> Decimal:
    return sum((prices.get(line.item, Decimal(0)) * int(line.quantity) for line in order.lines), Decimal(0))


TABLE = Table(
    id="orders",
    order=92,
    nl="Bestellingen",
    en="Orders",
    why_nl="Wat is besteld, wie vroeg en wie goedkeurde (rollen), en hoeveel ervan is geleverd.",
    why_en="What was ordered, who asked and who approved (roles), and how much of it arrived.",
    columns=(
        Column("nis", "NIS-code", "NIS code"),
        Column("order", "Bestelling", "Order"),
        Column("contract", "Contract", "Contract", filter=True),
        Column("date", "Datum", "Date"),
        Column("status", "Stap", "Step", filter=True, words="step"),
        Column("entity", "Entiteit", "Entity"),
        Column("requested_by", "Gevraagd door (rol)", "Requested by (role)"),
        Column("approved_by", "Goedgekeurd door (rol)", "Approved by (role)"),
        Column("lines", "Wat", "What"),
        Column("value_eur", "Waarde (EUR)", "Value (EUR)", numeric=True),
        Column("quantity", "Besteld", "Ordered", numeric=True),
        Column("arrived", "Geleverd", "Arrived", numeric=True),
    ),
    rows=_rows,
    town="nis",
    named="order",
)
