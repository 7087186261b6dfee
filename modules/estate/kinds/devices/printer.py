"""A printer or multifunctional."""

from virgem.modules.estate.kinds.types import DeviceKind

KIND = DeviceKind(id="printer", nl="Printer", en="Printer", zone="printers", watts=50, support_years=6)
