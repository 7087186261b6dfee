"""The colours of the page reach the contrast of WCAG 2.2 AA in light, dark and print."""

from __future__ import annotations

import re

import pytest
from support import ROOT

from virgem.modules.reports.pictures import svg

CSS = (ROOT / "modules" / "reports" / "page" / "page.css").read_text("utf-8")


def palettes() -> dict[str, dict[str, str]]:
    blocks = re.findall(r":root \{(.*?)\}", CSS, re.DOTALL)
    light, dark, paper = (dict(re.findall(r"--([\w-]+): (#\w+)", block)) for block in blocks)
    return {"light": light, "dark": light | dark, "print": light | paper}


def luminance(colour: str) -> float:
    """Relative luminance, WCAG 2.2."""
    digits = colour[1:] if len(colour) == 7 else "".join(2 * c for c in colour[1:])
    parts = [int(digits[i : i + 2], 16) / 255 for i in (0, 2, 4)]
    red, green, blue = (p / 12.92 if p <= 0.04045 else ((p + 0.055) / 1.055) ** 2.4 for p in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one: str, other: str) -> float:
    low, high = sorted((luminance(one), luminance(other)))
    return (high + 0.05) / (low + 0.05)


# Text needs 4.5 (1.4.3), parts of controls and pictures 3 (1.4.11).
TEXT = [
    ("ink", "paper"), ("ink", "panel"), ("ink", "stripe"), ("soft", "paper"), ("soft", "panel"), ("soft", "stripe"),
    ("link", "paper"), ("link", "panel"), ("ink", "warn-panel"), ("link", "warn-panel"), ("on-accent", "accent"),
]  # fmt: skip
PARTS = [("edge", "paper"), ("focus", "paper"), ("warn", "paper"), ("part", "paper"), ("full", "paper")]


@pytest.mark.parametrize("name", ["light", "dark", "print"])
@pytest.mark.parametrize(("front", "back", "least"), [(*p, 4.5) for p in TEXT] + [(*p, 3.0) for p in PARTS])
def test_two_colours_that_meet_differ_enough(name: str, front: str, back: str, least: float) -> None:
    if name == "print" and front == "on-accent":
        return  # on paper the header is black on white: .bleed says so itself
    palette = palettes()[name]
    assert contrast(palette[front], palette[back]) >= least


def test_the_measure_is_that_of_wcag() -> None:
    assert contrast("#000", "#ffffff") == pytest.approx(21)
    assert contrast("#777777", "#ffffff") == pytest.approx(4.48, abs=0.01)


@pytest.mark.parametrize("colour", [svg.INK, svg.SOFT, svg.FAINT, svg.CORE, svg.TOWN])
def test_pictures_are_readable_on_their_paper(colour: str) -> None:
    assert contrast(colour, svg.PAPER) >= (4.5 if colour in (svg.INK, svg.SOFT) else 3)


@pytest.mark.parametrize("query", ["prefers-color-scheme: dark", "prefers-reduced-motion", "forced-colors", "print"])
def test_the_style_knows_the_reader_s_wishes(query: str) -> None:
    assert query in CSS
