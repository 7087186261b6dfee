"""What PyYAML says about a broken text, in plain words and at the place a person would look."""

from __future__ import annotations

from typing import Any

import yaml

from virgem.modules.codes import problem
from virgem.modules.estate.scalars import show
from virgem.modules.estate.yaml_slips import Slip, Stop, slip
from virgem.modules.problem import Mark, Problem

# Part of the parser's words (libyaml's and PyYAML's own differ): our sentence, the hint, and whether the place is that
# of the opening bracket or quote and not the one where the parser gave up.
_SAYINGS: tuple[tuple[str, str, str, bool], ...] = (
    ("found unexpected end of stream", "the quote that opens here is not closed", "close the quote", True),
    ("found unexpected document indicator", "the quote that opens here is not closed", "close the quote", True),
    (
        "mapping values are not allowed",
        "a second ': ' in one line, or a line that is indented too far",
        "put a text that holds ': ' in quotes; check the indentation",
        False,
    ),
    ("',' or ']'", "the list that opens here is not closed", "close it with ]; commas between its values", True),
    ("',' or '}'", "the mapping that opens here is not closed", "close it with }; commas between its keys", True),
    (
        "did not find expected key",
        "the line does not fit the lines above it",
        "indent it as the lines it belongs to; a list starts each value with '- '",
        False,
    ),
    (
        "expected <block end>",
        "the line does not fit the lines above it",
        "indent it as the lines it belongs to; a list starts each value with '- '",
        False,
    ),
    (
        "'-' indicator",
        "the line does not fit the lines above it",
        "indent it as the lines it belongs to; a list starts each value with '- '",
        False,
    ),
    ("node content", "a value is missing here, or a bracket is not closed", "look at the line above too", False),
    ("could not find expected ':'", "a key without ': '", "write `key: value`", True),
    (
        "block sequence entries are not allowed",
        "a '-' that starts no list here",
        "put the list on lines of its own",
        False,
    ),
    ("block collections", "a block cannot stand inside brackets", "write all of it with brackets, or none", False),
    ("escape", "no such escape in double quotes", "use single quotes, or double the backslash", False),
    ("document start", "something stands behind the end of the text", "one text a file; check the indentation", False),
    ("incompatible YAML", "the %YAML line asks for a version that is not known", "delete the line", False),
    ("directive", "a line that starts with % is not needed in an estate", "delete the line, or quote the text", False),
    ("tag", "a tag that is not even well formed", "delete the tag", False),
    ("anchor", "an anchor or alias that is not even well formed", "write the value itself", False),
    ("alias", "an anchor or alias that is not even well formed", "write the value itself", False),
)


def explain(file: str, text: str, error: yaml.YAMLError) -> Problem:
    """Return the problem behind an error of the parser."""
    mark = _place(file, text, getattr(error, "problem_mark", None) or getattr(error, "context_mark", None))
    words = str(getattr(error, "problem", None) or error)
    if "cannot start any token" in words:
        return _odd_character(mark, text)
    if found := _slip(file, text, error, words):
        return problem("E120", Mark(file, found.line, found.column), found.message, found.hint)
    for part, message, hint, at_opening in _SAYINGS:
        if part in words:
            opening = getattr(error, "context_mark", None) if at_opening else None
            return problem("E120", _place(file, text, opening) if opening else mark, message, hint)
    plain = " ".join(words.split())[:120]
    return problem("E120", mark, f"this is not YAML: {plain}", "an editor with YAML support shows where it breaks")


def _slip(file: str, text: str, error: yaml.YAMLError, words: str) -> Slip | None:
    mark, opening = getattr(error, "problem_mark", None), getattr(error, "context_mark", None)
    if mark is None:
        return None
    at, start = _place(file, text, mark), _place(file, text, opening) if opening else Mark(file)
    return slip(text.split("\n"), Stop(words=words, line=at.line, column=at.column, opening=(start.line, start.column)))


def _place(file: str, text: str, at: Any) -> Mark:
    """Return a mark within the text: the parser also points behind its end."""
    if at is None:
        return Mark(file, 1, 1)
    lines = text.split("\n")
    while len(lines) > 1 and not lines[-1].strip():
        lines.pop()
    line = min(at.line, len(lines) - 1)
    return Mark(file, line + 1, min(at.column if line == at.line else len(lines[line]), len(lines[line])) + 1)


def _odd_character(mark: Mark, text: str) -> Problem:
    line = text.split("\n")[mark.line - 1]
    found = line[mark.column - 1 : mark.column]
    if found == "\t":
        return problem("E120", mark, "a tab cannot indent", "use spaces")
    return problem("E120", mark, f"a text cannot start with {show(found)}", "put the text in quotes")
