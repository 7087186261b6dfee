"""Visitors on wireless."""

from virgem.modules.estate.kinds.types import WEB, Icr, ZoneKind

KIND = ZoneKind(
    id="guests",
    nl="Gasten",
    en="Guests",
    icr=Icr.VISITOR,
    vlan=400,
    hosts=120,
    classification=1,
    services=("dns", "ntp"),
    outbound=WEB,
    wireless=True,
    guest=True,
)
