"""Problems as text: place, code and message, the line with a caret under the mistake, and the way out."""

from __future__ import annotations

from collections.abc import Iterable

from virgem.modules.estate.problem_formats.shown import Lines, cells, ordered, summary, visible, width
from virgem.modules.problem import Problem, Severity

# The widest piece of a source line that is shown, in columns, and how much of it stands before the caret.
WINDOW, BEFORE = 100, 60
INDENT = "    "
_COLOURS = {Severity.ERROR: "31", Severity.WARNING: "33"}


def text(problems: Iterable[Problem], sources: Lines, *, colour: bool = False) -> str:
    """Return all problems and one line that counts them; `colour` adds terminal colours."""
    found = ordered(problems)
    blocks = [_block(problem, sources, colour) for problem in found]
    return "\n".join([*blocks, summary(found)]) + "\n"


def _block(problem: Problem, sources: Lines, colour: bool) -> str:
    code = _paint(problem.code, _COLOURS[problem.severity], colour)
    place = _paint(visible(str(problem.mark)), "1", colour) + ": " if problem.mark.file else ""
    lines = [f"{place}{code} {visible(problem.message)}"]
    lines += [INDENT + line for line in _excerpt(sources.line(problem.mark), problem.mark.column, colour)]
    lines += [f"{INDENT}see {visible(str(mark))}" for mark in problem.related]
    if problem.hint:
        lines.append(f"{INDENT}hint: {visible(problem.hint)}")
    return "\n".join(lines) + "\n"


def _excerpt(line: str, column: int, colour: bool) -> list[str]:
    """Return the source line and a caret under its column (from 1), or nothing when there is no such line."""
    if column < 1 or not line.strip():
        return []
    shown, caret = clip(line, column)
    return [shown.rstrip(), " " * caret + _paint("^", "32", colour)]


def clip(line: str, column: int) -> tuple[str, int]:
    """Return the piece of a line to show around a column (from 1), and the display column of the caret in it."""
    # A line of a hostile file may hold megabytes: look only at what can reach the window.
    start = max(0, column - 1 - BEFORE)
    head = _cells(line[start : column - 1])
    tail = _cells(line[column - 1 : column + WINDOW], width(head))
    head_clipped = start > 0 or width(head) > BEFORE
    head = _last(head, BEFORE)
    room = WINDOW - width(head)
    tail_clipped = width(tail) > room or len(line) > column + WINDOW
    before = "..." if head_clipped else ""
    return before + head + _first(tail, room) + ("..." if tail_clipped else ""), width(before + head)


def _cells(piece: str, column: int = 0) -> str:
    shown = ""
    for char in piece:
        shown += cells(char, column + width(shown) if char == "\t" else 0)
    return shown


def _first(shown: str, room: int) -> str:
    """Return as much of the start as fits."""
    while width(shown) > room:
        shown = shown[:-1]
    return shown


def _last(shown: str, room: int) -> str:
    """Return as much of the end as fits."""
    while width(shown) > room:
        shown = shown[1:]
    return shown


def _paint(word: str, colour_code: str, colour: bool) -> str:
    return f"\x1b[{colour_code}m{word}\x1b[0m" if colour else word
