"""Management ports of routers, switches and access points."""

from virgem.modules.estate.kinds.types import Icr, ZoneKind

KIND = ZoneKind(
    id="management",
    nl="Beheer",
    en="Management",
    icr=Icr.APPLICATION,
    vlan=104,
    hosts=30,
    classification=3,
    services=("dns", "ntp", "monitoring", "identity", "proxy"),
    dhcp=False,
    management=True,
)
