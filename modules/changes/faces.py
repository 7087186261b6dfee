"""The faces of what differs: a table and text for a terminal, Markdown for a pull request, JSON for programs."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from itertools import takewhile
from typing import Any

from virgem.modules.changes import ACTIONS, Action, Change, Changes, Count
from virgem.modules.columns import lined_up

_SIGNS: dict[Action, str] = {"create": "+", "update": "~", "replace": "±", "delete": "-"}
_DONE: dict[Action, str] = {"create": "added", "update": "changed", "replace": "replaced", "delete": "removed"}
# What a reviewer must see comes first and open; what is new is folded away.
_REVIEW: tuple[Action, ...] = ("delete", "replace", "update")
# A comment on GitHub holds 65,536 characters: this leaves room for a table of hundreds of groups; the rest is counted.
_MOST_LINES, _MOST_CHARACTERS = 150, 48_000
# A longer value is cut around the place where the two differ.
_LONGEST, _CONTEXT = 80, 24


def summary(changes: Changes) -> str:
    """Return one line: how many objects are added, changed and removed, and replaced where any are."""
    total = changes.total
    numbers = [(getattr(total, action), done) for action, done in _DONE.items()]
    return ", ".join(f"{number} {done}" for number, done in numbers if number or done != "replaced")


def as_table(changes: Changes) -> str:
    """Return the table for a terminal: one line per group and the total."""
    shown, rule = lined_up([_heads(changes), *map(_row, (*changes.counts, changes.total))], left=(0,))
    return "\n".join([shown[0], rule, *shown[1:-1], rule, shown[-1]]) + "\n"


def _heads(changes: Changes) -> tuple[str, ...]:
    return (changes.nature.grouping, *ACTIONS, "unchanged")


def _row(count: Count) -> tuple[str, ...]:
    return (count.group, *(str(getattr(count, action)) for action in ACTIONS), str(count.unchanged))


def as_text(changes: Changes) -> str:
    """Return every change, then the table."""
    if not changes.items:
        return "no changes\n"
    return "\n".join([*(line for change in changes.items for line in _text(change)), "", as_table(changes)])


def _text(change: Change) -> Iterator[str]:
    label = change.label
    yield " ".join(filter(None, (_SIGNS[change.action], label.place, label.kind, label.name)))
    if change.action in ("update", "replace"):
        yield from (f"    {name}: {old} -> {new}" for name, old, new in _shown(change))


def _shown(change: Change) -> Iterator[tuple[str, str, str]]:
    """Yield the fields with their values as people read them: on one line, and short."""
    for name, old, new in change.fields:
        yield name, *_cut(_one_line(old), _one_line(new))


def _one_line(text: str) -> str:
    return re.sub(r"\s+", " ", text) or "(none)"


def _cut(old: str, new: str) -> tuple[str, str]:
    """Cut two long values so that both show where they begin to differ."""
    if max(len(old), len(new)) <= _LONGEST:
        return old, new
    alike = sum(1 for _ in takewhile(lambda pair: pair[0] == pair[1], zip(old, new, strict=False)))
    start = max(0, alike - _CONTEXT)
    return _part(old, start), _part(new, start)


def _part(text: str, start: int) -> str:
    end = start + _LONGEST
    before, after = "…" if start else "", "…" if end < len(text) else ""
    return f"{before}{text[start:end]}{after}" if len(text) > _LONGEST else text


def as_markdown(changes: Changes, title: str = "Plan", warning: str = "") -> str:
    """Return the changes as a comment on a pull request: what goes first, what is new folded away."""
    if not changes.items:
        return f"**{title}:** no changes.\n"
    warned = [f"> **{_escaped(warning)}**", ""] if warning else []
    parts = [f"**{title}:** {summary(changes)}.", "", *warned, *_markdown_table(changes)]
    for action in _REVIEW:
        parts += _section(changes, action)
    new = _section(changes, "create")
    if new:
        parts += ["", f"<details><summary>{changes.total.create} added</summary>", *new, "", "</details>"]
    return "\n".join(parts) + "\n"


def _markdown_table(changes: Changes) -> Iterator[str]:
    """Yield the table of the groups that change: a region has hundreds that do not."""
    heads = _heads(changes)
    yield f"| {' | '.join(heads)} |"
    yield f"| - |{' -: |' * (len(heads) - 1)}"
    touched = [count for count in changes.counts if count.changed]
    yield from (f"| {' | '.join(_row(count))} |" for count in (*touched, changes.total))


def _section(changes: Changes, action: Action) -> list[str]:
    found = [change for change in changes.items if change.action == action]
    lines = list(_fitting([_bullet(change) for change in found]))
    left = len(found) - len(lines)
    more = [f"- … and {left} more to {action}; `--diff text` names all"] if left else []
    return ["", *lines, *more] if found else []


def _fitting(lines: Sequence[str]) -> Iterator[str]:
    """Yield the first lines, as many as a comment has room for: a quarter for each action."""
    size = 0
    for line in lines[:_MOST_LINES]:
        size += len(line) + 1
        if size > _MOST_CHARACTERS // len(ACTIONS):
            return
        yield line


def _bullet(change: Change) -> str:
    label = change.label
    place = f"{_code(label.place)} " if label.place else ""
    protected = " (protected)" if label.protect and change.action in ("delete", "replace") else ""
    head = f"- {change.action} {place}{label.kind} {_code(label.name)}{protected}"
    if change.action not in ("update", "replace"):
        return head
    return f"{head}: " + "; ".join(f"{_code(name)} {_code(old)} → {_code(new)}" for name, old, new in _shown(change))


def _code(text: str) -> str:
    """Return a text that Markdown shows as it is; a span of code cannot hold its own mark."""
    return f"`{text.replace('`', chr(39))}`"


def _escaped(text: str) -> str:
    return re.sub(r"([\\`*_\[\]<>#|])", r"\\\1", text)


def as_data(changes: Changes) -> dict[str, Any]:
    """Return the changes for a JSON document; the form is the same for every plan."""
    return {
        "summary": _numbers(changes.total),
        "grouping": changes.nature.grouping,
        "groups": {count.group: _numbers(count) for count in changes.counts},
        "changes": [_change(changes, change) for change in changes.items],
    }


def _numbers(count: Count) -> dict[str, int]:
    return {**{action: getattr(count, action) for action in ACTIONS}, "unchanged": count.unchanged}


def _change(changes: Changes, change: Change) -> dict[str, Any]:
    def value(text: str) -> Any:
        return changes.nature.value(text) if text else None

    return {
        "action": change.action,
        "kind": change.kind,
        "key": change.key,
        "group": change.group,
        "place": change.label.place,
        "name": change.label.name,
        "protect": change.label.protect,
        "fields": {name: {"old": value(old), "new": value(new)} for name, old, new in change.fields},
    }
