"""Every site with its class, owner, links and router."""

from __future__ import annotations

from collections.abc import Iterator

from virgem.modules.estate.model import Site
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
            site.address or "",
            site.link.kind,
            str(site.link.capacity),
            backup.kind if backup else "",
            str(backup.capacity) if backup else "",
            ", ".join(_contracts(site)),
            router.name,
            str(router.loopback4),
            ", ".join(map(str, router.blocks4)),
            ", ".join(map(str, router.blocks6)),
            str(len(router.zones)),
            str(len(facts.estate.devices_by_site.get(site.path, ()))),
        )


def _contracts(site: Site) -> list[str]:
    """The contracts that pay for the site's links."""
    named = (site.link.contract, site.link.backup.contract if site.link.backup else None)
    return list(dict.fromkeys(contract for contract in named if contract))


TABLE = Table(
    id="sites",
    order=20,
    nl="Locaties",
    en="Sites",
    why_nl="Elke locatie met haar klasse, eigenaar, verbindingen en router.",
    why_en="Every site with its class, owner, links and router.",
    columns=(
        Column("nis", "NIS-code", "NIS code", screen=True),
        Column("municipality", "Gemeente", "Municipality", filter=True, screen=True),
        Column("site", "Locatie", "Site"),
        Column("label", "Naam", "Name", screen=True),
        Column("kind", "Soort", "Kind", filter=True, words="sites"),
        Column("class", "ICR-klasse", "ICR class", numeric=True, filter=True),
        Column("entity", "Entiteit", "Entity", screen=True),
        Column("owner", "Eigenaar (rol)", "Owner (role)", filter=True),
        Column("address", "Adres", "Address"),
        Column("link", "Verbinding", "Link", filter=True, words="links"),
        Column("capacity", "Capaciteit", "Capacity", numeric=True),
        Column("backup", "Reserveverbinding", "Backup link", words="links"),
        Column("backup_capacity", "Capaciteit (reserve)", "Capacity (backup)", numeric=True),
        Column("contract", "Contract", "Contract", screen=True),
        Column("router", "Router", "Router", screen=True),
        Column("loopback", "Loopback", "Loopback", screen=True),
        Column("ipv4", "IPv4-blok", "IPv4 block"),
        Column("ipv6", "IPv6-blok", "IPv6 block"),
        Column("zones", "Zones", "Zones", numeric=True),
        Column("devices", "Toestellen", "Devices", numeric=True),
    ),
    rows=_rows,
    town="nis",
    named="site",
)
