"""Lengths on the ellipsoid, for what is reported; where only order matters `estate.geo` has the sphere."""

from __future__ import annotations

from math import atan, atan2, cos, hypot, radians, sin, tan

from virgem.modules.estate.model.connectivity import Point

_A = 6378.137  # WGS84 semi-major axis, km
_F = 1 / 298.257223563  # WGS84 flattening
_B = _A * (1 - _F)


def ellipsoid_km(one: Point, other: Point) -> float:
    """Return the geodesic distance in km on WGS84, by T. Vincenty's inverse formula (Survey Review 23, 1975).

    It converges within a few steps anywhere but between antipodes, which no two sites of Flanders are.
    """
    if (one.lat, one.lon) == (other.lat, other.lon):
        return 0.0
    u1, u2 = atan((1 - _F) * tan(radians(one.lat))), atan((1 - _F) * tan(radians(other.lat)))
    apart = lam = radians(other.lon - one.lon)
    for _ in range(50):
        east, north = cos(u2) * sin(lam), cos(u1) * sin(u2) - sin(u1) * cos(u2) * cos(lam)
        sin_s, cos_s = hypot(east, north), sin(u1) * sin(u2) + cos(u1) * cos(u2) * cos(lam)
        sigma = atan2(sin_s, cos_s)
        sin_a = cos(u1) * cos(u2) * sin(lam) / sin_s
        cos2_a = 1 - sin_a**2
        mid = cos_s - 2 * sin(u1) * sin(u2) / cos2_a if cos2_a else 0.0
        c = _F / 16 * cos2_a * (4 + _F * (4 - 3 * cos2_a))
        before = lam
        lam = apart + (1 - c) * _F * sin_a * (sigma + c * sin_s * (mid + c * cos_s * (2 * mid**2 - 1)))
        if abs(lam - before) < 1e-12:
            break
    return _B * _arc(cos2_a, sigma, sin_s, cos_s, mid)


def _arc(cos2_a: float, sigma: float, sin_s: float, cos_s: float, mid: float) -> float:
    """Return the arc length over the semi-minor axis: Vincenty's A * (sigma - delta sigma)."""
    u = cos2_a * (_A**2 - _B**2) / _B**2
    a = 1 + u / 16384 * (4096 + u * (-768 + u * (320 - 175 * u)))
    b = u / 1024 * (256 + u * (-128 + u * (74 - 47 * u)))
    inner = cos_s * (2 * mid**2 - 1) - b / 6 * mid * (4 * sin_s**2 - 3) * (4 * mid**2 - 3)
    return a * (sigma - b * sin_s * (mid + b / 4 * inner))
