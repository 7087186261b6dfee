"""A language to write the page in: its sentences, its numbers, its dates."""

from __future__ import annotations

import datetime
from dataclasses import dataclass
from html import escape

from virgem.modules.estate.model import DeviceProfile
from virgem.modules.reports.table import Column, Table
from virgem.modules.reports.words.sentences import SENTENCES
from virgem.modules.reports.words.values import INDEX, word

_DUTCH = (
    "januari",
    "februari",
    "maart",
    "april",
    "mei",
    "juni",
    "juli",
    "augustus",
    "september",
    "oktober",
    "november",
)
_ENGLISH = (
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
)
_MONTHS = {"nl": (*_DUTCH, "december"), "en": (*_ENGLISH, "December")}
_THOUSANDS, _POINT = {"nl": ".", "en": ","}, {"nl": ",", "en": "."}


@dataclass(frozen=True, slots=True)
class Speech:
    """One language; everything it returns is plain text, `html` makes it safe in a page."""

    language: str

    def __call__(self, key: str, **values: object) -> str:
        """Return a sentence with its values filled in."""
        return SENTENCES[key][INDEX[self.language]].format(**values)

    def html(self, key: str, **values: object) -> str:
        """Return a sentence as HTML text."""
        return escape(self(key, **values))

    def word(self, vocabulary: str, value: str) -> str:
        """Return a value in words."""
        return word(vocabulary, value, self.language)

    def profile(self, profile: DeviceProfile) -> str:
        """Return the display name of a device profile, its own name where it has none."""
        dutch = profile.label_nl if self.language == "nl" else None
        return dutch or profile.label or profile.id

    def title(self, table: Table) -> str:
        """Return a table's title."""
        return table.nl if self.language == "nl" else table.en

    def why(self, table: Table) -> str:
        """Return why a table is there."""
        return table.why_nl if self.language == "nl" else table.why_en

    def head(self, column: Column) -> str:
        """Return a column's head."""
        return column.nl if self.language == "nl" else column.en

    def number(self, value: int) -> str:
        """Return an integer with its thousands apart."""
        return f"{value:,}".replace(",", _THOUSANDS[self.language])

    def decimal(self, text: str) -> str:
        """Return a decimal text ("1234.5") with the marks of the language; what is no number stays as it is."""
        whole, dot, part = text.partition(".")
        if not whole.lstrip("-").isdigit() or (dot and not part.isdigit()):
            return text
        return self.number(int(whole)) + (_POINT[self.language] + part if dot else "")

    def date(self, day: datetime.date) -> str:
        """Return a day in words."""
        return f"{day.day} {_MONTHS[self.language][day.month - 1]} {day.year}"
