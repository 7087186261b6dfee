"""What the shared cloud costs each municipality in a month."""

from __future__ import annotations

from collections.abc import Iterator

from virgem.modules.costs.model import What
from virgem.modules.costs.monthly import monthly
from virgem.modules.reports.table import Column, Facts, Row, Table

# The columns of amounts, each with the lines that it sums.
_SUMS = (
    (What.SERVER,),
    (What.LICENCE,),
    (What.VOLUME, What.ENCRYPTED_VOLUME),
    (What.BACKUP,),
    (What.LOAD_BALANCER,),
    (What.FLOATING_ADDRESS,),
    (What.DNS_ZONE,),
    (What.SERVICE, What.ZONES),
    (What.SHARED,),
)


def _rows(facts: Facts) -> Iterator[Row]:
    """Yield a row for every municipality; none where the estate has no price list: what was not counted is not 0."""
    if facts.estate.prices is None:
        return
    for tenant in monthly(facts.estate, facts.plan).tenants:
        yield (tenant.nis, tenant.name, *(str(tenant.sum_of(*whats)) for whats in _SUMS), str(tenant.total))


TABLE = Table(
    id="costs",
    order=73,
    nl="Kosten per maand",
    en="Costs for a month",
    why_nl="Wat de gedeelde cloud elke gemeente per maand kost, in euro zonder btw, volgens de prijslijst en de "
    "verdeelsleutels van het estate. De delen van wat gedeeld wordt, tellen op tot het geheel.",
    why_en="What the shared cloud costs each municipality in a month, in euro without VAT, by the price list and the "
    "sharing keys of the estate. The parts of what is shared add up to the whole.",
    columns=(
        Column("nis", "NIS-code", "NIS code"),
        Column("name", "Gemeente", "Municipality"),
        Column("servers", "Servers (EUR)", "Servers (EUR)", numeric=True),
        Column("licences", "Licenties (EUR)", "Licences (EUR)", numeric=True),
        Column("volumes", "Volumes (EUR)", "Volumes (EUR)", numeric=True),
        Column("backup", "Back-up (EUR)", "Backup (EUR)", numeric=True),
        Column("load_balancers", "Load balancers (EUR)", "Load balancers (EUR)", numeric=True),
        Column("floating_addresses", "Zwevende adressen (EUR)", "Floating addresses (EUR)", numeric=True),
        Column("dns_zones", "DNS-zones (EUR)", "DNS zones (EUR)", numeric=True),
        Column("services", "Deel in gedeelde diensten (EUR)", "Part in shared services (EUR)", numeric=True),
        Column("shared", "Deel in gedeelde kosten (EUR)", "Part in shared costs (EUR)", numeric=True),
        Column("total", "Totaal (EUR)", "Total (EUR)", numeric=True),
    ),
    rows=_rows,
    town="nis",
    named="name",
)
