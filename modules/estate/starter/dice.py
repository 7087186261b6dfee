"""Chance that is the same on every machine: one generator a municipality, so that none depends on another."""

from __future__ import annotations

from collections.abc import Sequence
from random import Random
from typing import TypeVar

_T = TypeVar("_T")


class Dice:
    """Throws that follow from a seed and a name alone; only `random()`, which Python promises never to change."""

    def __init__(self, seed: int, name: str) -> None:
        self._throw = Random(f"{seed}:{name}").random

    def between(self, least: float, most: float) -> float:
        """Return a number from `least` up to `most`."""
        return least + (most - least) * self._throw()

    def whole(self, least: int, most: int) -> int:
        """Return a whole number, both ends included."""
        return least + int(self._throw() * (most - least + 1))

    def one_of(self, choices: Sequence[_T]) -> _T:
        """Return one of the choices, each as likely."""
        return choices[int(self._throw() * len(choices))]

    def mixed(self, choices: Sequence[_T], reach: float) -> list[_T]:
        """Return the choices with each moved by less than `reach` places."""
        places = [(i + self.between(0, reach), i) for i in range(len(choices))]
        return [choices[i] for _, i in sorted(places)]
