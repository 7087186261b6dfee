"""Server sizes and images by the names that estates use."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from virgem.modules.cloud.model import Flavor, Image
from virgem.modules.estate.sizes import SIZES, Size
from virgem.modules.problem import UserError


def _flavor(name: str, size: Size) -> Flavor:
    # SCS-0100: "V" is a shared core, memory in GiB, then the root disk in GB.
    full = f"SCS-{size.cores}V-{size.ram_gb}-{size.disk_gb}"
    return Flavor(id=name, name=full, vcpus=size.cores, ram_mb=size.ram_gb * 1024, disk_gb=size.disk_gb)


FLAVORS: Mapping[str, Flavor] = MappingProxyType({name: _flavor(name, size) for name, size in SIZES.items()})


def flavor(size: str) -> Flavor:
    """Return a size by its name in the estate, or raise UserError."""
    if size not in FLAVORS:
        raise UserError(f"there is no server size {size!r}", f"choose one of {', '.join(FLAVORS)}")
    return FLAVORS[size]


IMAGES: Mapping[str, str] = MappingProxyType(
    {
        "almalinux-9": "https://repo.almalinux.org/almalinux/9/cloud/x86_64/images/"
        "AlmaLinux-9-GenericCloud-latest.x86_64.qcow2",
        "debian-12": "https://cloud.debian.org/images/cloud/bookworm/latest/debian-12-genericcloud-amd64.qcow2",
        "debian-13": "https://cloud.debian.org/images/cloud/trixie/latest/debian-13-genericcloud-amd64.qcow2",
        "ubuntu-22-04": "https://cloud-images.ubuntu.com/jammy/current/jammy-server-cloudimg-amd64.img",
        "ubuntu-24-04": "https://cloud-images.ubuntu.com/noble/current/noble-server-cloudimg-amd64.img",
    }
)


def image(name: str) -> Image:
    """Return an image by its name in the estate, or raise UserError."""
    if name not in IMAGES:
        raise UserError(f"there is no image {name!r}", f"choose one of {', '.join(IMAGES)}")
    return Image(name=name, url=IMAGES[name])
