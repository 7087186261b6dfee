"""Frame contracts, what was ordered and what is left."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal

from virgem.modules.estate.model import Contract
from virgem.modules.reports.table import Column, Facts, Row, Table


def _rows(facts: Facts) -> Iterator[Row]:
    for contract in facts.estate.contracts:
        spent = _ordered(facts, contract)
        yield (
            contract.id,
            contract.label or "",
            contract.authority,
            contract.supplier,
            contract.supplier_kbo or "",
            contract.owner or "",
            contract.start,
            contract.end,
            "yes" if contract.start.day <= facts.as_of <= contract.end.day else "no",
            f"{contract.ceiling.amount:.2f}",
            f"{spent:.2f}",
            f"{contract.ceiling.amount - spent:.2f}",
            str(len(contract.items)),
        )


def _ordered(facts: Facts, contract: Contract) -> Decimal:
    """The value of all orders that were not refused or withdrawn, in euro."""
    prices = {item.path: item.price.amount for item in contract.items}
    return sum(
        (
            prices.get(line.item, Decimal(0)) * int(line.quantity)
            for town in facts.estate.municipalities
            for order in town.orders
            if order.contract == contract.id and order.status not in ("refused", "withdrawn")
            for line in order.lines
        ),
        Decimal(0),
    )


TABLE = Table(
    id="contracts",
    order=90,
    nl="Raamcontracten",
    en="Frame contracts",
    why_nl="Welke contracten lopen, wat besteld is en wat nog kan.",
    why_en="Which contracts run, what was ordered and what is left.",
    columns=(
        Column("contract", "Contract", "Contract"),
        Column("label", "Naam", "Name"),
        Column("authority", "Aanbestedende overheid", "Contracting authority"),
        Column("supplier", "Leverancier", "Supplier"),
        Column("supplier_kbo", "KBO van de leverancier", "KBO of the supplier"),
        Column("owner", "Eigenaar (rol)", "Owner (role)"),
        Column("start", "Begin", "Start"),
        Column("end", "Einde", "End"),
        Column("running", "Loopt", "Running", filter=True, words="answer"),
        Column("ceiling", "Plafond (EUR)", "Ceiling (EUR)", numeric=True),
        Column("ordered", "Besteld (EUR)", "Ordered (EUR)", numeric=True),
        Column("left", "Vrij (EUR)", "Left (EUR)", numeric=True),
        Column("items", "Artikelen", "Items", numeric=True),
    ),
    rows=_rows,
)
