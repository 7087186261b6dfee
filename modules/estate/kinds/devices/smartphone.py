"""A smartphone, managed by its own manager."""

from virgem.modules.estate.kinds.types import DeviceKind

KIND = DeviceKind(
    id="smartphone",
    nl="Smartphone",
    en="Smartphone",
    zone="administration",
    os="android",
    watts=3,
    support_years=4,
    personal=True,
)
