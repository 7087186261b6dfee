"""Problems as workflow commands of GitHub Actions: annotations on the lines of a pull request."""

from __future__ import annotations

from collections.abc import Iterable

from virgem.modules.estate.problem_formats.shown import Lines, ordered, visible
from virgem.modules.problem import Problem


def github(problems: Iterable[Problem], sources: Lines) -> str:
    """Return one `::error` or `::warning` command a line; an empty text without problems."""
    return "".join(_command(problem) + "\n" for problem in ordered(problems))


def _command(problem: Problem) -> str:
    mark = problem.mark
    places = {"file": mark.file, "line": str(mark.line or ""), "col": str(mark.column or ""), "title": problem.code}
    properties = ",".join(f"{name}={_property(value)}" for name, value in places.items() if value)
    hint = f"\nhint: {visible(problem.hint)}" if problem.hint else ""
    return f"::{problem.severity} {properties}::{_data(visible(problem.message) + hint)}"


def _data(text: str) -> str:
    return text.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


def _property(text: str) -> str:
    return _data(visible(text)).replace(":", "%3A").replace(",", "%2C")
