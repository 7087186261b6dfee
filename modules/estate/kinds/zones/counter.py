"""Counters where staff serve the public: apart from back offices."""

from virgem.modules.estate.kinds.types import Icr, ZoneKind

KIND = ZoneKind(
    id="counter",
    nl="Publiek loket",
    en="Public counter",
    icr=Icr.USER,
    vlan=18,
    hosts=12,
    services=("dns", "ntp", "proxy", "files", "identity", "print", "mail"),
    dot1x=True,
    desks=True,
)
