"""Open wireless on squares and in halls."""

from virgem.modules.estate.kinds.types import WEB, Icr, ZoneKind

KIND = ZoneKind(
    id="public-wifi",
    nl="Publieke wifi",
    en="Public Wi-Fi",
    icr=Icr.VISITOR,
    vlan=402,
    hosts=250,
    classification=1,
    services=("dns", "ntp"),
    outbound=WEB,
    wireless=True,
    guest=True,
)
