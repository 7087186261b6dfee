"""The share of the cloud of every municipality."""

from __future__ import annotations

from collections.abc import Iterator

from virgem.modules.estate.model import QuotaClass
from virgem.modules.reports.table import Column, Facts, Row, Table


def _rows(facts: Facts) -> Iterator[Row]:
    quotas: dict[str, QuotaClass] = {quota.id: quota for quota in facts.estate.quotas}
    for town in facts.estate.municipalities:
        if town.cloud is None:
            continue
        quota = quotas[town.cloud.quota]
        networks = [n for n in facts.plan.cloud_networks if n.tenant == town.id]
        yield (
            town.nis,
            town.title,
            quota.id,
            str(quota.instances),
            str(quota.cores),
            str(quota.ram_gb),
            str(quota.storage_gb),
            str(sum(server.count for server in town.cloud.servers)),
            str(sum(volume.size_gb for volume in town.cloud.volumes)),
            str(len(town.cloud.datasets)),
            str(len(town.cloud.load_balancers)),
            ", ".join(town.services),
            ", ".join(str(n.prefix4) for n in networks),
        )


TABLE = Table(
    id="tenants",
    order=70,
    nl="Tenants en quota",
    en="Tenants and quotas",
    why_nl="Wat elke gemeente van de gedeelde cloud mag en wil gebruiken.",
    why_en="What each municipality may use, and wants, of the shared cloud.",
    columns=(
        Column("nis", "NIS-code", "NIS code"),
        Column("name", "Gemeente", "Municipality"),
        Column("quota", "Quotaklasse", "Quota class", filter=True),
        Column("instances", "Servers (max.)", "Servers (max.)", numeric=True),
        Column("cores", "Cores (max.)", "Cores (max.)", numeric=True),
        Column("ram", "Geheugen GiB (max.)", "Memory GiB (max.)", numeric=True),
        Column("storage", "Opslag GiB (max.)", "Storage GiB (max.)", numeric=True),
        Column("servers", "Servers", "Servers", numeric=True),
        Column("volumes", "Volumes GiB", "Volumes GiB", numeric=True),
        Column("datasets", "Datasets", "Data sets", numeric=True),
        Column("balancers", "Load balancers", "Load balancers", numeric=True),
        Column("services", "Gedeelde diensten", "Shared services"),
        Column("networks", "Netwerken", "Networks"),
    ),
    rows=_rows,
    town="nis",
    named="name",
)
