"""Smart-city sensors and their gateways."""

from virgem.modules.estate.kinds.types import Icr, ZoneKind

KIND = ZoneKind(
    id="sensors",
    nl="Sensoren",
    en="Sensors",
    icr=Icr.DEVICE,
    vlan=308,
    hosts=60,
    classification=1,
    services=("dns", "ntp", "iot"),
)
