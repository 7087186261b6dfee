"""What every face of a problem needs: source lines, visible characters, order and counts."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import Protocol

from virgem.modules.problem import Mark, Problem, Severity

TAB = 4
LONGEST = 500


class Lines(Protocol):
    """Whatever can show the line of text a mark stands in ("" when there is none)."""

    def line(self, mark: Mark) -> str:
        """Return the line without its line break."""


@dataclass(frozen=True, slots=True)
class SeenFrom:
    """The lines of an estate by marks whose paths begin with its folder."""

    folder: str
    sources: Lines

    def line(self, mark: Mark) -> str:
        """Return the line without its line break."""
        return self.sources.line(replace(mark, file=below(self.folder, mark.file)))


def seen_from(folder: str, problems: Iterable[Problem]) -> tuple[Problem, ...]:
    """Return the problems with the folder of the estate before their paths."""
    if not folder:
        return tuple(problems)
    return tuple(
        replace(found, mark=_seen(folder, found.mark), related=tuple(_seen(folder, mark) for mark in found.related))
        for found in problems
    )


def _seen(folder: str, mark: Mark) -> Mark:
    return replace(mark, file=f"{folder}/{mark.file}") if mark.file else mark


def below(folder: str, file: str) -> str:
    """Return the path in the estate of a file as it is shown."""
    return file.removeprefix(f"{folder}/") if folder else file


def snippet(sources: Lines, mark: Mark) -> str:
    """Return the start of the source line for a machine-read face, short even where the line is not."""
    return sources.line(mark)[:LONGEST] if mark.line else ""


def ordered(problems: Iterable[Problem]) -> tuple[Problem, ...]:
    """Return the problems once each, sorted by place, code and message."""
    return tuple(sorted(set(problems)))


def visible(text: str) -> str:
    """Return the text on one line, with every character that does not print written as its escape."""
    return "".join(map(_visible, text))


def _visible(char: str) -> str:
    if char.isprintable():
        return char
    number = ord(char)
    if number < 0x100:
        return f"\\x{number:02x}"
    return f"\\u{number:04x}" if number < 0x10000 else f"\\U{number:08x}"


def cells(char: str, column: int) -> str:
    """Return what stands for a character of a source line at a display column: tabs become spaces."""
    return " " * (TAB - column % TAB) if char == "\t" else _visible(char)


def width(text: str) -> int:
    """Return how many columns of a terminal the text takes: wide characters two, combining marks none."""
    return sum(_width(char) for char in text)


def _width(char: str) -> int:
    if unicodedata.combining(char) or unicodedata.category(char) in ("Mn", "Me"):
        return 0
    return 2 if unicodedata.east_asian_width(char) in "WF" else 1


def counts(problems: Iterable[Problem]) -> tuple[int, int]:
    """Return the number of errors and of warnings."""
    severities = [problem.severity for problem in problems]
    return severities.count(Severity.ERROR), severities.count(Severity.WARNING)


def summary(problems: Iterable[Problem]) -> str:
    """Return one line: `2 errors, 1 warning`, or `no problems`."""
    errors, warnings = counts(problems)
    parts = [_some(errors, "error"), _some(warnings, "warning")]
    return ", ".join(part for part in parts if part) or "no problems"


def _some(number: int, word: str) -> str:
    return f"{number} {word}{'' if number == 1 else 's'}" if number else ""
