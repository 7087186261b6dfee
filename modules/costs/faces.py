"""The faces of costs and of what changed in them: a table for a terminal, Markdown, CSV; JSON bodies for programs."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from decimal import Decimal
from types import MappingProxyType
from typing import Any

from virgem.modules.columns import lined_up
from virgem.modules.costs.changes import CostChanges, LineChange, TenantChange
from virgem.modules.costs.model import Costs, Line, TenantCosts, What
from virgem.modules.costs.saved import as_data, line_data

__all__ = ["CHANGES", "COSTS", "as_data", "changes_data"]

Row = tuple[str, ...]
_LINE_HEADS = ("what", "quantity", "unit", "price", "amount", "made of")
_TOTAL_HEADS = ("tenant", "own use", "services", "shared", "total")
_CHANGE_HEADS = ("tenant", "old", "new", "difference")
_CSV_LINE = ("what", "name", "label", "quantity", "of", "unit", "price")
# A comment on GitHub holds 65,536 characters: this leaves room for the totals of all of Flanders.
_MOST_LINES = 150
_EURO = "euro a month, without VAT"


# ---- costs


def as_table(costs: Costs) -> str:
    """Return every line of every tenant, then the totals, for a terminal."""
    blocks = [
        f"{_title(tenant)}\n" + _aligned(_LINE_HEADS, map(_line, tenant.lines), left=(0, 2, 5), indent=2)
        for tenant in costs.tenants
        if tenant.lines
    ]
    return "\n".join([*blocks, _aligned(_TOTAL_HEADS, _totals(costs), left=(0,), sums=1), f"({_EURO})\n"])


def as_markdown(costs: Costs) -> str:
    """Return the totals, with the lines of each tenant folded away."""
    parts = [f"**Costs of {_escaped(costs.estate)}:** {costs.total} {_EURO}.", ""]
    parts += _markdown(_TOTAL_HEADS, _totals(costs), left=(0,))
    for tenant in costs.tenants:
        rows = map(_line, tenant.lines)
        parts += ["", f"<details><summary>{_escaped(_title(tenant))}: {tenant.total}</summary>", ""]
        parts += [*_markdown(_LINE_HEADS, rows, left=(0, 2, 5)), "", "</details>"]
    return "\n".join(parts) + "\n"


def as_csv(costs: Costs) -> str:
    """Return a row for every line (RFC 4180)."""
    heads = ("nis", "municipality", *_CSV_LINE, "amount", "note")
    rows = ((t.nis, t.name, *_csv_line(line), str(line.amount), line.note) for t in costs.tenants for line in t.lines)
    return _csv(heads, rows)


def _title(tenant: TenantCosts | TenantChange) -> str:
    return f"{tenant.nis} {tenant.name}"


def _line(line: Line) -> Row:
    return (_named(line), _quantity(line), line.unit, str(line.price), str(line.amount), line.note)


def _named(line: Line) -> str:
    return f"{line.what} {line.name}" if line.name else line.what


def _quantity(line: Line) -> str:
    return str(line.quantity) if line.of is None else f"{line.quantity} of {line.of}"


def _totals(costs: Costs) -> Iterator[Row]:
    for tenant in (*costs.tenants, TenantCosts(nis="", id="", name="", lines=_all_lines(costs))):
        services = tenant.sum_of(What.SERVICE, What.ZONES)
        title = _title(tenant) if tenant.nis else "total"
        yield (title, *map(str, (tenant.own, services, tenant.sum_of(What.SHARED), tenant.total)))


def _all_lines(costs: Costs) -> tuple[Line, ...]:
    return tuple(line for tenant in costs.tenants for line in tenant.lines)


# ---- changes


def changes_table(changes: CostChanges) -> str:
    """Return the lines that differ, then every tenant's total before and now, for a terminal."""
    rows = list(_changed_rows(changes))
    heads = ("tenant", "what", "quantity", *_CHANGE_HEADS[1:])
    lines = _aligned(heads, rows, left=(0, 1, 2)) if rows else "no line differs\n"
    return "\n".join([lines, _aligned(_CHANGE_HEADS, _changed_totals(changes), left=(0,), sums=1), f"({_EURO})\n"])


