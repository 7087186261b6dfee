"""The inventory as one self-contained page: no request, no clock, readable without JavaScript and on paper."""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Iterator, Mapping, Sequence
from functools import cache
from pathlib import Path

from virgem.modules.reports.page.listing import counted, listing
from virgem.modules.reports.page.markup import embedded, esc
from virgem.modules.reports.page.pictures import pictures
from virgem.modules.reports.page.reading import reading
from virgem.modules.reports.page.summary import summary
from virgem.modules.reports.page.towns import towns
from virgem.modules.reports.page.view import View
from virgem.modules.reports.table import Facts, Row, spoken, tables
from virgem.modules.reports.words.speech import Speech

# The sentences that the page's script says.
_SCRIPT_WORDS = ("shown", "page-of", "pages-of", "previous", "next")


def page(
    facts: Facts,
    rows: Mapping[str, tuple[Row, ...]],
    language: str,
    version: str,
    formats: Sequence[str] = ("html",),
    languages: Sequence[str] = (),
) -> str:
    """Return the page in one language ("nl" or "en"); `formats` and `languages` say which files stand beside it."""
    view = View(
        facts=facts,
        rows=spoken(facts, rows, language),
        speech=Speech(language),
        version=version,
        formats=tuple(formats),
        languages=tuple(languages),
    )
    return "\n".join(_parts(view)) + "\n"


def _parts(view: View) -> Iterator[str]:
    speech = view.speech
    script, style = _asset("page.js"), _asset("page.css")
    other = "en" if speech.language == "nl" else "nl"
    yield f'<!doctype html>\n<html lang="{speech.language}">\n<head>\n<meta charset="utf-8">'
    yield f'<meta http-equiv="Content-Security-Policy" content="{_policy(script, style)}">'
    yield '<meta name="viewport" content="width=device-width, initial-scale=1">'
    yield f"<title>{_title(view)}</title>"
    yield f"<style>{style}</style>\n</head>\n<body>"
    yield f'<a class="skip" href="#main">{speech.html("skip")}</a>'
    yield _header(view, other)
    yield f'<div class="wide-box">{_contents(view)}\n<main id="main">'
    yield from (reading(view), summary(view), pictures(view), towns(view), _tables(view))
    yield f'</main></div>\n<footer><div class="wide-box"><p>{_foot(view)}</p></div></footer>'
    words = embedded({key: speech(key, **_HOLES) for key in _SCRIPT_WORDS})
    yield f'<script type="application/json" id="words">{words}</script>'
    yield f"<script>{script}</script>\n</body>\n</html>"


# The script fills these in itself.
_HOLES = {name: f"{{{name}}}" for name in ("shown", "count", "page", "pages", "title")}


@cache
def _asset(name: str) -> str:
    return (Path(__file__).parent / name).read_text("utf-8")


def _policy(script: str, style: str) -> str:
    """Allow this script and this style by their hashes, and nothing else."""
    return (
        f"default-src 'none'; script-src '{_hash(script)}'; style-src '{_hash(style)}'; img-src data:; "
        "base-uri 'none'; form-action 'none'"
    )


def _hash(text: str) -> str:
    return "sha256-" + base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()


def _title(view: View) -> str:
    """Return what the page is about: the estate, or those of its municipalities that were asked for."""
    title, towns = view.facts.estate.title, view.towns
    if not view.facts.tenants:
        return view.speech.html("title", title=title)
    if len(towns) == 1:
        return view.speech.html("title-of-one", title=title, town=towns[0].title)
    return view.speech.html("title-of-some", title=title, count=len(towns))


def _header(view: View, other: str) -> str:
    speech, facts = view.speech, view.facts
    day = facts.as_of.isoformat()
    stamp = [
        ("estate", f"<code>{esc(facts.estate.name)}</code>", ""),
        ("operator", esc(facts.estate.operator.name), ""),
        ("as-of", f'<time datetime="{day}">{esc(speech.date(facts.as_of))}</time>', ""),
        ("version", esc(f"virgem {view.version}"), ""),
        ("digest", f"<code>{facts.ready.sources.digest}</code>", "long"),
    ]
    if facts.tenants:
        stamp.append(("only", esc(", ".join(town.title for town in view.towns)), "long"))
    items = "".join(f'<div class="{css}"><dt>{speech.html(key)}</dt><dd>{text}</dd></div>' for key, text, css in stamp)
    link = (
        f'<p class="other"><a href="inventory.{other}.html" lang="{other}" hreflang="{other}">'
        f"{speech.html('other-language')}</a></p>"
    )
    return (
        f'<header class="bleed"><div class="wide-box"><div class="top"><p>{speech.html("kind")}</p>'
        f"{link if other in view.languages else ''}</div>"
        f'<h1>{_title(view)}</h1><dl class="stamp">{items}</dl></div></header>'
    )


def _contents(view: View) -> str:
    speech = view.speech
    racks = any(centre.racks for centre in view.facts.estate.datacentres)
    keys = ("summary", "map", "topology", *(("elevations",) if racks else ()))
    places = [*zip(keys, keys, strict=True), ("towns", "per-municipality"), ("tables", "tables")]
    items = "".join(f'<li><a href="#{place}">{speech.html(key)}</a></li>' for place, key in places)
    label = speech.html("contents")
    return (
        f'<nav class="contents" aria-label="{label}"><ol>{items}</ol></nav>'
        f"<noscript><p>{speech.html('no-script')}</p></noscript>"
    )


def _tables(view: View) -> str:
    speech = view.speech
    index = "".join(
        f'<li><a href="#t-{table.id}">{esc(speech.title(table))}</a> '
        f'<span class="count">{esc(counted(speech, len(view.rows[table.id])))}</span> '
        f'<strong data-hits="{table.id}"></strong></li>'
        for table in tables().values()
    )
    label = speech.html("search-all")
    return "\n".join(
        [
            '<section id="tables" aria-labelledby="h-tables">',
            f'<h2 id="h-tables">{speech.html("tables")}</h2>',
            f'<p class="needs-script" hidden>{speech.html("tables-why")}</p>',
            f'<div class="tools needs-script" role="search" aria-label="{label}" hidden><div class="field wide">'
            f'<label for="search-all">{label}</label>'
            '<input type="search" id="search-all" autocomplete="off" spellcheck="false"></div></div>',
            f'<nav class="contents" aria-label="{speech.html("tables")}"><ol>{index}</ol></nav>',
            *(listing(view, table) for table in tables().values()),
            "</section>",
        ]
    )


def _foot(view: View) -> str:
    facts, speech = view.facts, view.speech
    return speech.html("foot", version=view.version, estate=facts.estate.name, date=speech.date(facts.as_of))
