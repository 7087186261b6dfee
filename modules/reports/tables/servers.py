"""Every virtual server with its address."""

from __future__ import annotations

from collections.abc import Iterator

from virgem.modules.cloud.tenants import SERVICE_IMAGE
from virgem.modules.estate.model import Server
from virgem.modules.estate.scalars import Identifier
from virgem.modules.reports.table import Column, Facts, Row, Table


def _rows(facts: Facts) -> Iterator[Row]:
    towns = facts.estate.towns
    declared: dict[tuple[str, str], Server] = {
        (t.id, s.id): s for t in towns.values() if t.cloud for s in t.cloud.servers
    }
    services = {service.id: service for service in facts.estate.services}
    for address in facts.plan.cloud_addresses:
        town = towns.get(address.tenant)
        server = declared.get((address.tenant, address.server))
        what = server or services[Identifier(address.server)]
        network = facts.plan.network[address.network]
        yield (
            town.nis if town else "shared",
            address.tenant,
            address.name,
            network.tier.value,
            network.datacentre,
            what.flavor,
            server.image if server else SERVICE_IMAGE,
            str(int(what.classification)),
            what.owner,
            str(address.address4),
            str(address.address6),
            str(address.floating or ""),
        )


TABLE = Table(
    id="servers",
    order=75,
    nl="Virtuele servers",
    en="Virtual servers",
    why_nl="Elke server in de cloud met eigenaar, plaats en vast adres.",
    why_en="Every server in the cloud with its owner, place and fixed address.",
    columns=(
        Column("nis", "NIS-code", "NIS code", screen=True),
        Column("tenant", "Tenant", "Tenant", filter=True),
        Column("name", "Server", "Server"),
        Column("tier", "Netwerklaag", "Tier", filter=True, words="tier"),
        Column("datacentre", "Datacentrum", "Datacentre", filter=True),
        Column("flavor", "Maat", "Size"),
        Column("image", "Besturingssysteem", "Operating system"),
        Column("class", "ICR-klasse", "ICR class", numeric=True),
        Column("owner", "Eigenaar (rol)", "Owner (role)"),
        Column("ipv4", "IPv4", "IPv4"),
        Column("ipv6", "IPv6", "IPv6"),
        Column("floating", "Zwevend adres", "Floating address"),
    ),
    rows=_rows,
    town="nis",
    named="name",
)
