"""Devices in bulk: rows of CSV files, read straight into devices. What repeats in a column is looked at once."""

from __future__ import annotations

import csv
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any, Protocol

from virgem.modules.estate.base import Origin
from virgem.modules.estate.model import Device
from virgem.modules.estate.plans import FieldPlan, Form, plan_of
from virgem.modules.estate.scalars import Ref, ScalarError, show
from virgem.modules.estate.values import Context, code_of
from virgem.modules.problem import Mark


@dataclass(frozen=True, slots=True)
class Wrong:
    """What to say about a cell that holds no value of its column; nothing when it was told elsewhere."""

    code: str
    message: str
    hint: str
    town: str = ""  # the municipality that is missing altogether


class Finder(Protocol):
    """Looks names up: each returns the canonical name, or what to say about one that is not there."""

    def find(self, ref: Ref) -> str | Wrong:
        """Look up a reference."""

    def item(self, item: str, order: str) -> str | Wrong:
        """Look up a catalogue item that may lack its contract: that of the order is meant then."""

    def zone(self, site: str, zone: str) -> str | Wrong:
        """Look up a zone of a site."""


# Columns whose values must differ from row to row, with the code for one that does not.
_UNIQUE = {"serial": "E305", "mac": "E313", "name": "E314"}


_COLUMN_LIMIT = 100
_ROWS_LOOKED_AT = 100
# A column: field name, its plan, the values seen in it, whether they differ from row to row.
_Reader = tuple[str, FieldPlan, dict[str, Any], bool]


@dataclass(frozen=True, slots=True)
class RowOrigin(Origin):
    """The place of a row; that of a cell is worked out from the line when it is asked for."""

    text: str = ""
    columns: Mapping[str, int] = field(default_factory=dict)
    delimiter: str = ","

    def at(self, key: str = "") -> Mark:
        """Return the place of a cell by the name of its column, or of the row."""
        if key not in self.columns:
            return self.mark
        return Mark(self.mark.file, self.mark.line, cell_column(self.text, self.columns[key], self.delimiter))


def cell_column(line: str, index: int, delimiter: str = ",") -> int:
    """Return the column, from 1, at which cell `index` of a line starts."""
    quoted = False
    for at, character in enumerate(line):
        if index == 0:
            return at + 1
        if character == '"':
            quoted = not quoted
        elif character == delimiter and not quoted:
            index -= 1
    return len(line) + 1


@dataclass(slots=True)
class _Complaint:
    """A wrong value with the first row that has it and how many rows more."""

    mark: Mark
    code: str
    message: str
    hint: str
    town: str = ""
    more: int = 0


