"""A locked-down computer for the public."""

from virgem.modules.estate.kinds.types import DeviceKind

KIND = DeviceKind(
    id="kiosk",
    nl="Publieke pc",
    en="Kiosk",
    zone="public-pcs",
    role="linux_workstation",
    os="linux",
    watts=40,
    support_years=6,
)
