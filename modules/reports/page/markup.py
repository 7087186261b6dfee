"""Small pieces of HTML: every text passes `esc` here."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from html import escape

DASH = "–"


def esc(text: object) -> str:
    """Return a text that is safe in content and in double-quoted attributes."""
    return escape(str(text))


def definitions(pairs: Iterable[tuple[str, str]], css: str = "facts") -> str:
    """Return a list of names and values; the values are HTML, an empty one shows a dash."""
    items = "".join(f"<div><dt>{esc(name)}</dt><dd>{value or DASH}</dd></div>" for name, value in pairs)
    return f'<dl class="{css}">{items}</dl>'


def table(caption: str, heads: Sequence[tuple[str, bool]], rows: Iterable[Sequence[str]], css: str = "small") -> str:
    """Return a table: heads with whether they hold numbers, rows of HTML cells; the first cell is the row's head."""
    head = "".join(f'<th scope="col"{_number(numeric)}>{esc(name)}</th>' for name, numeric in heads)
    classes = [_number(numeric) for _, numeric in heads]
    body = "\n".join(_row(row, classes) for row in rows)
    return (
        f'<div class="scroll" tabindex="0" role="group" aria-label="{esc(caption)}">'
        f'<table class="{css}"><caption>{esc(caption)}</caption>\n'
        f"<thead><tr>{head}</tr></thead>\n<tbody>\n{body}\n</tbody></table></div>"
    )


def _row(cells: Sequence[str], classes: Sequence[str]) -> str:
    first = f'<th scope="row">{cells[0] or DASH}</th>'
    rest = "".join(f"<td{css}>{cell or DASH}</td>" for cell, css in zip(cells[1:], classes[1:], strict=True))
    return f"<tr>{first}{rest}</tr>"


def _number(numeric: bool) -> str:
    return ' class="n"' if numeric else ""


def embedded(value: object) -> str:
    """Return JSON that cannot end the script element it stands in."""
    text = json.dumps(value, ensure_ascii=False, separators=(",", ":"))
    return text.replace("<", "\\u003c").replace(">", "\\u003e").replace("&", "\\u0026")


def bar(share: float, label: str, limit: float = 0.9) -> str:
    """Return a bar for a share of 0 to 1, in a warning tone above the limit; its label stands beside it as text."""
    width = round(min(max(share, 0.0), 1.0) * 100, 1)
    tone = "full" if share > limit else "part"
    return (
        f'<span class="use"><svg class="bar" viewBox="0 0 100 8" preserveAspectRatio="none" aria-hidden="true" '
        f'focusable="false"><rect class="track" width="100" height="8"/>'
        f'<rect class="{tone}" width="{width:g}" height="8"/></svg> {esc(label)}</span>'
    )
