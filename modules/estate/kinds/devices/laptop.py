"""A portable computer for staff."""

from virgem.modules.estate.kinds.types import DeviceKind

KIND = DeviceKind(
    id="laptop",
    nl="Laptop",
    en="Laptop",
    zone="administration",
    role="linux_workstation",
    os="linux",
    watts=30,
    support_years=4,
    personal=True,
)
