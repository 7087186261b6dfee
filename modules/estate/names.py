"""Names that the estate leaves to rule: of devices and of DNS domains."""

from __future__ import annotations

import re

from virgem.modules.estate.model import Device, Municipality


def device_name(device: Device) -> str:
    """Return a device's host name: as written, else its profile and serial as one DNS label (RFC 1123)."""
    made = re.sub(r"[^a-z0-9]+", "-", f"{device.profile}-{device.serial}".lower()).strip("-")
    return str(device.name or made[:63].rstrip("-"))


def town_domain(town: Municipality, region: str) -> str:
    """Return the DNS domain of a municipality, under the region's when it has none of its own."""
    return str(town.domain or f"{town.id}.{region}")
