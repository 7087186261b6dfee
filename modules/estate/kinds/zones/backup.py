"""Backup appliances."""

from virgem.modules.estate.kinds.types import Icr, ZoneKind

KIND = ZoneKind(
    id="backup",
    nl="Back-up",
    en="Backup",
    icr=Icr.APPLICATION,
    vlan=102,
    hosts=12,
    classification=3,
    services=("dns", "ntp", "monitoring"),
    dhcp=False,
)
