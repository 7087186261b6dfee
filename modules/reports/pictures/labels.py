"""Where names fit: on a map around their point, or left out; about a ring outside it, as far as it takes."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import count

# Directions in which a name may stand, best first: cartography prefers right above (E. Imhof, 1962).
_PLACES = ((1, 0), (-1, 0), (0, -1), (0, 1), (1, -1), (1, 1), (-1, -1), (-1, 1))
_DISTANCES = (1.0, 1.8, 2.8)
_STEP = 4.0


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


@dataclass(frozen=True, slots=True, kw_only=True)
class Spoke:
    """A block of text to place outside a ring: where it may begin, the direction outwards, and its size."""

    x: float
    y: float
    dx: float
    dy: float
    width: float
    height: float

    @property
    def anchor(self) -> str:
        """The side of the text that is at the spoke, as SVG calls it."""
        return "middle" if abs(self.dx) < 0.3 else "start" if self.dx > 0 else "end"

    def box(self, far: float) -> Box:
        """Return the block so much further out."""
        x, y = self.x + far * self.dx, self.y + far * self.dy
        left = x - {"start": 0.0, "middle": 0.5, "end": 1.0}[self.anchor] * self.width
        top = y - (0.4 - 0.2 * self.dy) * self.height
        return Box(left, top, left + self.width, top + self.height)


def fan_out(spokes: Sequence[Spoke], taken: Iterable[Box]) -> list[Box]:
    """Return a box for every spoke, each as far out as it takes to meet nothing, the first having the first choice."""
    used = list(taken)
    boxes: list[Box] = []
    for spoke in spokes:
        tried = (spoke.box(_STEP * steps) for steps in count())
        boxes.append(next(box for box in tried if not any(box.meets(other) for other in used)))
        used.append(boxes[-1])
    return boxes


def place(names: Sequence[Name], taken: Iterable[Box], frame: Box, dots: Sequence[Box] = ()) -> list[tuple[Name, Box]]:
    """Return the names that fit with their boxes, the first of them having the first choice.

    No name meets another or what is taken; of the places as near to its point it has the one over the fewest dots.
    """
    used = list(taken)
    placed: list[tuple[Name, Box]] = []
    for name in names:
        near = [dot for dot in dots if dot.meets(_reach(name))]
        for distance in _DISTANCES:
            free = [b for b in _boxes(name, distance) if b.inside(frame) and not any(b.meets(other) for other in used)]
            if free:
                box = min(free, key=lambda box: sum(box.meets(dot) for dot in near))
                used.append(box)
                placed.append((name, box))
                break
    return placed


def _reach(name: Name) -> Box:
    """Where a name can come to stand."""
    across, down = name.gap * _DISTANCES[-1] + name.width, name.gap * _DISTANCES[-1] + name.height
    return Box(name.x - across, name.y - down, name.x + across, name.y + down)


def _boxes(name: Name, distance: float) -> Iterable[Box]:
    for dx, dy in _PLACES:
        far = name.gap * distance
        x = name.x + dx * (far + name.width / 2)
        y = name.y + dy * (far + name.height / 2)
        yield Box(x - name.width / 2, y - name.height / 2, x + name.width / 2, y + name.height / 2)
