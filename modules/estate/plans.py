"""How each class of the model is read: worked out once from its type hints and key descriptions.

The loader, the JSON Schema and the reference page all walk these plans.
"""

from __future__ import annotations

import types
import typing
from collections.abc import Mapping
from dataclasses import MISSING, dataclass, fields
from enum import Enum, StrEnum
from functools import cache
from typing import Any

from virgem.modules.estate.base import KeySpec, Located
from virgem.modules.estate.model.connectivity import Point


class Form(Enum):
    """How a value stands in the text."""

    SCALAR = "scalar"
    CHOICE = "choice"
    BOOLEAN = "boolean"
    POINT = "point"
    OBJECT = "object"
    UNION = "union"


@dataclass(frozen=True, slots=True, kw_only=True)
class FieldPlan:
    """One field: its key in the text, the form and types of its value, and whether it may be left out.

    `types` has one class, or those of a union of scalars; `many` is a tuple of them, `keyed` a mapping of them by id.
    """

    name: str
    key: str
    spec: KeySpec
    form: Form
    types: tuple[type, ...]
    many: bool
    keyed: bool
    required: bool
    default: Any

    @property
    def type(self) -> type:
        """The class of the value, or of each of them."""
        return self.types[0]


@dataclass(frozen=True, slots=True, kw_only=True)
class ClassPlan:
    """One class: its written fields by key, and how it may be shortened.

    `required` fields must stand in the text; `needed` names all without a default, those filled in by the loader too.
    """

    cls: type[Located]
    fields: Mapping[str, FieldPlan]
    by_name: Mapping[str, FieldPlan]
    id_type: type | None
    required: tuple[FieldPlan, ...]
    needed: frozenset[str]
    nested: tuple[FieldPlan, ...]
    shorthand: str
    pair: tuple[str, str] | tuple[()]


def plan_of(cls: type) -> ClassPlan:
    """Return the plan of a class of the model."""
    return _plan_of(cls)


@cache
def _plan_of(cls: Any) -> ClassPlan:
    hints = typing.get_type_hints(cls)
    specs = {f.name: f for f in fields(cls) if "key" in f.metadata}
    plans = [
        _field(name, hints[name], f.metadata["key"], _default(f))
        for name, f in specs.items()
        if f.metadata["key"].written
    ]
    return ClassPlan(
        cls=cls,
        fields={plan.key: plan for plan in plans},
        by_name={plan.name: plan for plan in plans},
        id_type=hints["id"] if "id" in specs and not specs["id"].metadata["key"].written else None,
        required=tuple(plan for plan in plans if plan.required),
        needed=frozenset(name for name, f in specs.items() if _default(f) is MISSING),
        nested=tuple(plan for plan in plans if plan.form is Form.OBJECT),
        shorthand=cls.shorthand,
        pair=cls.pair,
    )


def _default(found: Any) -> Any:
    return found.default if found.default_factory is MISSING else found.default_factory()


def _field(name: str, hint: Any, spec: KeySpec, default: Any) -> FieldPlan:
    inner = _without_none(hint)
    many = typing.get_origin(inner) is tuple
    if many:
        inner = typing.get_args(inner)[0]
    union = typing.get_origin(inner) in (types.UnionType, typing.Union)
    kinds = typing.get_args(inner) if union else (inner,)
    return FieldPlan(
        name=name,
        key=spec.name or name.replace("_", "-"),
        spec=spec,
        form=Form.UNION if union else _form(inner),
        types=kinds,
        many=many,
        keyed=spec.keyed,
        required=default is MISSING and not spec.filled,
        default=default,
    )


def _without_none(hint: Any) -> Any:
    if typing.get_origin(hint) not in (types.UnionType, typing.Union):
        return hint
    left = [arg for arg in typing.get_args(hint) if arg is not type(None)]
    return left[0] if len(left) == 1 else typing.Union[tuple(left)]  # noqa: UP007 - built from a list of types


def _form(cls: type) -> Form:
    if cls is Point:
        return Form.POINT
    if issubclass(cls, Located):
        return Form.OBJECT
    if issubclass(cls, StrEnum):
        return Form.CHOICE
    return Form.BOOLEAN if cls is bool else Form.SCALAR
