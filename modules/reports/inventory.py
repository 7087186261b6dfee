"""The inventory report as files: pages, CSV and JSON of the same facts."""

from __future__ import annotations

from collections.abc import Mapping
from importlib.metadata import PackageNotFoundError, version

from virgem.modules.reports import data_files
from virgem.modules.reports.page import page
from virgem.modules.reports.table import Facts, contents


def files(facts: Facts, formats: tuple[str, ...], languages: tuple[str, ...]) -> Mapping[str, bytes]:
    """Return the files of the report by relative path, in the formats and languages asked for."""
    rows = contents(facts)
    texts: dict[str, str] = {}
    if "html" in formats:
        pages = {name: page(facts, rows, name, _version(), formats, languages) for name in languages}
        texts |= {f"inventory.{name}.html": text for name, text in pages.items()}
    if "json" in formats:
        texts["inventory.json"] = data_files.json_document(rows, _head(facts))
    if "csv" in formats:
        texts |= data_files.csv_files(rows)
    return {name: text.encode() for name, text in sorted(texts.items())}


def _head(facts: Facts) -> Mapping[str, object]:
    """What the report is about: enough to make it again."""
    estate = facts.estate
    return {
        "apiVersion": "virgem/v1",
        "kind": "InventoryReport",
        "estate": estate.name,
        "title": estate.title,
        "operator": estate.operator.name,
        "asOf": facts.as_of.isoformat(),
        "estateDigest": f"sha256:{facts.ready.sources.digest}",
        "toolVersion": _version(),
        "tenants": sorted(facts.tenants),
        "evidence": "declared and planned; nothing was observed: what was not evaluated is no pass",
    }


def _version() -> str:
    try:
        return version("virgem")
    except PackageNotFoundError:
        return "0"
