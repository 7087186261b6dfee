"""Tables: the facts of a report, apart from how they are shown. One table is one file in tables/."""

from __future__ import annotations

import datetime
import importlib
import pkgutil
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from types import MappingProxyType

from virgem.modules.estate.model import Estate
from virgem.modules.governance.judging import Verdict
from virgem.modules.planning import Ready
from virgem.network.model import NetworkPlan

Row = tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Facts:
    """What a report speaks about: an estate, its plan, the day, and the municipalities asked for (none: all)."""

    ready: Ready
    as_of: datetime.date
    tenants: frozenset[str] = frozenset()
    # What the policies say of what is planned; None: they were not evaluated.
    verdicts: tuple[Verdict, ...] | None = None

    @property
    def estate(self) -> Estate:
        """The estate."""
        return self.ready.estate

    @property
    def plan(self) -> NetworkPlan:
        """Its network plan."""
        return self.ready.plan

    def covers(self, nis: str) -> bool:
        """Tell whether a municipality is part of the report."""
        return not self.tenants or nis in self.tenants


@dataclass(frozen=True, slots=True)
class Column:
    """A column: its id in data files, its heads, and whether it holds numbers."""

    id: str
    nl: str
    en: str
    numeric: bool = False
    # The values are few: the page offers a filter on them.
    filter: bool = False
    # The vocabulary of its values (words/values.py): ids in data files, words in the page. Empty: shown as they are.
    words: str = ""
    # Left out on paper, where width is scarce: what another column, the page of a municipality or the CSV file tells.
    screen: bool = False
    # Tells of a row whether this cell is a sentence of virgem itself: those are English in every page.
    english: Callable[[Row], bool] | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Table:
    """A kind of fact: title, why it is here, columns, and the function that fills it."""

    id: str
    nl: str
    en: str
    why_nl: str
    why_en: str
    columns: tuple[Column, ...]
    rows: Callable[[Facts], Iterable[Row]]
    # The column by which a row belongs to a municipality (NIS code); empty for facts of the region.
    town: str = ""
    # The column that names a row for people and screen readers; when empty, the first.
    named: str = ""
    order: int = 50
    # Turns its rows into those of a Dutch page, where virgem has Dutch for what data files have in English.
    dutch: Callable[[Facts, Sequence[Row]], Iterable[Row]] | None = None


@cache
def tables() -> Mapping[str, Table]:
    """Return every table by id, in the order of the report; each module of tables/ defines `TABLE`."""
    package = importlib.import_module("virgem.modules.reports.tables")
    modules = (importlib.import_module(f"{package.__name__}.{m.name}") for m in pkgutil.iter_modules(package.__path__))
    found: list[Table] = sorted((module.TABLE for module in modules), key=lambda table: (table.order, table.id))
    return MappingProxyType({table.id: table for table in found})


def contents(facts: Facts) -> Mapping[str, tuple[Row, ...]]:
    """Return the rows of every table by its id."""
    return {table.id: filled(table, facts) for table in tables().values()}


def spoken(facts: Facts, rows: Mapping[str, tuple[Row, ...]], language: str) -> Mapping[str, tuple[Row, ...]]:
    """Return the rows as a page in a language shows them; data files have them as they are."""
    if language != "nl":
        return rows
    dutch = {table.id: tuple(table.dutch(facts, rows[table.id])) for table in tables().values() if table.dutch}
    return {**rows, **dutch}


def filled(table: Table, facts: Facts) -> tuple[Row, ...]:
    """Return the rows of a table that belong in the report; each has as many cells as there are columns."""
    rows = tuple(table.rows(facts))
    if not table.town or not facts.tenants:
        return rows
    place = [column.id for column in table.columns].index(table.town)
    return tuple(row for row in rows if row[place] in facts.tenants)
