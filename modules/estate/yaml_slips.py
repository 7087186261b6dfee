"""The commonest slips in YAML, told from the lines near the place where the parser gave up.

A parser goes on past a forgotten quote, comma or blank and stops somewhere else. Each function knows one slip by signs
that leave no doubt and returns the place of the slip itself; without such signs the parser's own words are used.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

_KEY_LINE = re.compile(r"[ \t]*(?:- +)*[A-Za-z0-9_\"'][\w ./-]*[\"']?:(?:\s|$)")
_NO_BLANK = re.compile(r"([A-Za-z_][\w-]*):\S")
_NO_COLON = re.compile(r"([A-Za-z_][\w-]*)[ \t]+[^\s:#][^:#]*$")
# What may begin a text in quotes or a comment, and a whole text in quotes.
_OPENS = re.compile(r"(?:(?<=[\s\[{,:])|^)[\"']|(?:(?<=\s)|^)#")
_DOUBLE = re.compile(r'"[^"\\]*(?:\\.[^"\\]*)*"')
_SINGLE = re.compile(r"'[^']*(?:''[^']*)*'")


@dataclass(frozen=True, slots=True, kw_only=True)
class Slip:
    """A slip with its place in the text, from 1, and the way out."""

    line: int
    column: int
    message: str
    hint: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Stop:
    """Where a parser gave up, from 1, why, and the place of the opening it was in (0, 0: none)."""

    words: str
    line: int
    column: int
    opening: tuple[int, int] = (0, 0)


def slip(lines: Sequence[str], stop: Stop) -> Slip | None:
    """Return the slip behind an error of the parser, None when the lines leave doubt."""
    if "alphabetic or numeric character" in stop.words:
        return _star(lines, stop)
    found = _open_quote(lines, stop.line)
    if found is not None:
        return found
    if "mapping values are not allowed" in stop.words:
        return _no_blank(lines, stop) or _second_colon(lines, stop)
    if "could not find expected ':'" in stop.words and stop.opening[0]:
        return _bare_line(lines, stop.opening[0])
    if "',' or '" in stop.words and stop.opening[0]:
        return _no_comma(lines, stop)
    if "expected key" in stop.words or "block end" in stop.words:
        found = _no_blank(lines, stop)
    if found is None and lines[stop.line - 1][stop.column - 1 : stop.column] in ("}", "]"):
        return _one_too_many(lines, stop)
    return found


def _star(lines: Sequence[str], stop: Stop) -> Slip | None:
    """`to: *:servers`: YAML takes a star for the start of an alias."""
    line, column = stop.opening if stop.opening[0] else (stop.line, stop.column - 1)
    sign = lines[line - 1][column - 1 : column]
    if sign not in ("*", "&"):
        return None
    return Slip(line=line, column=column, message=f"a text cannot start with '{sign}'", hint="put the text in quotes")


def _open_quote(lines: Sequence[str], last: int) -> Slip | None:
    """`label: "Gemeente }`: the text goes on to the next quote in the file, whatever stands between."""
    for number, line in enumerate(lines[:last], 1):
        column = _left_open(line)
        if not column:
            continue
        below = next((other for other in lines[number:] if other.strip()), "")
        if line.rstrip().endswith(("}", "]", ",")) or _KEY_LINE.match(below):
            return Slip(
                line=number,
                column=column,
                message="the quote that opens here is not closed in its line",
                hint="close the quote",
            )
        return None  # a text over several lines: what follows is not judged
    return None


def _left_open(line: str) -> int:
    """Return the column of a quote that opens a text and is not closed in its line, 0 for none."""
    at = 0
    while (found := _OPENS.search(line, at)) is not None and found[0] != "#":
        closed = (_DOUBLE if found[0] == '"' else _SINGLE).match(line, found.start())
        if closed is None:
            return found.start() + 1
        at = closed.end()
    return 0


def _no_blank(lines: Sequence[str], stop: Stop) -> Slip | None:
    """`quota:village` above `servers:`: the two lines are one text to YAML."""
    above = _above(lines, stop.line)
    if not above or _depth(lines[above - 1]) != _depth(lines[stop.line - 1]):
        return None
    first = _above(lines, above)
    # Below a value that is less indented the line goes on with that value: it was meant as text.
    goes_on = first and _depth(lines[first - 1]) < _depth(lines[above - 1]) and not _ends_open(lines[first - 1])
    return None if goes_on else _bare_line(lines, above)


def _above(lines: Sequence[str], number: int) -> int:
    """Return the nearest line above one that says something, 0 for none."""
    return next((n for n in range(number - 1, 0, -1) if _says_something(lines[n - 1])), 0)


def _ends_open(line: str) -> bool:
    return line.partition(" #")[0].rstrip().endswith(":")


def _bare_line(lines: Sequence[str], number: int) -> Slip | None:
    """Return the slip of a line that was meant as `key: value` and has no ': '."""
    text = lines[number - 1].strip()
    column = _depth(lines[number - 1]) + 1
    if found := _NO_BLANK.match(text):
        message, key = f"the blank behind {found[1]}: is missing", found[1]
    elif found := _NO_COLON.match(text):
        message, key = f"the colon behind {found[1]} is missing", found[1]
    else:
        return None
    return Slip(line=number, column=column, message=message, hint=f"write `{key}: ...`")


def _second_colon(lines: Sequence[str], stop: Stop) -> Slip | None:
    line = lines[stop.line - 1]
    if re.search(r":\s", line[: stop.column - 1]):
        hint = "put the text that holds ': ' in quotes"
        return Slip(line=stop.line, column=stop.column, message="a second ': ' in one line", hint=hint)
    return Slip(
        line=stop.line,
        column=_depth(line) + 1,
        message="the line is indented deeper than the line above it, which has its value already",
        hint="indent it as the lines it belongs to",
    )


def _no_comma(lines: Sequence[str], stop: Stop) -> Slip | None:
    """`{ kind: depot, at: [1, 2] link: fibre }`: two keys or values with nothing between them."""
    line, first = lines[stop.line - 1], stop.opening[0]
    rest = line[stop.column - 1 :]
    if stop.line != first:
        # Else the bracket may have been left open above this line, which begins something new.
        inside = _depth(line) > _depth(lines[first - 1]) and lines[first - 1].rstrip().endswith((",", "{", "["))
        return _comma(stop.line, stop.column, rest) if inside and not line[: stop.column - 1].strip() else None
    return _comma(stop.line, stop.column, rest)


def _comma(line: int, column: int, rest: str) -> Slip | None:
    if rest.startswith(":"):
        message, hint = (
            "a second ': ' without a comma before its key",
            "put a comma between the keys, or quote the text",
        )
    elif re.match(r"[\w\"'\[{]", rest):
        message, hint = "a comma is missing before this", "put a comma between keys and between values"
    else:
        return None
    return Slip(line=line, column=column, message=message, hint=hint)


def _one_too_many(lines: Sequence[str], stop: Stop) -> Slip | None:
    sign = lines[stop.line - 1][stop.column - 1]
    return Slip(line=stop.line, column=stop.column, message=f"this {sign} closes nothing", hint=f"delete one {sign}")


def _says_something(line: str) -> bool:
    return bool(line.strip()) and not line.lstrip().startswith("#")


def _depth(line: str) -> int:
    return len(line) - len(line.lstrip())
