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
    # IPP over TLS (RFC 8010). Port 9100 prints in clear: a printer that knows nothing else has a flow of its own.
    reaches=("tcp/631",),
)
