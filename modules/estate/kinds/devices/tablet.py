"""A tablet, managed by its own manager."""

from virgem.modules.estate.kinds.types import DeviceKind

KIND = DeviceKind(
    id="tablet", nl="Tablet", en="Tablet", zone="administration", os="android", watts=8, support_years=4, personal=True
)
