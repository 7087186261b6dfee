"""The inventory as one self-contained page."""

from __future__ import annotations

from collections.abc import Mapping
from html import escape

from virgem.modules.reports.table import Facts, Row


def page(facts: Facts, rows: Mapping[str, tuple[Row, ...]], language: str, version: str) -> str:
    """Return the page in one language."""
    title = escape(facts.estate.title)
    return f'<!doctype html>\n<html lang="{language}"><meta charset="utf-8"><title>{title}</title><h1>{title}</h1>\n'
