"""Heating, ventilation, lighting."""

from virgem.modules.estate.kinds.types import Icr, ZoneKind

KIND = ZoneKind(
    id="building",
    nl="Gebouwbeheer",
    en="Building management",
    icr=Icr.DEVICE,
    vlan=302,
    hosts=30,
    services=("dns", "ntp", "iot"),
)
