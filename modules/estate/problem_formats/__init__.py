"""The faces of a list of problems: text for people, JSON, SARIF, JUnit and GitHub annotations for machines.

Every face is a pure function `(problems, sources) -> str` that ends with a line break and shows the problems sorted.
`render` shows their paths as seen from elsewhere: an editor, a terminal or CI looks from the folder it stands in.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from types import MappingProxyType
from typing import Any, Protocol

from virgem.modules.estate.problem_formats.annotations import github
from virgem.modules.estate.problem_formats.document import as_json, body
from virgem.modules.estate.problem_formats.junit import junit
from virgem.modules.estate.problem_formats.sarif import Known, sarif
from virgem.modules.estate.problem_formats.shown import Lines, SeenFrom, seen_from
from virgem.modules.estate.problem_formats.text import text
from virgem.modules.problem import Problem

Face = Callable[[Iterable[Problem], Lines], str]

FORMATS: Mapping[str, Face] = MappingProxyType(
    {"text": text, "json": as_json, "sarif": sarif, "junit": junit, "github": github}
)


class Found(Protocol):
    """Problems with the sources they were found in."""

    @property
    def problems(self) -> tuple[Problem, ...]:
        """Return the problems."""

    @property
    def sources(self) -> Lines:
        """Return what can show their lines."""


def render(name: str, found: Found, *, colour: bool = False, folder: str = "", known: Known | None = None) -> str:
    """Return the problems in the format of this name (a key of FORMATS); only text knows colours.

    `folder` is the path of the estate from where its files are looked for ("": from the estate itself), `known` the
    rules that SARIF lists, where they are not the problem codes.
    """
    problems, sources = seen_from(folder, found.problems), SeenFrom(folder, found.sources)
    if name == "text":
        return text(problems, sources, colour=colour)
    if name == "sarif":
        return sarif(problems, sources, folder, known)
    return FORMATS[name](problems, sources)


def as_data(found: Found, folder: str = "") -> dict[str, Any]:
    """Return the problems for a JSON document that holds more beside them."""
    return body(seen_from(folder, found.problems), SeenFrom(folder, found.sources))


__all__ = ["FORMATS", "Face", "Found", "Lines", "as_data", "as_json", "github", "junit", "render", "sarif", "text"]
