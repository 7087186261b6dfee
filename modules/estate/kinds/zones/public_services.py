"""Whatever has a direct connection to public networks."""

from virgem.modules.estate.kinds.types import Icr, ZoneKind

KIND = ZoneKind(
    id="public-services",
    nl="Publieke diensten",
    en="Public services",
    icr=Icr.DMZ,
    vlan=204,
    hosts=12,
    services=("dns", "ntp", "monitoring"),
    dhcp=False,
)
