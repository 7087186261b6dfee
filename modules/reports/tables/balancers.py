"""Every load balancer with its address."""

from __future__ import annotations

from collections.abc import Iterator

from virgem.modules.estate.model import LoadBalancer
from virgem.modules.reports.table import Column, Facts, Row, Table


def _rows(facts: Facts) -> Iterator[Row]:
    towns = facts.estate.towns
    declared: dict[tuple[str, str], LoadBalancer] = {
        (town.id, b.id): b for town in towns.values() if town.cloud for b in town.cloud.load_balancers
    }
    for address in facts.plan.balancers:
        what, network = declared[address.tenant, address.server], facts.plan.network[address.network]
        yield (
            towns[address.tenant].nis,
            address.tenant,
            address.name,
            network.tier.value,
            network.datacentre,
            str(what.port),
            ", ".join(server.rpartition("/")[2] for server in what.servers),
            str(what.server_port or what.port),
            str(address.address4),
            str(address.address6),
            str(address.floating or ""),
        )


TABLE = Table(
    id="balancers",
    order=76,
    nl="Load balancers",
    en="Load balancers",
    why_nl="Elke load balancer in de cloud met plaats, vast adres en de servers erachter.",
    why_en="Every load balancer in the cloud with its place, its fixed address and the servers behind it.",
    columns=(
        Column("nis", "NIS-code", "NIS code"),
        Column("tenant", "Tenant", "Tenant", filter=True),
        Column("name", "Load balancer", "Load balancer"),
        Column("tier", "Netwerklaag", "Tier", filter=True, words="tier"),
        Column("datacentre", "Datacentrum", "Datacentre", filter=True),
        Column("port", "Poort", "Port", numeric=True),
        Column("servers", "Servers", "Servers"),
        Column("server-port", "Poort van de servers", "Port of the servers", numeric=True),
        Column("ipv4", "IPv4", "IPv4"),
        Column("ipv6", "IPv6", "IPv6"),
        Column("floating", "Zwevend adres", "Floating address"),
    ),
    rows=_rows,
    town="nis",
    named="name",
)
