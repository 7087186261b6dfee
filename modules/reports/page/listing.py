"""A table of facts in the page: in full, as data that the page's script shows a part of, or as counts.

A few rows are plain HTML. Up to DATA_LIMIT rows travel as JSON and are shown a hundred at a time; print and readers
without JavaScript get counts and the name of the CSV file. Above that the page has only the counts.

Paper gets at most PAPER_LIMIT rows of a table, some 15 pages: more are counted there, unless the reader searches or
filters first until fewer are left.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence

from virgem.modules.reports.page.markup import DASH, embedded, esc, table
from virgem.modules.reports.page.view import View
from virgem.modules.reports.table import Column, Row, Table
from virgem.modules.reports.words.speech import Speech

HTML_LIMIT = 1_600
DATA_LIMIT = 12_000
PAPER_LIMIT = 600
# More different values than this make no useful filter and no useful count.
_FILTER_LIMIT = 60


def listing(view: View, facts: Table) -> str:
    """Return the section of one table."""
    rows, speech = view.rows[facts.id], view.speech
    title = speech.title(facts)
    parts = [
        f'<section class="listing{_size(len(rows))}" id="t-{facts.id}" data-table="{facts.id}" '
        f'data-count="{len(rows)}" data-paper="{PAPER_LIMIT}" aria-labelledby="h-{facts.id}">',
        f'<h3 id="h-{facts.id}">{esc(title)} <span class="count">{esc(counted(speech, len(rows)))}</span></h3>',
        f"<p>{esc(speech.why(facts))}</p>",
    ]
    if not rows:
        parts.append(f'<p class="none">{speech.html("no-rows")}</p>')
    else:
        parts += _body(view, facts, rows)
    return "\n".join([*parts, "</section>"])


def _size(count: int) -> str:
    """The class of a section whose rows stand in the page but are too many for paper."""
    return " many" if PAPER_LIMIT < count <= HTML_LIMIT else ""


def counted(speech: Speech, count: int) -> str:
    """Return a number of rows in words."""
    return speech("one-row") if count == 1 else speech("rows", count=speech.number(count))


def _body(view: View, facts: Table, rows: Sequence[Row]) -> Iterator[str]:
    shown = len(rows) <= DATA_LIMIT
    if shown:
        yield _tools(view.speech, facts, rows)
    if len(rows) <= HTML_LIMIT:
        yield _table(view.speech, facts, _html_rows(view.speech, facts, rows), "")
        if len(rows) > PAPER_LIMIT:
            yield _fallback(view, facts, rows, ("paper-table", PAPER_LIMIT, "on-paper"))
    else:
        if shown:
            yield _table(view.speech, facts, "", " live")
            data = embedded(_data(view.speech, facts, rows))
            yield f'<script type="application/json" id="d-{facts.id}">{data}</script>'
        yield _fallback(view, facts, rows, _LONG if shown else _HUGE)
    if "csv" in view.formats:
        text = view.speech.html("csv-file", file=f"{facts.id}.csv")
        yield f'<p class="file"><a href="csv/{facts.id}.csv">{text}</a></p>'


def _tools(speech: Speech, facts: Table, rows: Sequence[Row]) -> str:
    """The search field and filters; the script shows them, since without it they would do nothing."""
    title = speech.title(facts)
    label = speech.html("search-in", title=title)
    selects = "".join(
        f'<div class="field"><label for="f-{facts.id}-{column.id}">{esc(speech.head(column))}</label>'
        f'<select id="f-{facts.id}-{column.id}" data-column="{place}">'
        f'<option value="">{speech.html("filter-any")}</option>{options}</select></div>'
        for place, column in enumerate(facts.columns)
        if column.filter and (options := _options(speech, column, (row[place] for row in rows)))
    )
    return (
        f'<div class="tools" role="search" aria-label="{label}" hidden>'
        f'<div class="field wide"><label for="q-{facts.id}">{label}</label>'
        f'<input type="search" id="q-{facts.id}" autocomplete="off" spellcheck="false"></div>{selects}'
        f'<button type="button" class="clear">{speech.html("clear")}</button></div>'
        f'<p class="status" role="status"></p>'
    )


def _options(speech: Speech, column: Column, values: Iterator[str]) -> str:
    found = sorted({speech.word(column.words, value) for value in values if value})
    if not 1 < len(found) <= _FILTER_LIMIT:
        return ""
    return "".join(f"<option>{esc(value)}</option>" for value in found)


def _table(speech: Speech, facts: Table, body: str, css: str) -> str:
    title = esc(speech.title(facts))
    heads = "".join(f'<th scope="col"{_css(column)}>{esc(speech.head(column))}</th>' for column in facts.columns)
    return (
        f'<div class="scroll rows{css}" tabindex="0" role="group" aria-labelledby="h-{facts.id}"><table class="full">'
        f"<caption>{title}</caption>\n<thead><tr>{heads}</tr></thead>\n<tbody>{body}</tbody></table></div>"
    )


def _html_rows(speech: Speech, facts: Table, rows: Sequence[Row]) -> str:
    """The rows as HTML; the column that names a row is its head, the script finds the others by place."""
    head = _naming(facts)
    return "\n".join(
        "<tr>" + "".join(_cell(speech, facts.columns[i], row, i, i == head) for i in range(len(row))) + "</tr>"
        for row in rows
    )


def _naming(facts: Table) -> int:
    """The place of the column that names a row."""
    return next((i for i, column in enumerate(facts.columns) if column.id == facts.named), 0)


def _cell(speech: Speech, column: Column, row: Row, place: int, head: bool) -> str:
    value = row[place]
    css = _css(column)
    lang = ' lang="en"' if speech.language != "en" and column.english and value and column.english(row) else ""
    text = esc(speech.word(column.words, value)) if value else DASH
    return f'<th scope="row"{css}{lang}>{text}</th>' if head else f"<td{css}{lang}>{text}</td>"


def _css(column: Column) -> str:
    """The classes of a column's cells: numbers stand right, some columns on the screen only."""
    names = [name for name, has in (("n", column.numeric), ("s", column.screen)) if has]
    return "" if not names else f" class={names[0]}" if len(names) == 1 else f' class="{" ".join(names)}"'


