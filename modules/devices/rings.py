"""Which ring a device is rolled out in when the estate does not say."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence

from virgem.modules.estate.model import Device, Ring


def ring_of(device: Device, rings: Sequence[Ring]) -> str:
    """Return the ring's id: as written, else by a hash of the serial, so that it never depends on other devices."""
    if device.ring:
        return device.ring
    return ring_by_share(device.serial, rings)


def ring_by_share(name: str, rings: Sequence[Ring]) -> str:
    """Return the ring in whose share of 100 the hash of `name` falls; the last ring takes the rest."""
    slot = int.from_bytes(hashlib.sha256(name.encode()).digest()[:4], "big") % 100
    reached = 0
    for ring in rings:
        reached += ring.share
        if slot < reached:
            return ring.id
    return rings[-1].id if rings else ""
