"""The sizes and images of virtual servers that an estate may name."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType


@dataclass(frozen=True, slots=True, kw_only=True)
class Size:
    """A size of virtual server: processor cores, memory and root disk in GiB."""

    cores: int
    ram_gb: int
    disk_gb: int


SIZES: Mapping[str, Size] = MappingProxyType(
    {
        "small": Size(cores=2, ram_gb=4, disk_gb=20),
        "medium": Size(cores=4, ram_gb=8, disk_gb=20),
        "large": Size(cores=4, ram_gb=16, disk_gb=50),
        "xlarge": Size(cores=8, ram_gb=32, disk_gb=100),
    }
)

# Identifiers hold no dots: `ubuntu-24-04` is Ubuntu 24.04.
IMAGES = ("almalinux-9", "debian-12", "debian-13", "ubuntu-22-04", "ubuntu-24-04")
