"""Backup to the other datacentre."""

from virgem.modules.estate.kinds.types import Icr, ServiceKind

KIND = ServiceKind(
    id="backup",
    nl="Back-up",
    en="Backup",
    ports=("tcp/443",),
    users=(Icr.APPLICATION,),
    data=True,
    servers=1,
    flavor="medium",
    volume_gb=1000,
    keeps_backups=True,
)
