"""The JSON Schema (2020-12) of an estate's files, made from the same descriptions that the loader reads by.

One schema fits every file: those with a `municipality` key are a town's, the others the operator's. Editors use it
for completion and for the same complaints that `virgem validate` makes about a single file.
"""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum
from typing import Any

from virgem.modules.estate import kinds
from virgem.modules.estate.model import Estate, Municipality
from virgem.modules.estate.plans import ClassPlan, FieldPlan, Form, plan_of
from virgem.modules.estate.scalars import (
    Decimals,
    KboNumber,
    Kind,
    Latitude,
    Longitude,
    Money,
    NisCode,
    Number,
    PortRange,
    Text,
)

# What digits alone can be, as the numbers that YAML readers make of them.
_DIGITS: dict[type, tuple[int, int]] = {
    NisCode: (10_000, 99_999),
    KboNumber: (100_000_000, 1_999_999_999),
    PortRange: (1, 65_535),
}
DIALECT = "https://json-schema.org/draft/2020-12/schema"
Schema = dict[str, Any]


def json_schema() -> Schema:
    """Return the schema; `$defs` holds one definition per class and one per register of kinds."""
    definitions: dict[str, Schema] = {}
    for cls in (Estate, Municipality):
        _define(plan_of(cls), definitions)
    for name in kinds.FAMILIES:
        definitions[f"{name}-kind"] = _kinds(name)
    definitions["Place"] = _place()
    # The operator's keys may be spread over several files, so that only the main one has them all.
    definitions["Estate"].pop("required", None)
    return {
        "$schema": DIALECT,
        "title": "virgem estate",
        "description": "A region in text: estate.yaml, files beside it, and municipalities/*.yaml.",
        "if": {"type": "object", "required": ["municipality"]},
        "then": {"$ref": "#/$defs/Municipality"},
        "else": {"$ref": "#/$defs/Estate"},
        "$defs": dict(sorted(definitions.items())),
    }


def _define(plan: ClassPlan, definitions: dict[str, Schema]) -> str:
    """Add the definition of a class and of those it holds; return its reference."""
    name = plan.cls.__name__
    if name not in definitions:
        definitions[name] = {}
        definitions[name] = _object(plan, definitions)
    return f"#/$defs/{name}"


def _object(plan: ClassPlan, definitions: dict[str, Schema]) -> Schema:
    full: Schema = {
        "type": "object",
        "properties": {field.key: _field(field, definitions) for field in plan.fields.values()},
        "additionalProperties": False,
    }
    if plan.required:
        full["required"] = [field.key for field in plan.required]
    if plan.pair:
        full |= _pair(plan, definitions)
    forms = [full]
    if plan.shorthand:
        forms.append(_value(plan.by_name[plan.shorthand], definitions))
    if not plan.required:
        forms.append({"type": "null"})
    description = {"description": _first_line(plan.cls)}
    return description | (full if len(forms) == 1 else {"anyOf": forms})


def _first_line(cls: type) -> str:
    return (cls.__doc__ or "").strip().partition("\n")[0]


def _pair(plan: ClassPlan, definitions: dict[str, Schema]) -> Schema:
    """Return the part of a schema that lets a kind stand as a key: `{operator-vpn: 200M}`."""
    first, second = (plan.by_name[name] for name in plan.pair)
    family = _family(first.type)
    value = {"anyOf": [_value(second, definitions), {"type": "null"}]}
    names = [*kinds.family(family), *kinds.aliases(family)]
    found: Schema = {"patternProperties": {f"^(?:{'|'.join(names)})$": value}}
    if first.required:
        others = [field.key for field in plan.required if field is not first]
        found["required"] = others
        found["anyOf"] = [{"required": [name]} for name in (first.key, *names)]
    return found


def _family(cls: Any) -> str:
    return str(cls.family)


def _field(field: FieldPlan, definitions: dict[str, Schema]) -> Schema:
    found: Schema = {"description": field.spec.doc}
    if field.spec.example:
        found["examples"] = [field.spec.example]
    value = _value(field, definitions)
    if field.keyed:
        names = _names(plan_of(field.type))
        return found | {"type": "object", "additionalProperties": value, "propertyNames": names}
    if field.many:
        return found | {"anyOf": [value, {"type": "array", "items": value}]}
    return found | (value if "$ref" not in value else {"allOf": [value]})


def _names(plan: ClassPlan) -> Schema:
    cls: Any = plan.id_type
    schema: Schema = cls.schema()
    return schema


def _value(field: FieldPlan, definitions: dict[str, Schema]) -> Schema:
    match field.form:
        case Form.OBJECT:
            return {"$ref": _define(plan_of(field.type), definitions)}
        case Form.POINT:
            return {"$ref": "#/$defs/Place"}
        case Form.CHOICE:
            return {"enum": _members(field.type)}
        case Form.BOOLEAN:
            return {"type": "boolean"}
        case Form.UNION:
            return {"anyOf": [scalar(cls) for cls in field.types]}
        case _:
            return scalar(field.type)


def _members(cls: Any) -> list[str]:
    return [str(member) for member in cls] if issubclass(cls, StrEnum) else []


def scalar(cls: Any) -> Schema:
    """Return the schema of a scalar as an editor sees it, which may have read digits as a number."""
    if issubclass(cls, Kind):
        return {"$ref": f"#/$defs/{cls.family}-kind"}
    schema: Schema = cls.schema()
    if issubclass(cls, Number | Decimals) or not issubclass(cls, Text):
        return schema
    if cls in _DIGITS:
        least, most = _DIGITS[cls]
        return {"anyOf": [schema, {"type": "integer", "minimum": least, "maximum": most}]}
    if issubclass(cls, Money):
        return {"anyOf": [schema, {"type": "number", "minimum": 0, "exclusiveMaximum": 10**12}]}
    if _takes_digits(cls):
        return {"anyOf": [schema, {"type": "number"}]}
    return schema


def _takes_digits(cls: type[Text]) -> bool:
    """Whether a text of digits alone, which YAML readers turn into a number, can be a value of the type."""
    for text in ("12.5", "7"):
        try:
            cls(text)
        except ValueError:
            continue
        return True
    return False


def _kinds(family: str) -> Schema:
    """Return a register of kinds as choices, each with its name."""
    known: Mapping[str, Any] = kinds.family(family)
    choices = [{"const": name, "title": kind.en, "description": kind.nl} for name, kind in known.items()]
    aliases = [{"const": name, "title": f"short for {kind}"} for name, kind in kinds.aliases(family).items()]
    return {"description": f"The registered kinds of {family}.", "oneOf": [*choices, *aliases]}


def _place() -> Schema:
    return {
        "description": "A place, [latitude, longitude] (WGS84).",
        "type": "array",
        "prefixItems": [Latitude.schema(), Longitude.schema()],
        "items": False,
        "minItems": 2,
    }
