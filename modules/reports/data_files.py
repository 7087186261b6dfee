"""The report as data: one CSV file per table and one JSON document with all."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Mapping

from virgem.modules.reports.table import Facts, Row, Table, filled, tables

# A spreadsheet runs a cell that starts with one of these as a formula (OWASP: CSV injection).
_FORMULA = ("=", "+", "-", "@", "\t", "\r")


def csv_files(facts: Facts) -> Mapping[str, str]:
    """Return a CSV file per table: UTF-8, comma, CRLF (RFC 4180), column ids as heads."""
    return {f"csv/{table.id}.csv": _csv(table, filled(table, facts)) for table in tables().values()}


def _csv(table: Table, rows: tuple[Row, ...]) -> str:
    text = io.StringIO()
    writer = csv.writer(text)
    writer.writerow([column.id for column in table.columns])
    writer.writerows([_cell(cell) for cell in row] for row in rows)
    return text.getvalue()


def _cell(text: str) -> str:
    return f"'{text}" if text.startswith(_FORMULA) else text


def json_document(facts: Facts, head: Mapping[str, str]) -> str:
    """Return the whole report as one JSON document."""
    body = {
        "apiVersion": "virgem/v1",
        "kind": "InventoryReport",
        **head,
        "tables": {table.id: _objects(table, filled(table, facts)) for table in tables().values()},
    }
    return json.dumps(body, indent=1, ensure_ascii=False) + "\n"


def _objects(table: Table, rows: tuple[Row, ...]) -> list[dict[str, str]]:
    names = [column.id for column in table.columns]
    return [dict(zip(names, row, strict=True)) for row in rows]
