"""Directory, single sign-on and RADIUS."""

from virgem.modules.estate.kinds.types import Icr, ServiceKind

KIND = ServiceKind(
    id="identity",
    nl="Identiteit",
    en="Identity",
    ports=("tcp/636", "tcp/88", "udp/88", "tcp/443", "udp/1812", "udp/1813"),
    users=(Icr.USER, Icr.APPLICATION, Icr.DMZ),
    servers=2,
)
