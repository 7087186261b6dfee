"""Every limit that a tenant gets in the cloud."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import fields

from virgem.modules.cloud.limits import classes
from virgem.modules.cloud.quotas import quota
from virgem.modules.cloud.tenants import tenants
from virgem.modules.reports.table import Column, Facts, Row, Table


def _rows(facts: Facts) -> Iterator[Row]:
    found = classes(facts.estate, facts.plan)
    for tenant in tenants(facts.estate, facts.plan):
        limits = quota(found[tenant.id])
        for part in fields(limits):
            for name, value in sorted(getattr(limits, part.name).items()):
                yield (
                    tenant.nis,
                    tenant.id,
                    found[tenant.id].id,
                    part.name.replace("_", "-"),
                    name,
                    str(value),
                    unit(name),
                )


def unit(limit: str) -> str:
    """Return the unit of a limit by the name the provider gives it; a count of things has none."""
    if limit == "ram":
        return "MiB"
    if "gigabytes" in limit:
        return "GiB"
    return "B" if "bytes" in limit else ""


TABLE = Table(
    id="limits",
    order=72,
    nl="Grenzen van de tenants",
    en="Limits of the tenants",
    why_nl="Elke grens die een tenant in de cloud krijgt; niets blijft op de standaard van de leverancier.",
    why_en="Every limit that a tenant gets in the cloud; nothing is left to the provider's defaults.",
    columns=(
        Column("nis", "NIS-code", "NIS code"),
        Column("tenant", "Tenant", "Tenant", filter=True),
        Column("class", "Quotaklasse", "Quota class", filter=True),
        Column("service", "Dienst van de cloud", "Service of the cloud", filter=True),
        Column("limit", "Grens", "Limit", filter=True),
        Column("value", "Waarde", "Value", numeric=True),
        Column("unit", "Eenheid", "Unit"),
    ),
    rows=_rows,
    town="nis",
    named="limit",
)
