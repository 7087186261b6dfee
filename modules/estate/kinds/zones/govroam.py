"""Roaming staff of other governments."""

from virgem.modules.estate.kinds.types import WEB, Icr, ZoneKind

KIND = ZoneKind(
    id="govroam",
    nl="Govroam",
    en="Govroam",
    icr=Icr.VISITOR,
    vlan=404,
    hosts=60,
    classification=1,
    services=("dns", "ntp"),
    outbound=WEB,
    wireless=True,
    dot1x=True,
    guest=True,
)
