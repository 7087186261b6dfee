"""Concentrators for remote staff."""

from virgem.modules.estate.kinds.types import Icr, ZoneKind

KIND = ZoneKind(
    id="vpn",
    nl="VPN",
    en="VPN",
    icr=Icr.DMZ,
    vlan=202,
    hosts=12,
    services=("dns", "ntp", "monitoring", "identity"),
    dhcp=False,
)
