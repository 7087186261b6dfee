"""Shared web hosting and reverse proxy."""

from virgem.modules.estate.kinds.types import Icr, ServiceKind

KIND = ServiceKind(
    id="web",
    nl="Web",
    en="Web",
    ports=("tcp/443",),
    zone=Icr.DMZ,
    users=(Icr.USER, Icr.APPLICATION, Icr.DMZ),
    servers=2,
    replicates=False,
)