def _data(speech: Speech, facts: Table, rows: Sequence[Row]) -> dict[str, object]:
    """The rows column by column; one whose values repeat is a list of values and the place of each row's in it."""
    columns = zip(facts.columns, zip(*rows, strict=True), strict=True)
    found: dict[str, object] = {
        "head": _naming(facts),
        "columns": [_packed(speech, c, values) for c, values in columns],
    }
    english = [i for i, column in enumerate(facts.columns) if column.english] if speech.language != "en" else []
    if english:
        found["english"] = {i: [n for n, row in enumerate(rows) if _is_english(facts.columns[i], row)] for i in english}
    return found


def _is_english(column: Column, row: Row) -> bool:
    return column.english is not None and column.english(row)


def _packed(speech: Speech, column: Column, values: Sequence[str]) -> dict[str, object]:
    different = list(dict.fromkeys(values))
    if 2 * len(different) > len(values):
        return {"v": [speech.word(column.words, value) for value in values]}
    place = {value: i for i, value in enumerate(different)}
    return {"v": [speech.word(column.words, value) for value in different], "i": [place[value] for value in values]}


# What stands in place of the rows, for whom: the sentence, the limit that it names, the class.
_LONG, _HUGE = ("long-table", HTML_LIMIT, "fallback"), ("huge-table", DATA_LIMIT, "fallback always")


def _fallback(view: View, facts: Table, rows: Sequence[Row], why: tuple[str, int, str]) -> str:
    speech = view.speech
    key, limit, css = why
    file = f"csv/{facts.id}.csv"
    text = speech.html(key, count=speech.number(len(rows)), limit=speech.number(limit), file=file)
    counts = "\n".join(
        _counts(speech, facts, column, [row[place] for row in rows])
        for place, column in enumerate(facts.columns)
        if column.filter
    )
    return f'<div class="{css}"><p>{text}</p><div class="columns">{counts}</div></div>'


def _counts(speech: Speech, facts: Table, column: Column, values: Sequence[str]) -> str:
    counts = Counter(speech.word(column.words, value) if value else speech("empty") for value in values)
    if len(counts) > _FILTER_LIMIT:
        return ""
    caption = speech("counts-of", title=speech.title(facts), head=speech.head(column).lower())
    cells = [(esc(value), speech.number(count)) for value, count in sorted(counts.items())]
    return table(caption, [(speech.head(column), False), (speech("count"), True)], cells)
