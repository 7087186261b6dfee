"""Filtering components between users and public networks."""

from virgem.modules.estate.kinds.types import Icr, ZoneKind

KIND = ZoneKind(
    id="proxy",
    nl="Proxy",
    en="Proxy",
    icr=Icr.DMZ,
    vlan=200,
    hosts=12,
    services=("dns", "ntp", "monitoring"),
    dhcp=False,
    filters=True,
)
