"""A thin client for public counters."""

from virgem.modules.estate.kinds.types import DeviceKind

KIND = DeviceKind(
    id="thin-client",
    nl="Thin client",
    en="Thin client",
    zone="counter",
    role="linux_workstation",
    os="linux",
    watts=12,
    support_years=7,
)
