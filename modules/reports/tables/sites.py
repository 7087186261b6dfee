"""Every site with its class, owner, links and router."""

from __future__ import annotations

from collections.abc import Iterator

from virgem.modules.reports.table import Column, Facts, Row, Table


def _rows(facts: Facts) -> Iterator[Row]:
    for router in facts.plan.routers:
        site, town = router.site, router.town
        backup = site.link.backup
        yield (
            town.nis,
            town.title,
            site.path,
            site.label or site.id,
            site.kind,
            str(int(site.classification)),
            site.entity,
            site.owner,
            f"{site.link.kind} {site.link.capacity}",
            f"{backup.kind} {backup.capacity}" if backup else "",
            router.name,
            str(router.loopback4),
            str(router.block4),
            str(router.block6),
            str(len(router.zones)),
            str(len(facts.estate.devices_by_site.get(site.path, ()))),
        )


TABLE = Table(
    id="sites",
    order=20,
    nl="Locaties",
    en="Sites",
    why_nl="Elke locatie met haar klasse, eigenaar, verbindingen en router.",
    why_en="Every site with its class, owner, links and router.",
    columns=(
        Column("nis", "NIS-code", "NIS code"),
        Column("municipality", "Gemeente", "Municipality", filter=True),
        Column("site", "Locatie", "Site"),
        Column("label", "Naam", "Name"),
        Column("kind", "Soort", "Kind", filter=True),
        Column("class", "ICR-klasse", "ICR class", numeric=True, filter=True),
        Column("entity", "Entiteit", "Entity"),
        Column("owner", "Eigenaar (rol)", "Owner (role)", filter=True),
        Column("link", "Verbinding", "Link"),
        Column("backup", "Reserveverbinding", "Backup link"),
        Column("router", "Router", "Router"),
        Column("loopback", "Loopback", "Loopback"),
        Column("ipv4", "IPv4-blok", "IPv4 block"),
        Column("ipv6", "IPv6-blok", "IPv6 block"),
        Column("zones", "Zones", "Zones", numeric=True),
        Column("devices", "Toestellen", "Devices", numeric=True),
    ),
    rows=_rows,
    town="nis",
)
