"""What every class of the estate shares: its origin in the text and how a field is written there.

One description per field serves the loader, the JSON Schema and the reference page.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import MISSING, dataclass, field
from typing import Any, ClassVar

from virgem.modules.problem import NOWHERE, Mark


@dataclass(frozen=True, slots=True)
class Origin:
    """Where a value was written: its own place and those of its keys (`line, column` of each value)."""

    mark: Mark = NOWHERE
    keys: Mapping[str, tuple[int, int]] = field(default_factory=dict)

    def at(self, key: str = "") -> Mark:
        """Return the place of `key`'s value ("zones", "members.2"), or of the whole when it was not written."""
        place = self.keys.get(key)
        return Mark(self.mark.file, *place) if place else self.mark


UNWRITTEN = Origin()


@dataclass(frozen=True, slots=True, kw_only=True)
class Located:
    """A value that knows where it came from; the origin takes no part in comparison."""

    # The field that a bare scalar sets: `bib: library` is `bib: {kind: library}`.
    shorthand: ClassVar[str] = ""
    # The fields that one unknown key sets: `{operator-vpn: 200M}` is `{kind: operator-vpn, capacity: 200M}`.
    pair: ClassVar[tuple[str, str] | tuple[()]] = ()
    origin: Origin = field(default=UNWRITTEN, compare=False, repr=False)


@dataclass(frozen=True, slots=True)
class KeySpec:
    """How one field stands in the text, beside its Python type."""

    doc: str
    name: str = ""  # the key in the text where it differs from the field's name with "-" for "_"
    keyed: bool = False  # a mapping in the text whose keys become each item's `id`
    written: bool = True  # False: derived by the loader, never a key
    filled: bool = False  # True: may be left out, the loader's defaults fill it in from the kind or the owner
    example: str = ""


def key(
    doc: str,
    *,
    default: Any = MISSING,
    default_factory: Callable[[], Any] | Any = MISSING,
    name: str = "",
    keyed: bool = False,
    written: bool = True,
    filled: bool = False,
    example: str = "",
) -> Any:
    """Return a dataclass field described for the loader, the schema and the reference page.

    A field without default is required, unless the loader's defaults fill it in (`filled`). `keyed` fields are tuples
    of objects that have an `id`.
    """
    spec = KeySpec(doc, name, keyed, written, filled, example)
    return field(default=default, default_factory=default_factory, metadata={"key": spec}, kw_only=True)