def changes_markdown(changes: CostChanges) -> str:
    """Return the totals that differ as a comment on a pull request, the lines behind them folded away."""
    if not changes.differs:
        return f"**Costs of {_escaped(changes.estate)}:** no changes.\n"
    total = f"{changes.old} → {changes.new} ({_signed(changes.old, changes.new)})"
    touched = CostChanges(estate=changes.estate, tenants=tuple(tenant for tenant in changes.tenants if tenant.lines))
    rows = list(_changed_rows(changes))
    heads = ("tenant", "what", "quantity", *_CHANGE_HEADS[1:])
    parts = [f"**Costs of {_escaped(changes.estate)}:** {total} {_EURO}.", ""]
    parts += _markdown(_CHANGE_HEADS, [*map(_changed_total, touched.tenants), _changed_sum(changes)], left=(0,))
    parts += ["", f"<details><summary>{len(rows)} lines differ</summary>", ""]
    parts += _markdown(heads, rows[:_MOST_LINES], left=(0, 1, 2))
    left = len(rows) - _MOST_LINES
    parts += [*(["", f"… and {left} more; `--format csv` names all"] if left > 0 else []), "", "</details>"]
    return "\n".join(parts) + "\n"


def changes_csv(changes: CostChanges) -> str:
    """Return a row for every line that differs."""
    heads = ("nis", "municipality", *_CSV_LINE, *_CHANGE_HEADS[1:])
    rows = ((t.nis, t.name, *_csv_line(c.line), *_amounts(*c.amounts)) for t in changes.tenants for c in t.lines)
    return _csv(heads, rows)


def changes_data(changes: CostChanges) -> dict[str, Any]:
    """Return the body of a JSON document."""
    return {
        "estate": changes.estate,
        "currency": "EUR",
        "vat": "excluded",
        "period": "month",
        **_sums(changes.old, changes.new),
        "tenants": [
            {"nis": t.nis, "name": t.name, **_sums(t.old, t.new), "lines": [_line_change(c) for c in t.lines]}
            for t in changes.tenants
        ],
    }


def _sums(old: Decimal, new: Decimal) -> dict[str, str]:
    return {"old": str(old), "new": str(new), "difference": str(new - old)}


def _line_change(change: LineChange) -> dict[str, Any]:
    return {
        "what": change.line.what,
        "name": change.line.name,
        "old": line_data(change.old) if change.old else None,
        "new": line_data(change.new) if change.new else None,
        "difference": str(change.amounts[1] - change.amounts[0]),
    }


def _changed_rows(changes: CostChanges) -> Iterator[Row]:
    for tenant in changes.tenants:
        for change in tenant.lines:
            yield (_title(tenant), _named(change.line), _quantities(change), *_amounts(*change.amounts))


def _quantities(change: LineChange) -> str:
    """Return the quantity, and the one before where it was another."""
    shown = [_quantity(line) if line else "0" for line in (change.old, change.new)]
    return f"{' -> '.join(dict.fromkeys(shown))} {change.line.unit}"


def _amounts(old: Decimal, new: Decimal) -> Row:
    return str(old), str(new), _signed(old, new)


def _signed(old: Decimal, new: Decimal) -> str:
    return f"{new - old:+}" if new != old else "0.00"


def _changed_totals(changes: CostChanges) -> Iterator[Row]:
    yield from map(_changed_total, changes.tenants)
    yield _changed_sum(changes)


def _changed_total(tenant: TenantChange) -> Row:
    return (_title(tenant), *_amounts(tenant.old, tenant.new))


def _changed_sum(changes: CostChanges) -> Row:
    return ("total", *_amounts(changes.old, changes.new))


# ---- forms


def _csv_line(line: Line) -> Row:
    of = "" if line.of is None else str(line.of)
    return (line.what, line.name, line.label, str(line.quantity), of, line.unit, str(line.price))


def _csv(heads: Row, rows: Iterable[Row]) -> str:
    text = io.StringIO()
    writer = csv.writer(text)
    writer.writerows([heads, *rows])
    return text.getvalue()


def _aligned(heads: Row, rows: Iterable[Row], *, left: Sequence[int], indent: int = 0, sums: int = 0) -> str:
    """Return lines with their columns aligned, those of `left` to the left; a rule before the last `sums` rows."""
    shown, rule = lined_up([heads, *rows], left)
    lines = [shown[0], rule, *shown[1 : len(shown) - sums], *([rule, *shown[-sums:]] if sums else [])]
    return "".join(f"{' ' * indent}{line}\n" for line in lines)


def _markdown(heads: Row, rows: Iterable[Row], *, left: Sequence[int]) -> Iterator[str]:
    yield f"| {' | '.join(heads)} |"
    yield f"| {' | '.join('-' if i in left else '-:' for i in range(len(heads)))} |"
    yield from (f"| {' | '.join(map(_escaped, row))} |" for row in rows)


def _escaped(text: str) -> str:
    return re.sub(r"([\\`*_\[\]<>#|])", r"\\\1", text)


COSTS: Mapping[str, Callable[[Costs], str]] = MappingProxyType(
    {"table": as_table, "markdown": as_markdown, "csv": as_csv}
)
CHANGES: Mapping[str, Callable[[CostChanges], str]] = MappingProxyType(
    {"table": changes_table, "markdown": changes_markdown, "csv": changes_csv}
)
