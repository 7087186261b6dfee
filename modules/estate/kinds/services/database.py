"""Shared database cluster, reached by applications only."""

from virgem.modules.estate.kinds.types import Icr, ServiceKind

KIND = ServiceKind(
    id="database",
    nl="Databanken",
    en="Databases",
    ports=("tcp/5432",),
    users=(Icr.APPLICATION,),
    data=True,
    servers=2,
    flavor="large",
    volume_gb=500,
)
