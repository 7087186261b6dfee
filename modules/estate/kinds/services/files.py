"""File shares."""

from virgem.modules.estate.kinds.types import Icr, ServiceKind

KIND = ServiceKind(
    id="files",
    nl="Bestanden",
    en="Files",
    ports=("tcp/445", "tcp/443"),
    users=(Icr.USER, Icr.APPLICATION),
    servers=2,
    flavor="medium",
    volume_gb=500,
)
