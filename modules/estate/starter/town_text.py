"""The file of a municipality: municipalities/<nis>-<name>.yaml."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta

from virgem.modules.estate.kinds import site_kinds
from virgem.modules.estate.public import PublicMunicipality
from virgem.modules.estate.starter import tenant
from virgem.modules.estate.starter.fleet import Row, came_with
from virgem.modules.estate.starter.places import Place
from virgem.modules.estate.starter.sizing import sizes
from virgem.modules.estate.starter.yaml_lines import Value, Written, head, inline, number, section

ENTITIES: Mapping[str, Value] = {
    "municipality": {"label": "Gemeente"},
    "ocmw": {"label": "OCMW"},
    "library": {"label": "Bibliotheek", "owner": "library-director"},
    "school": {"label": "Onderwijs", "owner": "head-of-schools"},
    "culture": {"label": "Cultuur"},
}
SERVICES = (
    "dns, ntp, proxy, identity, files, print, mail, voice, video, iot, web, database, backup, monitoring, sources"
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Purchase:
    """The laptops that came last: the order, and the serial numbers of its delivery."""

    order: str
    ordered: date
    delivered: date
    serials: tuple[str, ...]


def purchase(rows: tuple[Row, ...], hall: Place, today: date) -> tuple[Purchase, tuple[Row, ...]]:
    """Return the last purchase of laptops for the town hall, and the rows with those laptops marked as its delivery."""
    ordered, delivered = today - timedelta(days=75), today - timedelta(days=40)
    laptops = [r for r in rows if r.batch.profile == "laptop-standard" and r.batch.site == hall.id][:8]
    chosen = {row.serial for row in laptops}
    order = f"{ordered.year}-014"
    bought = Purchase(order=order, ordered=ordered, delivered=delivered, serials=tuple(r.serial for r in laptops))
    marked = tuple(came_with(r, order, "workplace/laptop-14", delivered) if r.serial in chosen else r for r in rows)
    return bought, marked


def text(town: PublicMunicipality, sites: tuple[Place, ...], bought: Purchase, today: date) -> str:
    """Return the file of a municipality."""
    lines = [
        *_head(town),
        f"municipality: {town.nis}",
        *section("entities", ENTITIES),
        *section("sites", {place.id: _site(town, place, i) for i, place in enumerate(sites)}),
        *_cloud(town),
        "",
        f"services: [{SERVICES}]",
        *_orders(bought, sites[0], today),
    ]
    return "\n".join(lines) + "\n"


def _head(town: PublicMunicipality) -> list[str]:
    size = sizes(town.population)
    return head(
        "../estate.schema.json",
        (
            f"{town.name}: what the municipality itself owns of the estate.",
            "Real: the name, the NIS code, the centre point (in this file its town hall stands there), "
            f"postal code {town.postal_codes[0]},",
            f"and the {number(town.population)} inhabitants (Statbel, 2025) that size everything here:",
            f"{number(size.headcount)} staff, {size.sites} sites, {number(size.pcs)} computers, "
            f"{size.servers} servers, about {size.applications} applications.",
            "Invented: every site, address, link, server, data set, order, serial number and MAC address.",
        ),
    )


def _site(town: PublicMunicipality, place: Place, index: int) -> Mapping[str, Value]:
    row: dict[str, Value] = {"kind": place.kind, "at": list(place.at)}
    if index < 3:
        row["address"] = f"Voorbeeldstraat {index * 2 + 1}, {town.postal_codes[0]} {town.name}"
    if place.link:
        row["link"] = Written(place.link)
    if place.hosts:
        row["zones"] = {zone: _zone(place, zone, hosts) for zone, hosts in place.hosts.items()}
    return row


def _zone(place: Place, zone: str, hosts: int) -> Mapping[str, Value]:
    """Return a zone with more hosts than its kind plans for; "administration-2" is a second one of its kind."""
    own = zone in site_kinds()[place.kind].zones
    return {"hosts": hosts} if own else {"kind": zone.rpartition("-")[0], "hosts": hosts}


def _cloud(town: PublicMunicipality) -> list[str]:
    parts = {
        "servers": tenant.servers(town.population),
        "volumes": tenant.volumes(town.population),
        "load-balancers": tenant.LOAD_BALANCERS,
        "dns": tenant.DNS,
        "datasets": tenant.datasets(town),
    }
    lines = ["", "cloud:", f"  quota: {tenant.quota_of(town.population)}"]
    for name, rows in parts.items():
        lines += [f"  {line}" for line in section(name, rows)[1:]]
    return lines


def _orders(bought: Purchase, hall: Place, today: date) -> list[str]:
    number_of = len(bought.serials)
    day = today - timedelta(days=20)
    wanted: Value = {"item": "smart-city/dome-5", "quantity": 2, "site": hall.id}
    asked: Value = {"contract": "smart-city", "date": f"{day}", "lines": [wanted]}
    orders: dict[str, Value] = {f"{day.year}-021": asked}
    deliveries: dict[str, Value] = {}
    if number_of:
        line: Value = {"item": "workplace/laptop-14", "quantity": number_of, "site": hall.id}
        arrived: Value = {"item": "workplace/laptop-14", "quantity": number_of, "serials": bought.serials}
        orders = {bought.order: _done(bought, line), **orders}
        deliveries = {f"{bought.order}-1": {"order": bought.order, "date": f"{bought.delivered}", "lines": [arrived]}}
    return [*_block("orders", orders), *_block("deliveries", deliveries)]


def _done(bought: Purchase, line: Value) -> Mapping[str, Value]:
    return {
        "contract": "workplace",
        "date": f"{bought.ordered}",
        "status": "delivered",
        "requested-by": "ict-manager",
        "approved-by": "finance-director",
        "lines": [line],
    }


def _block(name: str, rows: Mapping[str, Value]) -> list[str]:
    """Return a section with a line for each key: these are too long for one."""
    lines = ["", f"{name}:"] if rows else []
    for row, keys in rows.items():
        assert isinstance(keys, Mapping)
        lines.append(f"  {row}:")
        for name_of, value in keys.items():
            if name_of == "lines" and isinstance(value, list):
                lines += ["    lines:", *(f"      - {inline(one)}" for one in value)]
            else:
                lines.append(f"    {name_of}: {inline(value)}")
    return lines
