"""Desks and laptops of teachers."""

from virgem.modules.estate.kinds.types import Icr, ZoneKind

KIND = ZoneKind(
    id="school-staff",
    nl="Schoolpersoneel",
    en="School staff",
    icr=Icr.USER,
    vlan=16,
    hosts=40,
    services=("dns", "ntp", "proxy", "files", "identity", "print", "mail"),
    dot1x=True,
    wireless=True,
    desks=True,
    entity="school",
)
