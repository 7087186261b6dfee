"""Every network zone with its VLAN and addresses."""

from __future__ import annotations

from collections.abc import Iterator

from virgem.modules.estate.kinds import zone_kinds
from virgem.modules.reports.table import Column, Facts, Row, Table
from virgem.network.model import SHARED


def _rows(facts: Facts) -> Iterator[Row]:
    names = {SHARED: str(facts.estate.operator.name)}
    names |= {str(town.id): town.title for town in facts.estate.municipalities}
    for router in facts.plan.routers:
        for zone in router.zones:
            yield (
                router.town.nis,
                router.site.path,
                zone.zone.id,
                zone.zone.label or "",
                zone.zone.kind,
                zone.icr.value,
                str(int(zone.zone.classification)),
                zone.zone.owner or router.site.owner,
                ", ".join(names[manager] for manager in zone.managers),
                str(zone.vlan),
                zone.vrf,
                str(zone.prefix4),
                str(zone.prefix6),
                *("yes" if asked else "no" for asked in _asks(zone.zone.kind)),
            )


def _asks(kind: str) -> tuple[bool, bool, bool]:
    """What a kind of zone asks of access points and switches, and whether its hosts get addresses by DHCP."""
    known = zone_kinds()[kind]
    return known.wireless, known.dot1x, known.dhcp


TABLE = Table(
    id="zones",
    order=30,
    nl="Netwerkzones",
    en="Network zones",
    why_nl="Elke zone met ICR-soort, klasse, VLAN en adressen, en wie haar toestellen vanuit zijn beheerzone bereikt.",
    why_en="Every zone with its ICR kind, class, VLAN and addresses, and whose management tier reaches its devices.",
    columns=(
        Column("nis", "NIS-code", "NIS code", screen=True),
        Column("site", "Locatie", "Site"),
        Column("zone", "Zone", "Zone"),
        Column("label", "Naam", "Name"),
        Column("kind", "Soort", "Kind", filter=True, words="zones"),
        Column("icr", "ICR-zone", "ICR zone", filter=True, words="icr"),
        Column("class", "ICR-klasse", "ICR class", numeric=True, filter=True),
        Column("owner", "Eigenaar (rol)", "Owner (role)", filter=True),
        Column("managed_by", "Toestellen beheerd door", "Devices managed by", filter=True),
        Column("vlan", "VLAN", "VLAN", numeric=True),
        Column("vrf", "VRF", "VRF"),
        Column("ipv4", "IPv4", "IPv4"),
        Column("ipv6", "IPv6", "IPv6"),
        Column("wireless", "Ook draadloos", "Wireless too", filter=True, words="answer"),
        Column("dot1x", "Vraagt 802.1X", "Asks for 802.1X", filter=True, words="answer"),
        Column("dhcp", "DHCP", "DHCP", filter=True, words="answer"),
    ),
    rows=_rows,
    town="nis",
    named="zone",
)
