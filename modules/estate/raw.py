"""A value on its way from text to model: open to defaults and corrections, then built once, frozen."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from virgem.modules.estate.base import Origin
from virgem.modules.estate.plans import ClassPlan
from virgem.modules.problem import Mark


class Raw:
    """The values of one object by field name; `broken` when a value it cannot do without is missing or wrong."""

    __slots__ = ("broken", "origin", "plan", "scope", "values")

    def __init__(self, plan: ClassPlan, origin: Origin, scope: str = "") -> None:
        self.plan, self.origin, self.scope = plan, origin, scope
        self.values: dict[str, Any] = {}
        self.broken = False

    def items(self, name: str) -> Iterator[Raw]:
        """Walk the objects of a field that holds any number of them."""
        yield from self.values.get(name, ())

    def get(self, name: str) -> Any:
        """Return a value, None when it was not written."""
        return self.values.get(name)

    def build(self) -> Any:
        """Return the frozen object, or None when it is broken."""
        if self.broken:
            return None
        values = dict(self.values)
        for plan in self.plan.nested:
            value = values.get(plan.name)
            if value is None:
                continue
            if plan.many:
                values[plan.name] = tuple(item for raw in value if (item := raw.build()) is not None)
            elif (built := value.build()) is not None:
                values[plan.name] = built
            elif plan.required or plan.spec.filled:
                return None
            else:
                del values[plan.name]
        return self.plan.cls(origin=self.origin, **values) if self.plan.needed <= values.keys() else None


@dataclass(frozen=True, slots=True)
class Use:
    """A reference where it was written: the object and field that hold it."""

    raw: Raw
    name: str
    value: Any
    mark: Mark

    @property
    def current(self) -> Any:
        """The value as it stands now, None when it was dropped."""
        held = self.raw.values.get(self.name)
        if isinstance(held, tuple):
            return self.value if any(item is self.value for item in held) else None
        return held

    def replace(self, value: Any) -> Use:
        """Put another value in its place and return the reference to it."""
        held = self.raw.values.get(self.name)
        if isinstance(held, tuple):
            self.raw.values[self.name] = tuple(value if item is self.value else item for item in held)
        elif held is not None:
            self.raw.values[self.name] = value
        return Use(self.raw, self.name, value, self.mark)

    def drop(self) -> None:
        """Take the value away: its default comes back, or the object that cannot do without it is broken."""
        plan = self.raw.plan.by_name[self.name]
        if plan.required:
            self.raw.broken = True
        elif plan.many:
            held = self.raw.values.get(self.name, ())
            self.raw.values[self.name] = tuple(item for item in held if item is not self.value)
        else:
            self.raw.values.pop(self.name, None)
