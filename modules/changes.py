"""What differs between two plans: objects by kind and key, each a flat mapping of texts. One value, several faces."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal

Fields = Mapping[str, str]
# kind -> key -> field -> text
Objects = Mapping[str, Mapping[str, Fields]]
Action = Literal["create", "update", "delete"]

_SIGNS: Mapping[Action, str] = {"create": "+", "update": "~", "delete": "-"}
_NAMES: Mapping[Action, str] = {"create": "added", "update": "changed", "delete": "removed"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """One object that is other than before; `fields` are (name, old, new), empty texts for what was not there."""

    action: Action
    kind: str
    key: str
    fields: tuple[tuple[str, str, str], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Changes:
    """All that differs, sorted by kind and key, and how many objects of each kind there were before."""

    items: tuple[Change, ...]
    before: Mapping[str, int]

    def count(self, action: Action) -> int:
        """Return how many objects have this action."""
        return sum(change.action == action for change in self.items)

    def deleted(self) -> Mapping[str, int]:
        """Return how many objects of each kind go."""
        found: dict[str, int] = {}
        for change in self.items:
            if change.action == "delete":
                found[change.kind] = found.get(change.kind, 0) + 1
        return found


def compare(old: Objects, new: Objects) -> Changes:
    """Return what must change to come from `old` to `new`."""
    items = [
        change
        for kind in sorted({*old, *new})
        for key in sorted({*old.get(kind, {}), *new.get(kind, {})})
        if (change := _change(kind, key, old.get(kind, {}).get(key), new.get(kind, {}).get(key)))
    ]
    return Changes(items=tuple(items), before={kind: len(objects) for kind, objects in sorted(old.items())})


def _change(kind: str, key: str, old: Fields | None, new: Fields | None) -> Change | None:
    if old == new:
        return None
    action: Action = "create" if old is None else "delete" if new is None else "update"
    before, after = old or {}, new or {}
    fields = [(f, before.get(f, ""), after.get(f, "")) for f in sorted({*before, *after})]
    return Change(action=action, kind=kind, key=key, fields=tuple(f for f in fields if f[1] != f[2]))


def summary(changes: Changes) -> str:
    """Return one line: how many objects are added, changed and removed."""
    return ", ".join(f"{changes.count(action)} {name}" for action, name in _NAMES.items())


def as_text(changes: Changes) -> str:
    """Return the changes for a terminal."""
    if not changes.items:
        return "no changes\n"
    lines = [line for change in changes.items for line in _text_lines(change)]
    return "\n".join([*lines, "", summary(changes)]) + "\n"


def _text_lines(change: Change) -> list[str]:
    head = f"{_SIGNS[change.action]} {change.kind} {change.key}"
    if change.action == "update":
        return [head, *(f"    {name}: {old or '(none)'} -> {new or '(none)'}" for name, old, new in change.fields)]
    return [head]


def as_markdown(changes: Changes) -> str:
    """Return the changes as a comment on a pull request."""
    if not changes.items:
        return "**Plan:** no changes.\n"
    rows = [f"| {_SIGNS[c.action]} | {c.kind} | `{c.key}` | {_markdown_fields(c)} |" for c in changes.items]
    head = [f"**Plan:** {summary(changes)}.", "", "|  | kind | object | what |", "| - | - | - | - |"]
    return "\n".join([*head, *rows]) + "\n"


def _markdown_fields(change: Change) -> str:
    if change.action != "update":
        return _NAMES[change.action]
    return "; ".join(f"{n}: `{_cell(old)}` → `{_cell(new)}`" for n, old, new in change.fields)


def _cell(text: str) -> str:
    return text.replace("|", "\\|").replace("`", "'") or "(none)"


def as_data(changes: Changes) -> dict[str, Any]:
    """Return the changes for a JSON document."""
    items = [
        {
            "action": change.action,
            "kind": change.kind,
            "key": change.key,
            "fields": {name: {"old": old, "new": new} for name, old, new in change.fields},
        }
        for change in changes.items
    ]
    counts = {name: changes.count(action) for action, name in _NAMES.items()}
    return {"summary": counts, "changes": items}
