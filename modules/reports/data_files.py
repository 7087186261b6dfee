"""The report as data: one CSV file per table and one JSON document with all."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Mapping

from virgem.modules.reports.table import Row, Table, tables

# A spreadsheet runs a cell that starts with one of these as a formula (OWASP: CSV injection).
_FORMULA = ("=", "+", "-", "@", "\t", "\r")


def csv_files(rows: Mapping[str, tuple[Row, ...]]) -> Mapping[str, str]:
    """Return a CSV file per table: UTF-8, comma, CRLF (RFC 4180), column ids as heads."""
    return {f"csv/{table.id}.csv": _csv(table, rows[table.id]) for table in tables().values()}


def _csv(table: Table, rows: tuple[Row, ...]) -> str:
    text = io.StringIO()
    writer = csv.writer(text)
    writer.writerow([column.id for column in table.columns])
    writer.writerows([_cell(cell) for cell in row] for row in rows)
    return text.getvalue()


def _cell(text: str) -> str:
    return f"'{text}" if text.startswith(_FORMULA) else text


def json_document(rows: Mapping[str, tuple[Row, ...]], head: Mapping[str, object]) -> str:
    """Return the whole report as one JSON document: a line per row, so that two reports can be compared."""
    lines = [f" {_json(key)}: {_json(value)}," for key, value in head.items()]
    listed = ",\n".join(f"  {_json(table.id)}: {_objects(table, rows[table.id])}" for table in tables().values())
    return "\n".join(["{", *lines, ' "tables": {', listed, " }", "}", ""])


def _objects(table: Table, rows: tuple[Row, ...]) -> str:
    names = [column.id for column in table.columns]
    objects = ",\n".join("   " + _json(dict(zip(names, row, strict=True))) for row in rows)
    return f"[\n{objects}\n  ]" if rows else "[]"


def _json(value: object) -> str:
    return json.dumps(value, ensure_ascii=False)
