"""Desks of library staff."""

from virgem.modules.estate.kinds.types import Icr, ZoneKind

KIND = ZoneKind(
    id="library-staff",
    nl="Bibliotheekpersoneel",
    en="Library staff",
    icr=Icr.USER,
    vlan=14,
    hosts=12,
    services=("dns", "ntp", "proxy", "files", "identity", "print", "mail"),
    dot1x=True,
    desks=True,
    entity="library",
)