class DeviceReader:
    """Reads the device files of an estate, one after the other."""

    def __init__(self, ctx: Context, finder: Finder) -> None:
        self.ctx, self.finder = ctx, finder
        self.pairs: dict[tuple[str, str, str], str | Wrong] = {}
        self.plan = plan_of(Device)
        self.devices: list[Device] = []
        self.first: dict[str, dict[str, Mark]] = {name: {} for name in _UNIQUE}
        self.known: dict[str, dict[str, Any]] = {name: {} for name in self.plan.by_name}
        self.complaints: dict[tuple[str, str, str], _Complaint] = {}

    def read(self, file: str, text: str) -> None:
        """Read one file; problems go to the context."""
        lines = text.split("\n")
        header = next((line for line in lines if line.strip()), "")
        delimiter = ";" if ";" in header and "," not in header else ","
        rows = _rows(file, lines, delimiter, self.ctx)
        line, cells = next(rows, (1, []))
        names = self._columns(Mark(file, line, 1), cells, header, delimiter)
        if names is None or self._is_mixed(Mark(file, line, 1), lines[line:], len(names), delimiter):
            return
        columns = {name: index for index, name in enumerate(names)}
        columns |= {plan.key: columns[plan.name] for plan in self.plan.fields.values() if plan.name in columns}
        readers = [(name, self.plan.by_name[name], self.known[name], name in _UNIQUE) for name in names]
        for line, cells in rows:
            if len(cells) == len(names):
                self._row(RowOrigin(Mark(file, line, 1), {}, lines[line - 1], columns, delimiter), readers, cells)
            else:
                self._wrong_length(Mark(file, line, 1), len(cells), len(names), delimiter)

    def finish(self) -> tuple[Device, ...]:
        """Tell what was wrong and return the devices, in the order of the files."""
        for complaint in self.complaints.values():
            if complaint.town:
                self.ctx.miss(complaint.town, complaint.mark, 1 + complaint.more)
                continue
            more = f" (and in {complaint.more:,} more rows)" if complaint.more else ""
            self.ctx.report(complaint.code, complaint.mark, complaint.message + more, complaint.hint)
        return tuple(self.devices)

    def _columns(self, row: Mark, cells: list[str], header: str, delimiter: str) -> list[str] | None:
        """Return the field names of the columns, or None when the file cannot be read by them."""
        if not any(cell.strip() in self.plan.fields for cell in cells):
            self._no_heading(row, header)
            return None
        names: list[str] = []
        good = len(cells) <= _COLUMN_LIMIT
        if not good:
            self.ctx.report("E142", row, f"the heading has {len(cells):,} columns", "is the delimiter a comma?")
        for index, cell in enumerate(cells[:_COLUMN_LIMIT]):
            mark = Mark(row.file, row.line, cell_column(header, index, delimiter))
            plan = self.plan.fields.get(cell.strip())
            if plan is None:
                hint = self.ctx.like(cell.strip(), self.plan.fields, f"known: {', '.join(self.plan.fields)}")
                self.ctx.report("E142", mark, f"unknown column {show(cell.strip())}", hint)
                good = False
            elif plan.name in names:
                self.ctx.report("E141", mark, f"the column {show(plan.key)} stands twice", "remove one of them")
                good = False
            else:
                names.append(plan.name)
        missing = [plan.key for plan in self.plan.required if plan.name not in names]
        if missing:
            message = f"the heading lacks {', '.join(missing)}"
            self.ctx.report("E140", row, message, "the first row names the columns")
        return names if good and not missing else None

    def _no_heading(self, row: Mark, header: str) -> None:
        message, needed = "the first row names no column", ", ".join(plan.key for plan in self.plan.required)
        if any(cell.strip() in self.plan.fields for cell in header.split("\t")):
            self.ctx.report("E140", row, f"{message}: a tab is not a separator here", "use , or ;")
        else:
            self.ctx.report("E140", row, message, f"write a heading: {needed}, ...")

    def _is_mixed(self, row: Mark, lines: list[str], columns: int, delimiter: str) -> bool:
        """Tell, at the heading, that most rows are separated by something else: not once for each row."""
        other = _other_delimiter(lines, columns, delimiter)
        if other:
            shown = "tabs" if other == "\t" else f"'{other}'"
            message = f"the cells of the heading are separated by '{delimiter}', those of the rows by {shown}"
            self.ctx.report("E143", row, message, "write the same in both, ',' or ';'")
        return bool(other)

    def _wrong_length(self, mark: Mark, cells: int, columns: int, delimiter: str) -> None:
        message = f"the row has {cells} cell{'s' * (cells != 1)}, the heading has {columns} columns"
        if cells > columns:
            hint = f"quote a cell that holds '{delimiter}', or delete what is too much"
        else:
            short = columns - cells
            hint = f"{short} cell{'s are' if short > 1 else ' is'} missing: an empty one keeps its '{delimiter}' too"
        self.ctx.report("E143", mark, message, hint)

    def _row(self, origin: RowOrigin, readers: list[_Reader], cells: list[str]) -> None:
        found: dict[str, Any] = {}
        wrong: tuple[str, ...] = ()
        good = True
        for (name, plan, known, unique), cell in zip(readers, cells, strict=True):
            value = known.get(cell)
            if value is None:
                text = cell.strip()
                if not text:
                    continue
                value = self._cell(plan, text)
                if not unique:
                    known[cell] = value
            if value.__class__ is Wrong:
                good = self._complain(origin, plan, value) and good
                wrong += (name,)
            else:
                found[name] = value
        if "order" in wrong and "/" not in found.get("item", "/"):
            del found["item"]
        self._finish_row(origin, found, good)

    def _finish_row(self, origin: RowOrigin, found: dict[str, Any], good: bool) -> None:
        missing = [plan.key for plan in self.plan.required if plan.name not in found] if good else []
        for key in missing:
            self.ctx.report("E202", origin.at(key), f"the row has no {key}", "fill the cell in")
        self._look_up_rest(origin, found)
        for name, code in _UNIQUE.items():
            if name in found:
                good = self._is_first(origin, name, code, str(found[name])) and good
        if good and not missing:
            self.devices.append(Device(origin=origin, **found))

    def _is_first(self, origin: RowOrigin, name: str, code: str, value: str) -> bool:
        first = self.first[name].setdefault(value, origin.mark)
        if first is origin.mark:
            return True
        message = f"{name} {show(value)} is also that of {first.file}, line {first.line}"
        self.ctx.report(code, origin.at(name), message, "correct one of the rows", (first,))
        return False

    def _look_up_rest(self, origin: RowOrigin, found: dict[str, Any]) -> None:
        """Look up what depends on another cell of the row: the zone on the site, the item on the order."""
        if "zone" in found and "site" in found:
            self._look_up(origin, found, "zone", str(found["site"]))
        if "item" in found:
            self._look_up(origin, found, "item", str(found.get("order", "")))

    def _look_up(self, origin: RowOrigin, found: dict[str, Any], name: str, beside: str) -> None:
        value = found[name]
        key = (name, beside, str(value))
        answer = self.pairs.get(key)
        if answer is None:
            find = self.finder.zone if name == "zone" else lambda site, item: self.finder.item(item, site)
            answer = self.pairs[key] = find(beside, str(value))
        if isinstance(answer, Wrong):
            self._complain(origin, self.plan.by_name[name], answer)
            del found[name]
        elif answer != value:
            found[name] = type(value)(answer)

    def _cell(self, plan: FieldPlan, text: str) -> Any:
        try:
            if plan.form is Form.CHOICE:
                return _choice(plan, text, self.ctx)
            value = plan.type(text)
        except ScalarError as error:
            return Wrong(code_of(plan.type), error.message, error.hint)
        if not isinstance(value, Ref) or plan.name == "item":
            return value
        name = self.finder.find(value)
        return name if isinstance(name, Wrong) else type(value)(name)

    def _complain(self, origin: RowOrigin, plan: FieldPlan, bad: Wrong) -> bool:
        """Note a wrong cell; return whether the row can do without it."""
        if bad.message:
            key = (origin.mark.file, plan.name, bad.message)
            if (known := self.complaints.get(key)) is not None:
                known.more += 1
            else:
                self.complaints[key] = _Complaint(origin.at(plan.key), bad.code, bad.message, bad.hint, bad.town)
        return not plan.required


