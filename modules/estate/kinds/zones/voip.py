"""Telephones."""

from virgem.modules.estate.kinds.types import Icr, ZoneKind

KIND = ZoneKind(
    id="voip",
    nl="Telefonie",
    en="Telephony",
    icr=Icr.USER,
    vlan=20,
    hosts=30,
    services=("dns", "ntp", "voice"),
)
