"""Printers and scanners."""

from virgem.modules.estate.kinds.types import Icr, ZoneKind

KIND = ZoneKind(
    id="printers", nl="Printers", en="Printers", icr=Icr.DEVICE, vlan=306, hosts=12, services=("dns", "ntp", "print")
)
