"""An access switch."""

from virgem.modules.estate.kinds.types import DeviceKind

KIND = DeviceKind(id="switch", nl="Switch", en="Switch", zone="management", watts=60, support_years=8)
