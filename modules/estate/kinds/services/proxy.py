"""The filtering component for outbound web traffic that the ICR asks for."""

from virgem.modules.estate.kinds.types import Icr, ServiceKind

KIND = ServiceKind(
    id="proxy",
    nl="Webfilter",
    en="Web filter",
    ports=("tcp/3128",),
    zone=Icr.DMZ,
    users=(Icr.DMZ, Icr.APPLICATION, Icr.USER, Icr.DEVICE, Icr.VISITOR),
    servers=2,
    flavor="medium",
    outbound=("tcp/80", "tcp/443"),
    usual=True,
    for_all_servers=True,
    filters=True,
    for_hosts=("tcp/3128",),
    replicates=False,
)
