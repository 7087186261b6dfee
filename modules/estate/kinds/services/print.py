"""Print queues."""

from virgem.modules.estate.kinds.types import Icr, ServiceKind

KIND = ServiceKind(
    id="print",
    nl="Printen",
    en="Print",
    ports=("tcp/631",),
    users=(Icr.USER, Icr.DEVICE, Icr.VISITOR),
    zone=Icr.DMZ,
    servers=1,
)
