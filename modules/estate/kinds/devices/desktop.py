"""A desktop computer for staff."""

from virgem.modules.estate.kinds.types import DeviceKind

KIND = DeviceKind(
    id="desktop",
    nl="Desktop",
    en="Desktop",
    zone="administration",
    role="linux_workstation",
    os="linux",
    watts=60,
    support_years=5,
    personal=True,
)
