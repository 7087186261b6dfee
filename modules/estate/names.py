"""Names that the estate leaves to rule: of devices, of machines in DNS and of DNS domains.

`net.<region domain>` holds machines and is the network's; the region's own domain, the municipalities' and whatever
else tenants declare hold services and are the cloud's.
"""

from __future__ import annotations

import re

from virgem.modules.estate.model import Device, Municipality

_MACHINES = "net"
_NO_LABEL = re.compile(r"[^a-z0-9]+")


def device_name(device: Device) -> str:
    """Return a device's host name: as written, else its profile and serial as one DNS label (RFC 1123)."""
    if device.name:
        return str(device.name)
    return _NO_LABEL.sub("-", f"{device.profile}-{device.serial}".lower()).strip("-")[:63].rstrip("-")


def machine_domain(region: str, tenant: str = "") -> str:
    """Return the DNS domain of machines: of routers, or of one tenant (municipality id, or "shared")."""
    return f"{tenant}.{_MACHINES}.{region}" if tenant else f"{_MACHINES}.{region}"


def town_domain(town: Municipality, region: str) -> str:
    """Return the DNS domain of a municipality, under the region's when it has none of its own."""
    return str(town.domain or f"{town.id}.{region}")


def within(name: str, zone: str) -> bool:
    """Tell whether a name is a domain or lies under it."""
    return name == zone or name.endswith(f".{zone}")


def full_name(name: str, own: str) -> str:
    """Return a declared name in full: a single label lies in the tenant's own zone."""
    return name if "." in name else f"{name}.{own}"


def zone_of(name: str, own: str) -> str:
    """Return the zone in which a declared name lies: the tenant's own, else the domain just above the name.

    A name of two labels is a zone itself: what is above it is a registry's.
    """
    full = full_name(name, own)
    above = full.partition(".")[2]
    return own if within(full, own) else above if "." in above else full
