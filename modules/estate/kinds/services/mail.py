"""Mail submission and mailboxes."""

from virgem.modules.estate.kinds.types import Icr, ServiceKind

KIND = ServiceKind(
    id="mail",
    nl="Mail",
    en="Mail",
    ports=("tcp/587", "tcp/993"),
    zone=Icr.DMZ,
    users=(Icr.USER, Icr.APPLICATION),
    servers=2,
    flavor="medium",
    volume_gb=200,
    outbound=("tcp/25",),
)
