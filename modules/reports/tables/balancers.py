"""Every load balancer of a tenant."""

from __future__ import annotations

from collections.abc import Iterator

from virgem.modules.reports.table import Column, Facts, Row, Table


def _rows(facts: Facts) -> Iterator[Row]:
    for town in facts.estate.municipalities:
        for balancer in town.cloud.load_balancers if town.cloud else ():
            yield (
                town.nis,
                f"{town.id}/{balancer.id}",
                f"tcp/{balancer.port}",
                ", ".join(balancer.servers),
                f"tcp/{balancer.server_port or balancer.port}",
            )


TABLE = Table(
    id="balancers",
    order=76,
    nl="Load balancers",
    en="Load balancers",
    why_nl="Welke servers achter elke load balancer staan en op welke poort.",
    why_en="Which servers stand behind every load balancer, and on which port.",
    columns=(
        Column("nis", "NIS-code", "NIS code"),
        Column("balancer", "Load balancer", "Load balancer"),
        Column("port", "Poort", "Port"),
        Column("servers", "Servers", "Servers"),
        Column("server_port", "Poort van de servers", "Port of the servers"),
    ),
    rows=_rows,
    town="nis",
    named="balancer",
)
