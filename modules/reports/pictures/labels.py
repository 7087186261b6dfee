"""Where names fit on a map: around their point, over no other name and no marker; what does not fit is left out."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

# Directions in which a name may stand, best first: cartography prefers right above (E. Imhof, 1962).
_PLACES = ((1, 0), (-1, 0), (0, -1), (0, 1), (1, -1), (1, 1), (-1, -1), (-1, 1))
_DISTANCES = (1.0, 1.8, 2.8)


@dataclass(frozen=True, slots=True)
class Box:
    """A rectangle, by its edges."""

    left: float
    top: float
    right: float
    bottom: float

    def meets(self, other: Box) -> bool:
        """Tell whether two boxes overlap."""
        return (
            self.left < other.right and other.left < self.right and self.top < other.bottom and other.top < self.bottom
        )

    def inside(self, other: Box) -> bool:
        """Tell whether this box lies within another."""
        return (
            other.left <= self.left
            and self.right <= other.right
            and other.top <= self.top
            and self.bottom <= other.bottom
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Name:
    """A name to place: its point, how far it must stay from it, and its size."""

    text: str
    x: float
    y: float
    gap: float
    width: float
    height: float


def place(names: Sequence[Name], taken: Iterable[Box], frame: Box) -> list[tuple[Name, Box]]:
    """Return the names that fit with their boxes, the first of them having the first choice."""
    used = list(taken)
    placed: list[tuple[Name, Box]] = []
    for name in names:
        box = next((b for b in _boxes(name) if b.inside(frame) and not any(b.meets(other) for other in used)), None)
        if box is not None:
            used.append(box)
            placed.append((name, box))
    return placed


def _boxes(name: Name) -> Iterable[Box]:
    for distance in _DISTANCES:
        for dx, dy in _PLACES:
            far = name.gap * distance
            x = name.x + dx * (far + name.width / 2)
            y = name.y + dy * (far + name.height / 2)
            yield Box(x - name.width / 2, y - name.height / 2, x + name.width / 2, y + name.height / 2)
