"""What differs between two plans: objects by kind and key, each a flat mapping of texts.

One comparison for all plans: the network, the cloud, and what comes. `faces` shows it as text, Markdown and JSON; the
guard against mass deletion (`virgem.modules.governance.guard`) counts it.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Literal

Fields = Mapping[str, str]
# kind -> key -> field -> text
Objects = Mapping[str, Mapping[str, Fields]]
Action = Literal["create", "update", "replace", "delete"]
ACTIONS: tuple[Action, ...] = ("create", "update", "replace", "delete")


@dataclass(frozen=True, slots=True, kw_only=True)
class Label:
    """How people know an object: its kind and name, the place it stands in ("" where the name says it)."""

    kind: str
    name: str
    place: str = ""
    protect: bool = False  # the engine that carries a plan out refuses to delete it


@dataclass(frozen=True, slots=True, kw_only=True)
class Nature:
    """What only the maker of a plan knows about its objects, each told from kind and key."""

    grouping: str = "kind"  # what its objects are counted by
    group: Callable[[str, str], str] = lambda kind, key: kind
    label: Callable[[str, str], Label] = lambda kind, key: Label(kind=kind, name=key)
    # Whether other values of these fields mean a new object and the end of the old one.
    replaces: Callable[[str, frozenset[str]], bool] = lambda kind, fields: False
    # Whether other values of these fields mean that it answers to another number or address.
    moves: Callable[[str, frozenset[str]], bool] = lambda kind, fields: False
    # The file that should have kept the numbers, where it is missing: then not one may move unconfirmed.
    missing: str = ""
    # What the text of a field stands for in JSON.
    value: Callable[[str], Any] = str


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """One object that is other than before; `fields` are (name, old, new), empty texts for what was not there."""

    action: Action
    kind: str
    key: str
    group: str
    label: Label
    fields: tuple[tuple[str, str, str], ...]

    @property
    def names(self) -> frozenset[str]:
        """The names of the fields that differ."""
        return frozenset(name for name, _, _ in self.fields)


@dataclass(frozen=True, slots=True, kw_only=True)
class Count:
    """How many objects of a group have which fate."""

    group: str
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
class Changes:
    """All that differs, sorted by place, kind and name; counts by group; objects there were by kind."""

    nature: Nature
    items: tuple[Change, ...]
    counts: tuple[Count, ...]
    before: Mapping[str, int]

    @property
    def total(self) -> Count:
        """The counts of all groups together."""
        sums = {fate: sum(getattr(count, fate) for count in self.counts) for fate in (*ACTIONS, "unchanged")}
        return Count(group="total", **sums)

    def deleted(self) -> Mapping[str, int]:
        """Return how many objects of each kind go or are replaced: what the guard against mass deletion counts."""
        gone = Counter(change.kind for change in self.items if change.action in ("delete", "replace"))
        return dict(sorted(gone.items()))

    def moved(self) -> Mapping[str, int]:
        """Return how many objects of each kind stay but get another number or address."""
        updates = (change for change in self.items if change.action == "update")
        moved = Counter(change.kind for change in updates if self.nature.moves(change.kind, change.names))
        return dict(sorted(moved.items()))


def compare(old: Objects, new: Objects, nature: Nature | None = None) -> Changes:
    """Return what must change to come from `old` to `new`."""
    nature = nature or Nature()
    items: list[Change] = []
    unchanged: Counter[tuple[str, str]] = Counter()
    for kind in sorted({*old, *new}):
        before, after = old.get(kind, {}), new.get(kind, {})
        for key in {**before, **after}:
            one, other = before.get(key), after.get(key)
            if one == other:
                unchanged[nature.group(kind, key), kind] += 1
            else:
                items.append(_change(nature, kind, key, one, other))
    return collected(nature, items, unchanged)


def collected(nature: Nature, items: Iterable[Change], unchanged: Mapping[tuple[str, str], int]) -> Changes:
    """Return changes that were found one by one, with the number of objects that stay by group and kind."""
    found = tuple(sorted(items, key=_place))
    before = Counter(change.kind for change in found if change.action != "create")
    groups: Counter[str] = Counter()
    for (group, kind), number in unchanged.items():
        groups[group] += number
        before[kind] += number
    return Changes(nature=nature, items=found, counts=_counts(found, groups), before=dict(sorted(before.items())))


def _change(nature: Nature, kind: str, key: str, old: Fields | None, new: Fields | None) -> Change:
    fields = _fields(old or {}, new or {})
    return Change(
        action=_action(nature, kind, old, new, fields),
        kind=kind,
        key=key,
        group=nature.group(kind, key),
        label=nature.label(kind, key),
        fields=fields,
    )


def _fields(old: Fields, new: Fields) -> tuple[tuple[str, str, str], ...]:
    every = ((name, old.get(name, ""), new.get(name, "")) for name in sorted({*old, *new}))
    return tuple(field for field in every if field[1] != field[2])


def _action(
    nature: Nature, kind: str, old: Fields | None, new: Fields | None, fields: tuple[tuple[str, str, str], ...]
) -> Action:
    if old is None:
        return "create"
    if new is None:
        return "delete"
    return "replace" if nature.replaces(kind, frozenset(name for name, _, _ in fields)) else "update"


def _place(change: Change) -> tuple[str, ...]:
    return change.label.place, change.label.kind, change.label.name, change.key


def _rank(group: str) -> tuple[bool, str]:
    """What has a name stands before the municipalities, which stand by NIS code."""
    return group[:1].isdigit(), group


def _counts(items: Iterable[Change], unchanged: Mapping[str, int]) -> tuple[Count, ...]:
    found = Counter((change.group, change.action) for change in items)
    groups = sorted({*unchanged, *(group for group, _ in found)}, key=_rank)
    return tuple(
        Count(group=group, unchanged=unchanged.get(group, 0), **{action: found[group, action] for action in ACTIONS})
        for group in groups
    )
