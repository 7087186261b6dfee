"""Places and distances on the map, and graphs between them. Degrees WGS84, lengths in km."""

from __future__ import annotations

import math
from collections.abc import Sequence
from itertools import pairwise

from virgem.modules.estate.geo import EARTH_RADIUS_KM, great_circle_km

Place = tuple[float, float]


def distance(a: Place, b: Place) -> float:
    """Return the great-circle distance in km."""
    return great_circle_km(*a, *b)


def moved(place: Place, km: float, bearing: float) -> Place:
    """Return the place so many km away in a direction (radians from north), to five decimals."""
    lat = place[0] + math.degrees(km * math.cos(bearing) / EARTH_RADIUS_KM)
    lon = place[1] + math.degrees(km * math.sin(bearing) / EARTH_RADIUS_KM / math.cos(math.radians(place[0])))
    return round(lat, 5), round(lon, 5)


def bearing(a: Place, b: Place) -> float:
    """Return the direction from a to b in radians from north, on the flat map."""
    return math.atan2((b[1] - a[1]) * math.cos(math.radians(a[0])), b[0] - a[0])


def path_length(path: Sequence[Place]) -> float:
    """Return the length of a line through these places."""
    return sum(distance(a, b) for a, b in pairwise(path))


def ring(places: Sequence[Place]) -> list[int]:
    """Return a short round trip along all places, as indices: nearest neighbour, then 2-opt until nothing gains."""
    table = [[distance(a, b) for b in places] for a in places]
    tour = _nearest_neighbours(table)
    while _untangle(tour, table):
        pass
    return tour


def _nearest_neighbours(table: list[list[float]]) -> list[int]:
    tour, left = [0], set(range(1, len(table)))
    while left:
        row = table[tour[-1]]
        tour.append(min(left, key=lambda i: (row[i], i)))
        left.remove(tour[-1])
    return tour


def _untangle(tour: list[int], table: list[list[float]]) -> bool:
    """Reverse every stretch that shortens the trip; return whether one did."""
    gained, n = False, len(tour)
    for i in range(n - 2):
        a = tour[i]
        for j in range(i + 2, n if i else n - 1):
            b, c, d = tour[i + 1], tour[j], tour[(j + 1) % n]
            if table[a][c] + table[b][d] < table[a][b] + table[c][d] - 1e-9:
                tour[i + 1 : j + 1] = reversed(tour[i + 1 : j + 1])
                gained = True
    return gained


def relative_neighbours(places: Sequence[Place], nearest: int = 8) -> list[tuple[int, int]]:
    """Return the pairs with no third place nearer to both (relative neighbourhood graph), among near neighbours."""
    table = [[distance(a, b) for b in places] for a in places]
    pairs = set()
    for i, row in enumerate(table):
        by_distance = sorted(range(len(row)), key=lambda j, row=row: (row[j], j))  # type: ignore[misc]
        pairs |= {(min(i, j), max(i, j)) for j in by_distance[1 : nearest + 1]}
    return sorted(pair for pair in pairs if not _third(table, *pair))


def _third(table: list[list[float]], i: int, j: int) -> bool:
    reach = table[i][j]
    return any(a < reach and b < reach for a, b in zip(table[i], table[j], strict=True))
