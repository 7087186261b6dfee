"""A mistake in what somebody wrote, told with its place and the way out."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from enum import StrEnum
from string import Formatter


class Severity(StrEnum):
    """How bad a problem is: an error stops the run, a warning does not."""

    ERROR = "error"
    WARNING = "warning"


@dataclass(frozen=True, slots=True, order=True)
class Mark:
    """A place in a text: path relative to the estate, line and column from 1 (0: the file as a whole)."""

    file: str = ""
    line: int = 0
    column: int = 0

    def __str__(self) -> str:
        """Return `file:line:column`, as editors and compilers write it."""
        return f"{self.file}:{self.line}:{self.column}" if self.line else self.file


NOWHERE = Mark()


class _Dutch(Formatter):
    """Fills in numbers with a comma for a point."""

    def format_field(self, value: object, format_spec: str) -> str:
        text = str(super().format_field(value, format_spec))
        return text.replace(".", ",") if isinstance(value, float | Decimal) else text


@dataclass(frozen=True, slots=True, order=True)
class Text:
    """A sentence in English and in Dutch; in a rule it has fields in braces for the values of a finding."""

    en: str = ""
    nl: str = ""

    def filled(self, values: Mapping[str, object]) -> Text:
        """Return the sentence with its values filled in."""
        return Text(self.en.format_map(values), _Dutch().vformat(self.nl, (), values))


@dataclass(frozen=True, slots=True)
class Rule:
    """What one problem code stands for; `codes/` holds them all and docs/problems.md is made from them.

    `wayout` says what to do; `controls` are the CyFun, ISO or ICR rules behind it, where there are any.
    A warning is shown in reports, so its rule `says` what a finding is and gives its `hint`, in both languages.
    """

    code: str
    title: str
    nl: str  # The title in Dutch, for reports.
    explanation: str
    wayout: str = ""
    controls: tuple[str, ...] = ()
    says: Text | None = None
    hint: Text | None = None


@dataclass(frozen=True, slots=True, order=True)
class Problem:
    """One mistake: a stable code, one sentence, where it stands and one hint.

    `target` is the path of the object it is about, as a waiver names it ("kortrijk/bib:guests").
    Warnings have their message and hint in Dutch too.
    """

    mark: Mark
    code: str
    message: str
    hint: str = ""
    severity: Severity = field(default=Severity.ERROR, compare=False)
    related: tuple[Mark, ...] = field(default=(), compare=False)
    target: str = field(default="", compare=False)
    message_nl: str = field(default="", compare=False)
    hint_nl: str = field(default="", compare=False)


class ProblemsFound(Exception):
    """All problems of a phase, sorted; raised where a phase cannot hand on a value."""

    def __init__(self, problems: Iterable[Problem]) -> None:
        self.problems = tuple(sorted(set(problems)))
        super().__init__("\n".join(f"{p.mark}: {p.code} {p.message}" for p in self.problems))


class UserError(Exception):
    """A failure outside the estate's text (a folder, a disk, a tool): one sentence and the way out."""

    def __init__(self, message: str, hint: str = "") -> None:
        self.message, self.hint = message, hint
        super().__init__(f"{message} ({hint})" if hint else message)
