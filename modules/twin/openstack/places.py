"""The places of a local cloud: its availability zones, and the compute hosts in them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from virgem.modules.twin.openstack.parts import ZONES


@dataclass(frozen=True, slots=True, kw_only=True)
class Places:
    """Availability zones; of those in `hosts` no more than the hosts, of which applying an estate makes the zone."""

    zones: tuple[str, ...] = ZONES
    hosts: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
