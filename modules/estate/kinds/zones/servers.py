"""Servers that stand in a site."""

from virgem.modules.estate.kinds.types import Icr, ZoneKind

KIND = ZoneKind(
    id="servers",
    nl="Servers",
    en="Servers",
    icr=Icr.APPLICATION,
    vlan=100,
    hosts=30,
    classification=3,
    services=("dns", "ntp", "monitoring", "backup", "proxy"),
    dhcp=False,
)
