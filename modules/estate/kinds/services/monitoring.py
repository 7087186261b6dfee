"""Metrics and logs (syslog over TLS, RFC 5425)."""

from virgem.modules.estate.kinds.types import Icr, ServiceKind

KIND = ServiceKind(
    id="monitoring",
    nl="Monitoring",
    en="Monitoring",
    ports=("tcp/6514", "tcp/443"),
    users=(Icr.APPLICATION, Icr.DMZ),
    servers=2,
    flavor="medium",
    volume_gb=200,
    for_all_servers=True,
    # Syslog over TLS (RFC 5425), from workstations too.
    for_hosts=("tcp/6514",),
)
