"""Problems as one JSON document."""

from __future__ import annotations

import json
from collections.abc import Iterable
from typing import Any

from virgem.modules.estate.problem_formats.shown import Lines, counts, ordered, snippet
from virgem.modules.problem import Mark, Problem

API_VERSION = "virgem/v1"


def as_json(problems: Iterable[Problem], sources: Lines) -> str:
    """Return a document of kind Problems."""
    return json.dumps({"apiVersion": API_VERSION, "kind": "Problems", **body(problems, sources)}, indent=2) + "\n"


def body(problems: Iterable[Problem], sources: Lines) -> dict[str, Any]:
    """Return counts and items with place, code, message, hint and source line."""
    found = ordered(problems)
    errors, warnings = counts(found)
    return {"errors": errors, "warnings": warnings, "items": [item(problem, sources) for problem in found]}


def item(problem: Problem, sources: Lines) -> dict[str, Any]:
    """Return one problem as it stands in a document."""
    return {
        **_place(problem.mark),
        "code": problem.code,
        "severity": problem.severity.value,
        "message": problem.message,
        "hint": problem.hint,
        "target": problem.target,
        "source": snippet(sources, problem.mark),
        "related": [_place(mark) for mark in problem.related],
    }


def _place(mark: Mark) -> dict[str, Any]:
    return {"file": mark.file, "line": mark.line, "column": mark.column}
