"""Desks of the public centre for social welfare, apart because its data are."""

from virgem.modules.estate.kinds.types import Icr, ZoneKind

KIND = ZoneKind(
    id="ocmw",
    nl="OCMW",
    en="Public welfare (OCMW)",
    icr=Icr.USER,
    vlan=12,
    hosts=40,
    classification=3,
    services=("dns", "ntp", "proxy", "files", "identity", "print", "mail"),
    dot1x=True,
    wireless=True,
    desks=True,
    entity="ocmw",
)
