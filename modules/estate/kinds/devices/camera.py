"""A camera."""

from virgem.modules.estate.kinds.types import DeviceKind

KIND = DeviceKind(id="camera", nl="Camera", en="Camera", zone="cctv", watts=10, poe_watts=10, support_years=7)
