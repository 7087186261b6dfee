"""Computers for the public in libraries."""

from virgem.modules.estate.kinds.types import Icr, ZoneKind

KIND = ZoneKind(
    id="public-pcs",
    nl="Publieke pc-ruimte",
    en="Public computers",
    icr=Icr.VISITOR,
    vlan=408,
    hosts=30,
    classification=1,
    services=("dns", "ntp", "proxy", "print"),
    guest=True,
    entity="library",
)
