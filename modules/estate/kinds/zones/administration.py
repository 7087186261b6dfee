"""Desks of municipal staff."""

from virgem.modules.estate.kinds.types import Icr, ZoneKind

KIND = ZoneKind(
    id="administration",
    nl="Administratie",
    en="Administration",
    icr=Icr.USER,
    vlan=10,
    hosts=60,
    services=("dns", "ntp", "proxy", "files", "identity", "print", "mail"),
    dot1x=True,
    wireless=True,
    desks=True,
)
