"""Costs as a document: what programs read, and what later costs are compared with."""

from __future__ import annotations

import json
from collections.abc import Mapping
from decimal import Decimal, InvalidOperation
from pathlib import Path
from typing import Any

from virgem.modules import files
from virgem.modules.costs.model import Costs, Line, TenantCosts, What
from virgem.modules.problem import UserError

API_VERSION, KIND = "virgem/v1", "Costs"
SAVED = "costs/plan.json"  # under the folder of results
_LIMIT = 2**28


def as_data(costs: Costs) -> dict[str, Any]:
    """Return the body of the document; amounts are texts, so that no reader rounds them."""
    return {
        "estate": costs.estate,
        "currency": "EUR",
        "vat": "excluded",
        "period": "month",
        "total": str(costs.total),
        "tenants": [_tenant_data(tenant) for tenant in costs.tenants],
    }


def _tenant_data(tenant: TenantCosts) -> dict[str, Any]:
    lines = [line_data(line) for line in tenant.lines]
    return {"nis": tenant.nis, "id": tenant.id, "name": tenant.name, "total": str(tenant.total), "lines": lines}


def line_data(line: Line) -> dict[str, Any]:
    """Return a line for a JSON document."""
    return {
        "what": line.what,
        "name": line.name,
        "label": line.label,
        "quantity": str(line.quantity),
        "of": None if line.of is None else str(line.of),
        "unit": line.unit,
        "price": str(line.price),
        "amount": str(line.amount),
        "note": line.note,
    }


def dump(costs: Costs) -> bytes:
    """Return the document, the same bytes for the same costs."""
    body = {"apiVersion": API_VERSION, "kind": KIND, **as_data(costs)}
    return (json.dumps(body, indent=1, ensure_ascii=False) + "\n").encode()


def parse(data: bytes, estate: str, place: Path) -> Costs:
    """Return saved costs; UserError when they are damaged, of another version or of another estate."""
    hint = f"remove {place}, or name another file with --since"
    try:
        body = json.loads(data)
        version, kind, owner = body["apiVersion"], body["kind"], str(body["estate"])
        found = Costs(estate=owner, tenants=tuple(map(_parse_tenant, body["tenants"])))
        totals = [str(body["total"]), *(str(tenant["total"]) for tenant in body["tenants"])]
    except (ValueError, KeyError, TypeError, AttributeError, InvalidOperation, RecursionError) as error:
        raise UserError(f"{place} holds no costs that can be read", hint) from error
    if (version, kind) != (API_VERSION, KIND):
        raise UserError(f"{place} is a {kind} of {version}, not {KIND} of {API_VERSION}", hint)
    if owner != estate:
        raise UserError(f"{place} holds the costs of the estate {owner!r}, not of {estate!r}", hint)
    if totals != [str(found.total), *(str(tenant.total) for tenant in found.tenants)]:
        raise UserError(f"{place} was changed by hand: its lines do not add up to its totals", hint)
    return found


def _parse_tenant(data: Mapping[str, Any]) -> TenantCosts:
    lines = tuple(map(_parse_line, data["lines"]))
    return TenantCosts(nis=str(data["nis"]), id=str(data["id"]), name=str(data["name"]), lines=lines)


def _parse_line(data: Mapping[str, Any]) -> Line:
    return Line(
        what=What(data["what"]),
        name=str(data["name"]),
        label=str(data["label"]),
        quantity=_number(data["quantity"]),
        of=None if data["of"] is None else _number(data["of"]),
        unit=str(data["unit"]),
        price=_number(data["price"]),
        amount=_number(data["amount"]),
        note=str(data["note"]),
    )


def _number(text: str) -> Decimal:
    found = Decimal(text)
    if not found.is_finite():
        raise ValueError(text)
    return found


def read(file: Path, estate: str) -> Costs | None:
    """Return the costs of a file, None when it is not there."""
    data = files.read_bytes(file, _LIMIT)
    return None if data is None else parse(data, estate, file)


def write(folder: Path, costs: Costs) -> Path:
    """Save costs in a folder of results, old or new and never half; return where."""
    files.write_atomic(folder / SAVED, dump(costs))
    return folder / SAVED
