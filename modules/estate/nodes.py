"""What a YAML text is made of: light nodes that keep the text as written and the place it was written at."""

from __future__ import annotations

from virgem.modules.problem import Mark


class Node:
    """A value in a file; line and column count from 1."""

    __slots__ = ("column", "file", "line")
    shape = "a value"

    def __init__(self, file: str, line: int, column: int) -> None:
        self.file, self.line, self.column = file, line, column

    @property
    def mark(self) -> Mark:
        """The place of the value."""
        return Mark(self.file, self.line, self.column)


class Scalar(Node):
    """A text; `plain` when it stood without quotes."""

    __slots__ = ("plain", "text")
    shape = "a single value"

    def __init__(self, file: str, line: int, column: int, text: str, plain: bool) -> None:
        self.file, self.line, self.column, self.text, self.plain = file, line, column, text, plain

    @property
    def empty(self) -> bool:
        """Whether nothing was written (or YAML's words for nothing)."""
        return self.plain and self.text in ("", "~", "null", "Null", "NULL")


class Sequence(Node):
    """A list."""

    __slots__ = ("items",)
    shape = "a list"

    def __init__(self, file: str, line: int, column: int) -> None:
        self.file, self.line, self.column = file, line, column
        self.items: list[Node] = []


class Mapping(Node):
    """Keys with their values, in the order of the text; no key stands twice."""

    __slots__ = ("pairs",)
    shape = "a mapping"

    def __init__(self, file: str, line: int, column: int) -> None:
        self.file, self.line, self.column = file, line, column
        self.pairs: list[tuple[Scalar, Node]] = []
