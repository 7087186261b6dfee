"""Distances on the map."""

from __future__ import annotations

from math import asin, cos, radians, sin, sqrt

from virgem.modules.estate.model.connectivity import Point

# Mean radius of the earth in km (IUGG).
EARTH_RADIUS_KM = 6371.0088


def distance_km(one: Point, other: Point) -> float:
    """Return the great-circle distance in km."""
    return great_circle_km(one.lat, one.lon, other.lat, other.lon)


def great_circle_km(lat: float, lon: float, other_lat: float, other_lon: float) -> float:
    """Return the distance in km between two places in degrees (haversine formula)."""
    lat1, lat2 = radians(lat), radians(other_lat)
    half = sin((lat2 - lat1) / 2) ** 2 + cos(lat1) * cos(lat2) * sin(radians(other_lon - lon) / 2) ** 2
    return 2 * EARTH_RADIUS_KM * asin(sqrt(half))
