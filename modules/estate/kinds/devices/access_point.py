"""A wireless access point."""

from virgem.modules.estate.kinds.types import DeviceKind

KIND = DeviceKind(
    id="access-point", nl="Accesspoint", en="Access point", zone="management", watts=15, poe_watts=15, support_years=6
)
