"""How large the ICT of a municipality is, from its inhabitants (estimates; every whole number is rounded half up)."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction


@dataclass(frozen=True, slots=True, kw_only=True)
class Sizes:
    """Whole numbers of people, places and things of one municipality."""

    headcount: int
    sites: int
    pcs: int
    laptops: int
    phones: int
    tablets: int
    servers: int
    applications: int

    def switches(self, sites: int) -> int:
        """Return the switches for so many sites: 1.8 a site and 4."""
        return rounded(Fraction(18, 10) * sites + 4)

    def access_points(self, public_buildings: int) -> int:
        """Return the access points: 1 per 8 staff and 4 per public building."""
        return rounded(Fraction(self.headcount, 8)) + 4 * public_buildings


def sizes(population: int) -> Sizes:
    """Return the sizes for a number of inhabitants."""
    headcount = rounded(Fraction(17, 1000) * population)
    pcs = rounded(Fraction(60 * 115, 10_000) * headcount)
    return Sizes(
        headcount=headcount,
        sites=min(60, rounded(6 + Fraction(population, 1600))),
        pcs=pcs,
        laptops=rounded(Fraction(65, 100) * pcs),
        phones=rounded(Fraction(25, 100) * headcount),
        tablets=rounded(Fraction(8, 100) * headcount),
        servers=rounded(12 + Fraction(population, 1200)),
        applications=min(250, rounded(45 + Fraction(population, 500))),
    )


def rounded(number: Fraction | int) -> int:
    """Return the nearest whole number, halves up."""
    return int((Fraction(number) + Fraction(1, 2)) // 1)


def shared(total: int, weights: tuple[int, ...]) -> tuple[int, ...]:
    """Return `total` split by weight into whole parts that add up to it (largest remainder, first wins)."""
    whole = sum(weights)
    if not whole:
        return tuple(total if i == 0 else 0 for i in range(len(weights)))
    parts = [total * weight // whole for weight in weights]
    by_rest = sorted(range(len(weights)), key=lambda i: (-(total * weights[i] % whole), i))
    for i in by_rest[: total - sum(parts)]:
        parts[i] += 1
    return tuple(parts)
