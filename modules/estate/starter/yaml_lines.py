"""Short, flat YAML as a person writes it: one line an object, names aligned."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence

# What YAML readers take for something other than text, or that ends a plain text within { }.
_PLAIN = re.compile(r"[A-Za-z0-9À-ÖØ-öø-ÿ/(][A-Za-z0-9À-ÖØ-öø-ÿ ./()'+_:%*-]*")
_ODD = re.compile(r".*: .*|.*:$|.* $|(?:yes|no|on|off|true|false|null|y|n)", re.IGNORECASE)

Value = str | int | float | bool | Sequence["Value"] | Mapping[str, "Value"]


class Written(str):
    """Text that is YAML already."""

    __slots__ = ()


def inline(value: Value) -> str:
    """Return a value on one line."""
    match value:
        case Written():
            return value
        case bool():
            return "true" if value else "false"
        case str():
            return value if _PLAIN.fullmatch(value) and not _ODD.fullmatch(value) else f'"{value}"'
        case int() | float():
            return f"{value:.5f}".rstrip("0").rstrip(".") if isinstance(value, float) else str(value)
        case Mapping():
            inner = ", ".join(f"{key}: {inline(one)}" for key, one in value.items())
            return f"{{ {inner} }}" if inner else "{}"
        case _:
            return f"[{', '.join(inline(one) for one in value)}]"


def table(rows: Mapping[str, Value], indent: int = 2) -> list[str]:
    """Return one line a row, the values aligned."""
    width = max((len(name) for name in rows), default=0) + 1
    return [f"{' ' * indent}{name + ':':<{width}} {inline(value)}" for name, value in rows.items()]


def section(name: str, rows: Mapping[str, Value], comment: str = "") -> list[str]:
    """Return a block of the file, with an empty line before it; nothing when there are no rows."""
    return ["", *([f"# {comment}"] if comment else []), f"{name}:", *table(rows)] if rows else []


def head(schema: str, comments: Iterable[str]) -> list[str]:
    """Return the lines that open every file: the schema for editors, and what is real and invented."""
    return [f"# yaml-language-server: $schema={schema}", *(f"# {line}" for line in comments)]


def number(count: int) -> str:
    """Return a count for people, 80123 as 80,123."""
    return f"{count:,}"
