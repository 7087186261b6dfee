"""Resolving and authoritative name service."""

from virgem.modules.estate.kinds.types import Icr, ServiceKind

KIND = ServiceKind(
    id="dns",
    nl="DNS",
    en="DNS",
    ports=("udp/53", "tcp/53"),
    zone=Icr.DMZ,
    users=(Icr.DMZ, Icr.APPLICATION, Icr.USER, Icr.DEVICE, Icr.VISITOR),
    servers=2,
    outbound=("udp/53", "tcp/53"),
    usual=True,
    for_all_servers=True,
    resolves=True,
    for_hosts=("udp/53", "tcp/53"),
)
