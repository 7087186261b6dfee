"""Devices of pupils, set up by their school: minors, so the web comes by the filter."""

from virgem.modules.estate.kinds.types import Icr, ZoneKind

KIND = ZoneKind(
    id="pupils",
    nl="Leerlingen",
    en="Pupils",
    icr=Icr.VISITOR,
    vlan=406,
    hosts=250,
    classification=1,
    services=("dns", "ntp", "proxy"),
    wireless=True,
    guest=True,
    entity="school",
)
