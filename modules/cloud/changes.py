"""What differs between a preview and the last saved one, per stack and tenant. One value, several faces."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Literal

from virgem.modules.cloud.preview import PlannedResource, Preview
from virgem.modules.cloud.replacing import forces_new

Action = Literal["create", "update", "replace", "delete"]
ACTIONS: tuple[Action, ...] = ("create", "update", "replace", "delete")
_SIGNS: Mapping[Action, str] = {"create": "+", "update": "~", "replace": "±", "delete": "-"}

# What none may lose by accident: tenants, networks and everything that holds data.
PROTECTED_TYPES = frozenset(
    {
        "openstack:blockstorage/volume:Volume",
        "openstack:dns/zone:Zone",
        "openstack:identity/project:Project",
        "openstack:networking/network:Network",
    }
)


@dataclass(frozen=True, slots=True, kw_only=True)
class ResourceChange:
    """One resource that is other than before; `fields` are (property, old, new) as canonical JSON, "" for absent."""

    action: Action
    stack: str
    tenant: str
    urn: str
    type: str
    name: str
    protect: bool
    fields: tuple[tuple[str, str, str], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class TenantCount:
    """How many objects of a tenant have which fate."""

    tenant: str
    create: int
    update: int
    replace: int
    delete: int
    unchanged: int

    @property
    def changed(self) -> int:
        """How many objects are touched."""
        return self.create + self.update + self.replace + self.delete


@dataclass(frozen=True, slots=True, kw_only=True)
class CloudChanges:
    """All that differs: changes by stack and urn, counts by tenant (`shared` first), objects there were by type."""

    estate: str
    items: tuple[ResourceChange, ...]
    tenants: tuple[TenantCount, ...]
    before: Mapping[str, int]

    @property
    def total(self) -> TenantCount:
        """The counts of all tenants together."""
        sums = {field: sum(getattr(tenant, field) for tenant in self.tenants) for field in (*ACTIONS, "unchanged")}
        return TenantCount(tenant="total", **sums)

    def deleted(self) -> Mapping[str, int]:
        """Return how many objects of each type go or are replaced: what the guard against mass deletion counts."""
        gone = Counter(item.type for item in self.items if item.action in ("delete", "replace"))
        return dict(sorted(gone.items()))


def diff(preview: Preview, saved: Preview | None) -> CloudChanges:
    """Return what must change to come from the saved preview to this one; only objects of the cloud count."""
    old, new = _objects(saved), _objects(preview)
    tenant_of = {**(saved.tenant_of if saved else {}), **preview.tenant_of}
    fates = [_fate(key, old.get(key), new.get(key), tenant_of[key[0]]) for key in sorted({*old, *new})]
    items = tuple(fate for fate in fates if isinstance(fate, ResourceChange))
    unchanged = Counter(fate for fate in fates if isinstance(fate, str))
    return CloudChanges(
        estate=preview.estate,
        items=items,
        tenants=_counts(set(tenant_of.values()), items, unchanged),
        before=dict(sorted(Counter(resource.type for resource in old.values()).items())),
    )


def _objects(preview: Preview | None) -> dict[tuple[str, str], PlannedResource]:
    if preview is None:
        return {}
    return {(s.name, r.urn): r for s in preview.stacks for r in s.resources if r.in_cloud}


def _fate(
    key: tuple[str, str], old: PlannedResource | None, new: PlannedResource | None, tenant: str
) -> ResourceChange | str:
    """Return the change of a resource, or its tenant when there is none."""
    fields = _fields(old, new)
    if old is not None and new is not None and not fields:
        return tenant
    shown = new or old
    assert shown is not None
    return ResourceChange(
        action=_action(shown.type, old, new, fields),
        stack=key[0],
        tenant=tenant,
        urn=key[1],
        type=shown.type,
        name=shown.name,
        protect=shown.protect,
        fields=fields,
    )


def _fields(old: PlannedResource | None, new: PlannedResource | None) -> tuple[tuple[str, str, str], ...]:
    before, after = old.inputs if old else {}, new.inputs if new else {}
    every = ((name, before.get(name, ""), after.get(name, "")) for name in sorted({*before, *after}))
    return tuple(field for field in every if field[1] != field[2])


def _action(
    type_token: str,
    old: PlannedResource | None,
    new: PlannedResource | None,
    fields: tuple[tuple[str, str, str], ...],
) -> Action:
    if old is None:
        return "create"
    if new is None:
        return "delete"
    return "replace" if forces_new(type_token, frozenset(name for name, _, _ in fields)) else "update"


def _counts(
    tenants: Iterable[str], items: Iterable[ResourceChange], unchanged: Mapping[str, int]
) -> tuple[TenantCount, ...]:
    found = Counter((item.tenant, item.action) for item in items)
    # "shared" before the municipalities, which stand by NIS code.
    ordered = sorted(tenants, key=lambda tenant: (tenant[:1].isdigit(), tenant))
    return tuple(
        TenantCount(
            tenant=tenant,
            unchanged=unchanged.get(tenant, 0),
            **{action: found[tenant, action] for action in ACTIONS},
        )
        for tenant in ordered
    )


def preview_table(changes: CloudChanges) -> str:
    """Return the table for a terminal: one line per tenant and the total."""
    heads = ("tenant", *ACTIONS, "unchanged")
    rows = [_row(tenant) for tenant in (*changes.tenants, changes.total)]
    wide = [max(len(line[i]) for line in (heads, *rows)) for i in range(len(heads))]
    lines = ["  ".join(_aligned(cell, wide[i], i) for i, cell in enumerate(line)).rstrip() for line in (heads, *rows)]
    rule = "  ".join("-" * width for width in wide)
    return "\n".join([lines[0], rule, *lines[1:-1], rule, lines[-1]]) + "\n"


def _row(count: TenantCount) -> tuple[str, ...]:
    numbers = (*(getattr(count, action) for action in ACTIONS), count.unchanged)
    return (count.tenant, *map(str, numbers))


def _aligned(cell: str, width: int, column: int) -> str:
    return cell.ljust(width) if column == 0 else cell.rjust(width)


def as_text(changes: CloudChanges) -> str:
    """Return every change, then the table."""
    return "".join(f"{line}\n" for item in changes.items for line in _lines(item)) + preview_table(changes)


def _lines(item: ResourceChange) -> list[str]:
    head = f"{_SIGNS[item.action]} {item.stack} {_short(item.type)} {item.name}"
    if item.action not in ("update", "replace"):
        return [head]
    return [head, *(f"    {name}: {old or '(none)'} -> {new or '(none)'}" for name, old, new in item.fields)]


def _short(type_token: str) -> str:
    return type_token.rpartition(":")[2]


def as_markdown(changes: CloudChanges) -> str:
    """Return the table and what is changed or goes, as a comment on a pull request; what is new is only counted."""
    heads = ("tenant", *ACTIONS, "unchanged")
    rows = [_row(tenant) for tenant in (*changes.tenants, changes.total)]
    lines = [f"| {' | '.join(heads)} |", f"| - |{' -: |' * (len(heads) - 1)}", *(f"| {' | '.join(r)} |" for r in rows)]
    notable = [_bullet(item) for item in changes.items if item.action != "create"]
    return "\n".join([*lines, *(["", *notable] if notable else [])]) + "\n"


def _bullet(item: ResourceChange) -> str:
    names = ", ".join(f"`{name}`" for name, _, _ in item.fields) if item.action != "delete" else ""
    return f"- {item.action} `{item.stack}` {_short(item.type)} `{item.name}`" + (f": {names}" if names else "")


def as_data(changes: CloudChanges) -> dict[str, Any]:
    """Return the changes for a JSON document."""
    return {
        "summary": _count_data(changes.total),
        "tenants": {tenant.tenant: _count_data(tenant) for tenant in changes.tenants},
        "changes": [_change_data(item) for item in changes.items],
    }


def _count_data(count: TenantCount) -> dict[str, int]:
    return {**{action: getattr(count, action) for action in ACTIONS}, "unchanged": count.unchanged}


def _change_data(item: ResourceChange) -> dict[str, Any]:
    return {
        "action": item.action,
        "stack": item.stack,
        "tenant": item.tenant,
        "urn": item.urn,
        "type": item.type,
        "name": item.name,
        "protect": item.protect,
        "fields": {name: {"old": _value(old), "new": _value(new)} for name, old, new in item.fields},
    }


def _value(text: str) -> Any:
    return json.loads(text) if text else None
