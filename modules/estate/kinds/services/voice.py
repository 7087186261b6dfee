"""Telephone exchange (SIP over TLS, SRTP)."""

from virgem.modules.estate.kinds.types import Icr, ServiceKind

KIND = ServiceKind(
    id="voice",
    nl="Telefonie",
    en="Voice",
    ports=("tcp/5061", "udp/10000-20000"),
    users=(Icr.USER,),
    servers=2,
    flavor="medium",
)
