"""A smart-city sensor."""

from virgem.modules.estate.kinds.types import DeviceKind

KIND = DeviceKind(id="sensor", nl="Sensor", en="Sensor", zone="sensors", watts=1, support_years=10)
