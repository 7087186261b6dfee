"""Network time (RFC 5905)."""

from virgem.modules.estate.kinds.types import Icr, ServiceKind

KIND = ServiceKind(
    id="ntp",
    nl="Tijd",
    en="Time",
    ports=("udp/123",),
    zone=Icr.DMZ,
    users=(Icr.DMZ, Icr.APPLICATION, Icr.USER, Icr.DEVICE, Icr.VISITOR),
    servers=2,
    outbound=("udp/123",),
    usual=True,
    for_all_servers=True,
    tells_time=True,
    for_hosts=("udp/123",),
)
