"""SVG text: elements with attributes, markers told apart by shape, a legend."""

from __future__ import annotations

from collections.abc import Sequence
from html import escape

INK, SOFT, FAINT, PAPER = "#1b1f24", "#50575f", "#868e96", "#ffffff"
CORE, TOWN = "#a8410f", "#0b4f8a"

# What a line looks like, by role: told apart by width and dashes too, for print in black and white.
LINES = {
    "backbone": f'stroke="{TOWN}" stroke-width="3.2"',
    "access": f'stroke="{SOFT}" stroke-width="1.1"',
    "tunnel": f'stroke="{FAINT}" stroke-width="0.6" stroke-dasharray="1 3"',
    "backup": f'stroke="{FAINT}" stroke-width="0.7" stroke-dasharray="6 4"',
}


def num(value: float) -> str:
    """Return a coordinate with one decimal, always the same text for the same place."""
    return f"{value:.1f}".removesuffix(".0").replace("-0", "0" if value > -0.05 else "-0", 1)


def picture(key: str, title: str, description: str, size: tuple[float, float], body: Sequence[str]) -> str:
    """Return a whole picture that screen readers announce by its title and description."""
    width, height = num(size[0]), num(size[1])
    return "\n".join(
        [
            f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" role="img" '
            f'aria-labelledby="{key}-title {key}-desc" font-family="system-ui, sans-serif">',
            f'<title id="{key}-title">{escape(title)}</title>',
            f'<desc id="{key}-desc">{escape(description)}</desc>',
            f'<rect width="{width}" height="{height}" fill="{PAPER}"/>',
            *body,
            "</svg>",
        ]
    )


def lines(role: str, pairs: Sequence[tuple[tuple[float, float], tuple[float, float]]]) -> str:
    """Return all lines of one role as one path."""
    path = "".join(f"M{num(a[0])} {num(a[1])}L{num(b[0])} {num(b[1])}" for a, b in pairs)
    return f'<path class="{role}" d="{path}" fill="none" {LINES[role]}/>' if path else ""


def dot(x: float, y: float, radius: float = 2.6, hollow: bool = False) -> str:
    """Return a site."""
    paint = f'fill="{PAPER}" stroke="{INK}"' if hollow else f'fill="{INK}"'
    return f'<circle cx="{num(x)}" cy="{num(y)}" r="{num(radius)}" {paint}/>'


def named(name: str, shape: str) -> str:
    """Return a shape that tells its name to a pointer that rests on it."""
    return f"<g><title>{escape(name)}</title>{shape}</g>"


def square(x: float, y: float, half: float = 5) -> str:
    """Return a hub."""
    return (
        f'<rect x="{num(x - half)}" y="{num(y - half)}" width="{num(2 * half)}" height="{num(2 * half)}" '
        f'fill="{TOWN}" stroke="{PAPER}" stroke-width="1.5"/>'
    )


def diamond(x: float, y: float, half: float = 9) -> str:
    """Return a datacentre."""
    points = " ".join(f"{num(a)},{num(b)}" for a, b in ((x, y - half), (x + half, y), (x, y + half), (x - half, y)))
    inner = half * 0.35
    return (
        f'<polygon points="{points}" fill="{CORE}" stroke="{PAPER}" stroke-width="1.5"/>'
        f'<circle cx="{num(x)}" cy="{num(y)}" r="{num(inner)}" fill="{PAPER}"/>'
    )


def text(x: float, y: float, words: str, size: float, extra: str = "") -> str:
    """Return a text with a white edge, so that it stays readable over lines."""
    return (
        f'<text x="{num(x)}" y="{num(y)}" font-size="{num(size)}" fill="{INK}" stroke="{PAPER}" stroke-width="3" '
        f'paint-order="stroke" stroke-linejoin="round"{extra}>{escape(words)}</text>'
    )


def width_of(words: str, size: float) -> float:
    """Return about how wide a text is: the mean letter of a wide, bold system font is 0.64 of its size."""
    return 0.64 * size * len(words)


def legend(place: tuple[float, float], width: float, entries: Sequence[tuple[str, str]], size: float = 13) -> list[str]:
    """Return samples with their names in rows that fit the width; a sample is drawn around (0, 0), 30 wide."""
    left, top = place
    x, y, parts = left, top, []
    for sample, words in entries:
        needed = 48 + width_of(words, size)
        if x + needed > left + width and x > left:
            x, y = left, y + 1.7 * size
        parts.append(f'<g transform="translate({num(x + 15)} {num(y)})">{sample}</g>')
        parts.append(text(x + 36, y + 0.35 * size, words, size))
        x += needed
    return parts


def sample_line(role: str) -> str:
    """Return a line for the legend."""
    return lines(role, [((-15, 0), (15, 0))])


def legend_height(width: float, entries: Sequence[tuple[str, str]], size: float = 13) -> float:
    """Return how high a legend is."""
    x, rows = 0.0, 1
    for _, words in entries:
        needed = 48 + width_of(words, size)
        if x + needed > width and x > 0:
            x, rows = 0.0, rows + 1
        x += needed
    return rows * 1.7 * size
