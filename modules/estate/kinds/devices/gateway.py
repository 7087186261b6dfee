"""A gateway that joins sensors to the network."""

from virgem.modules.estate.kinds.types import DeviceKind

KIND = DeviceKind(
    id="gateway",
    nl="IoT-gateway",
    en="IoT gateway",
    zone="sensors",
    os="linux",
    watts=10,
    poe_watts=10,
    support_years=8,
)
