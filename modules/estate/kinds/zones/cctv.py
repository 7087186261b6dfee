"""Cameras, number-plate cameras included."""

from virgem.modules.estate.kinds.types import Icr, ZoneKind

KIND = ZoneKind(
    id="cctv",
    nl="Camerabewaking",
    en="Camera surveillance",
    icr=Icr.DEVICE,
    vlan=300,
    hosts=30,
    classification=3,
    services=("dns", "ntp", "video"),
)
