"""Distances on the map."""

from __future__ import annotations

from math import asin, cos, radians, sin, sqrt

from virgem.modules.estate.model.connectivity import Point

# Mean radius of the earth in km (IUGG).
_RADIUS = 6371.0088


def distance_km(one: Point, other: Point) -> float:
    """Return the great-circle distance in km (haversine formula)."""
    lat1, lat2 = radians(one.lat), radians(other.lat)
    half = sin((lat2 - lat1) / 2) ** 2 + cos(lat1) * cos(lat2) * sin(radians(other.lon - one.lon) / 2) ** 2
    return 2 * _RADIUS * asin(sqrt(half))
