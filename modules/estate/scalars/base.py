"""What every scalar shares: the error and the allow-listed text."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import Any, ClassVar, Self

from virgem.modules.estate.hiding import MASK

# Shorter than this a text has a form of its own, which says more than its length.
_SENTENCE = 64


class ScalarError(ValueError):
    """The text is no value of the type: one sentence and a hint."""

    def __init__(self, message: str, hint: str = "") -> None:
        self.message, self.hint = message, hint
        super().__init__(message)


class Text(str):
    """A string of an allow-listed form; subclasses narrow it."""

    __slots__ = ()
    what: ClassVar[str] = "a text"
    pattern: ClassVar[str] = r"[A-Za-z0-9À-ÖØ-öø-ÿ][A-Za-z0-9À-ÖØ-öø-ÿ .,:()/'+&_%*-]*"
    # The form as a JSON Schema tells it, where that can refuse what `canonical` does; empty: the pattern.
    schema_pattern: ClassVar[str] = ""
    longest: ClassVar[int] = 200
    example: ClassVar[str] = ""
    # True: the text may be a secret, so no message repeats it.
    hidden: ClassVar[bool] = False
    rule: ClassVar[str] = "letters, digits, spaces and . , : ( ) / ' + & _ % * -, starting with a letter or digit"

    def __new__(cls, text: str) -> Self:
        """Return the text as this type, or raise ScalarError."""
        if len(text) > cls.longest:
            length = "more" if cls.hidden else len(text)
            message = f"{cls.what} is at most {cls.longest} characters, this has {length}"
            raise ScalarError(message, cls._hint() if cls.hidden or cls.longest < _SENTENCE else "shorten it")
        if not _compiled(cls.pattern).fullmatch(text):
            raise ScalarError(f"{MASK if cls.hidden else show(text)} is not {cls.what}", cls._hint())
        return super().__new__(cls, cls.canonical(text))

    @classmethod
    def canonical(cls, text: str) -> str:
        """Return the one form under which equal values are equal; may raise ScalarError."""
        return text

    @classmethod
    def _hint(cls) -> str:
        example = f", for example {cls.example}" if cls.example else ""
        return f"allowed: {cls.rule}{example}"

    @classmethod
    def schema(cls) -> dict[str, Any]:
        """Return the JSON Schema of the written form."""
        return {"type": "string", "pattern": f"^(?:{cls.schema_pattern or cls.pattern})$", "maxLength": cls.longest}


@lru_cache(maxsize=256)
def _compiled(pattern: str) -> re.Pattern[str]:
    return re.compile(pattern)


def show(text: str) -> str:
    """Return a text quoted for a message: one line, printable, at most 60 characters."""
    safe = "".join(c if c.isprintable() else f"\\u{ord(c):04x}" for c in text[:60])
    return f"'{safe}{'...' if len(text) > 60 else ''}'"
