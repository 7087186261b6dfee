"""Doors, badges and barriers."""

from virgem.modules.estate.kinds.types import Icr, ZoneKind

KIND = ZoneKind(
    id="access-control",
    nl="Toegangscontrole",
    en="Access control",
    icr=Icr.DEVICE,
    vlan=304,
    hosts=12,
    classification=3,
    services=("dns", "ntp", "iot"),
)