def _choice(plan: FieldPlan, text: str, ctx: Context) -> StrEnum | Wrong:
    choices = [str(member) for member in plan.type]  # type: ignore[attr-defined]
    if text in choices:
        return plan.type(text)  # type: ignore[no-any-return]
    listed = f"one of {', '.join(choices)}"
    return Wrong("E207", f"{show(text)} is not {listed}", ctx.like(text, choices, ""))


def _other_delimiter(lines: list[str], columns: int, delimiter: str) -> str:
    """Return what separates the cells of most rows, where it is not the delimiter of the heading; "" where it is."""
    rows = [line for line in lines[:_ROWS_LOOKED_AT] if line.strip()]
    for other in ",;\t".replace(delimiter, ""):
        odd = [row for row in rows if row.count(other) >= columns - 1 > row.count(delimiter)]
        if len(odd) * 2 > len(rows):
            return other
    return ""


def _rows(file: str, lines: list[str], delimiter: str, ctx: Context) -> Iterator[tuple[int, list[str]]]:
    """Walk the rows with the line each starts at; blank lines, and rows of empty cells as Excel writes, are skipped."""
    reader = csv.reader((f"{line}\n" for line in lines), delimiter=delimiter, strict=True)
    start = 1
    try:
        for cells in reader:
            if any(map(str.strip, cells)):
                yield start, cells
            start = reader.line_num + 1
    except csv.Error as error:
        mark = _bad_cell(file, lines, start, delimiter)
        if "field limit" in str(error):
            message = f"a cell of this row holds more than {csv.field_size_limit():,} characters"
            ctx.report("E144", mark, message, "shorten it; is a quote that opens it never closed?")
        else:
            ctx.report("E144", mark, "the quotes of this row do not match", "a quote inside is doubled")


def _bad_cell(file: str, lines: list[str], row: int, delimiter: str) -> Mark:
    """Return the place of the first cell, from a row on, whose quotes do not match or that is far too long."""
    text = "\n".join(lines[row - 1 :])
    cell = re.compile(rf'(?:"(?:[^"]++|"")*+"|(?!")[^{delimiter}\r\n]*+)(?:[{delimiter}\r\n]|\Z)')
    at = 0
    while (found := cell.match(text, at)) and found.end() - at <= csv.field_size_limit() and found.end() < len(text):
        at = found.end()
    before = text[:at]
    return Mark(file, row + before.count("\n"), at - before.rfind("\n"))
