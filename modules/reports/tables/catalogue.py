"""What can be ordered under each frame contract."""

from __future__ import annotations

from collections.abc import Iterator

from virgem.modules.reports.table import Column, Facts, Row, Table


def _rows(facts: Facts) -> Iterator[Row]:
    for contract in facts.estate.contracts:
        for item in contract.items:
            yield (
                item.path,
                contract.id,
                item.lot or "",
                item.model,
                item.profile or "",
                f"{item.price.amount:.2f}",
                f"{item.list_price.amount:.2f}" if item.list_price else "",
                *(str(part or "") for part in (item.cores, item.ram_gb, item.storage_gb, item.watts)),
                str(item.warranty_years or ""),
            )


TABLE = Table(
    id="catalogue",
    order=91,
    nl="Catalogus",
    en="Catalogue",
    why_nl="Wat onder elk raamcontract te bestellen is, met prijs en eigenschappen.",
    why_en="What can be ordered under each frame contract, with its price and properties.",
    columns=(
        Column("item", "Artikel", "Item"),
        Column("contract", "Contract", "Contract", filter=True),
        Column("lot", "Perceel", "Lot", filter=True),
        Column("model", "Merk en model", "Maker and model"),
        Column("profile", "Profiel", "Profile", filter=True),
        Column("price_eur", "Prijs (EUR)", "Price (EUR)", numeric=True),
        Column("list_price_eur", "Catalogusprijs (EUR)", "List price (EUR)", numeric=True),
        Column("cores", "Cores", "Cores", numeric=True),
        Column("ram_gib", "Geheugen (GiB)", "Memory (GiB)", numeric=True),
        Column("storage_gib", "Opslag (GiB)", "Storage (GiB)", numeric=True),
        Column("watts", "Vermogen (W)", "Power (W)", numeric=True),
        Column("warranty_years", "Garantie (jaar)", "Warranty (years)", numeric=True),
    ),
    rows=_rows,
)
