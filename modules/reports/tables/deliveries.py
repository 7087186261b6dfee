"""What arrived for every order."""

from __future__ import annotations

from collections.abc import Iterator

from virgem.modules.reports.table import Column, Facts, Row, Table


def _rows(facts: Facts) -> Iterator[Row]:
    for town in facts.estate.municipalities:
        for delivery in town.deliveries:
            yield (
                town.nis,
                delivery.path,
                delivery.order,
                delivery.date,
                "; ".join(f"{line.quantity} x {line.item}" for line in delivery.lines),
                str(sum(int(line.quantity) for line in delivery.lines)),
                ", ".join(serial for line in delivery.lines for serial in line.serials),
            )


TABLE = Table(
    id="deliveries",
    order=93,
    nl="Leveringen",
    en="Deliveries",
    why_nl="Wat voor elke bestelling is aangekomen, met de serienummers.",
    why_en="What arrived for every order, with the serial numbers.",
    columns=(
        Column("nis", "NIS-code", "NIS code"),
        Column("delivery", "Levering", "Delivery"),
        Column("order", "Bestelling", "Order"),
        Column("date", "Datum", "Date"),
        Column("lines", "Wat", "What"),
        Column("quantity", "Aantal", "Quantity", numeric=True),
        Column("serials", "Serienummers", "Serial numbers"),
    ),
    rows=_rows,
    town="nis",
    named="delivery",
)
