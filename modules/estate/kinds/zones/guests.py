"""Visitors on wireless."""

from virgem.modules.estate.kinds.types import Icr, ZoneKind

KIND = ZoneKind(
    id="guests",
    nl="Gasten",
    en="Guests",
    icr=Icr.VISITOR,
    vlan=400,
    hosts=120,
    classification=1,
    services=("dns", "ntp", "proxy"),
    wireless=True,
    guest=True,
)
