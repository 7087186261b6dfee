"""A desk telephone."""

from virgem.modules.estate.kinds.types import DeviceKind

KIND = DeviceKind(
    id="ip-phone", nl="IP-telefoon", en="IP telephone", zone="voip", watts=4, poe_watts=4, support_years=8
)
