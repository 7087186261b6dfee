"""A short tour through points: the derived backbone of a region that declares none."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from virgem.modules.estate.geo import distance_km
from virgem.modules.estate.model.connectivity import Point

_NEAR = 10  # neighbours tried per point: keeps the effort linear in the number of points
_SWEEPS = 30


def tour(points: Mapping[str, Point]) -> list[tuple[str, str]]:
    """Return the links of a ring through all points: nearest neighbour, shortened by 2-opt (Croes, 1958).

    Two points give one link, fewer none. The same points give the same ring whatever their order.
    """
    ids = sorted(points)
    if len(ids) < 3:
        return [(ids[0], ids[1])] if len(ids) == 2 else []
    places = [points[id_] for id_ in ids]
    km = [[distance_km(a, b) for b in places] for a in places]
    order = _shorten(_nearest(km), km)
    return [(ids[a], ids[b]) for a, b in zip(order, order[1:] + order[:1], strict=True)]


def _nearest(km: Sequence[Sequence[float]]) -> list[int]:
    left = set(range(1, len(km)))
    order = [0]
    while left:
        row = km[order[-1]]
        order.append(min(left, key=lambda i: (row[i], i)))
        left.remove(order[-1])
    return order


def _shorten(order: list[int], km: Sequence[Sequence[float]]) -> list[int]:
    """Turn stretches of the tour round while that makes it shorter."""
    near = [[i for _, i in sorted(zip(row, range(len(row)), strict=True))][1 : _NEAR + 1] for row in km]
    for _ in range(_SWEEPS):
        # A sum, not any(): every point has its turn in every sweep.
        if not sum(_improve(order, km, near, start) for start in range(len(order))):
            break
    return order


def _improve(order: list[int], km: Sequence[Sequence[float]], near: Sequence[Sequence[int]], start: int) -> bool:
    """Try to replace the link after one point of the tour by one to a near neighbour; tell whether that helped."""
    place = {point: at for at, point in enumerate(order)}
    size, at = len(order), place[start]
    after = order[(at + 1) % size]
    for other in near[start]:
        if km[start][other] >= km[start][after]:
            return False
        there = place[other]
        beyond = order[(there + 1) % size]
        gain = km[start][after] + km[other][beyond] - km[start][other] - km[after][beyond]
        if gain > 1e-9:
            low, high = sorted((at, there))
            order[low + 1 : high + 1] = order[low + 1 : high + 1][::-1]
            return True
    return False
