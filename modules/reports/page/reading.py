"""What the report says and what it does not: real and invented, evaluated and not."""

from __future__ import annotations

from virgem.modules.reports.page.markup import esc
from virgem.modules.reports.page.view import View


def reading(view: View) -> str:
    """Return the section on how to read the report."""
    speech = view.speech
    keys = ["declared", "evaluated", "real", "language", *(["data"] if {"csv", "json"} <= set(view.formats) else [])]
    paragraphs = "\n".join(f"<p>{speech.html(f'reading-{key}')}</p>" for key in keys)
    words = "<br>\n".join(map(esc, _own_words(view)))
    quoted = f"<p>{speech.html('reading-own-words')}</p>\n<blockquote>{words}</blockquote>" if words else ""
    return (
        '<section class="reading" id="reading" aria-labelledby="h-reading">\n'
        f'<h2 id="h-reading">{speech.html("reading")}</h2>\n{paragraphs}\n{quoted}\n</section>'
    )


def _own_words(view: View) -> list[str]:
    """The remarks that open estate.yaml, but for what is meant for editors."""
    text = view.facts.ready.sources.files.get("estate.yaml", b"").decode("utf-8", "replace")
    lines = []
    for line in text.splitlines():
        if not line.startswith("#"):
            break
        lines.append(line.lstrip("#").strip())
    return [line for line in lines if line and not line.startswith("yaml-language-server")]
