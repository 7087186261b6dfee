"""The keys under which the lock file keeps numbers: NIS codes and identifiers, never labels or positions."""

from __future__ import annotations

from virgem.modules.estate.model import Municipality, Site, Zone


def town_key(town: Municipality) -> str:
    """Return `town 34022`."""
    return f"town {town.nis}"


def site_key(town: Municipality, site: Site) -> str:
    """Return `34022/stadhuis`."""
    return f"{town.nis}/{site.id}"


def zone_key(town: Municipality, site: Site, zone: Zone) -> str:
    """Return `34022/stadhuis:voip`."""
    return f"{town.nis}/{site.id}:{zone.id}"
