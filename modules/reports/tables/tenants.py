"""The share of the cloud of every municipality, and of the shared services."""

from __future__ import annotations

from collections.abc import Iterator

from virgem.modules.cloud.limits import classes
from virgem.modules.cloud.tenants import Tenant, tenants
from virgem.modules.estate.model import QuotaClass
from virgem.modules.reports.table import Column, Facts, Row, Table


def _rows(facts: Facts) -> Iterator[Row]:
    found = classes(facts.estate, facts.plan)
    for tenant in tenants(facts.estate, facts.plan):
        quota = found[tenant.id]
        yield (
            tenant.nis,
            tenant.town.title if tenant.town else facts.estate.operator.name,
            quota.id,
            str(quota.instances),
            str(quota.cores),
            str(quota.ram_gb),
            str(quota.storage_gb),
            str(sum(len(kit.hosts) for kit in tenant.kits)),
            str(_volumes_gib(tenant)),
            str(len(tenant.share.datasets)),
            str(len(tenant.share.load_balancers)),
            ", ".join(tenant.town.services) if tenant.town else "",
            ", ".join(str(network.prefix4) for network in tenant.networks),
            *_other_limits(quota),
        )


def _volumes_gib(tenant: Tenant) -> int:
    """What a municipality declares as volumes; for the shared services, what their servers carry."""
    declared = sum(int(volume.size_gb) for volume in tenant.share.volumes)
    return declared + sum(kit.volume_gb * len(kit.hosts) for kit in tenant.kits)


def _other_limits(quota: QuotaClass) -> Iterator[str]:
    for limit in (quota.volumes, quota.snapshots, quota.networks, quota.ports, quota.routers, quota.floating_ips):
        yield str(limit)
    for limit in (quota.security_groups, quota.security_group_rules, quota.load_balancers):
        yield str(limit)
    for limit in (quota.dns_zones, quota.dns_records, quota.key_pairs):
        yield str(limit)


TABLE = Table(
    id="tenants",
    order=70,
    nl="Tenants en quota",
    en="Tenants and quotas",
    why_nl="Wat elke gemeente en de gedeelde diensten van de cloud mogen en willen gebruiken.",
    why_en="What each municipality and the shared services may use, and want, of the shared cloud.",
    columns=(
        Column("nis", "NIS-code", "NIS code"),
        Column("name", "Gemeente", "Municipality"),
        Column("quota", "Quotaklasse", "Quota class", filter=True),
        Column("instances_max", "Servers (max.)", "Servers (max.)", numeric=True),
        Column("cores_max", "Cores (max.)", "Cores (max.)", numeric=True),
        Column("ram_gib_max", "Geheugen GiB (max.)", "Memory GiB (max.)", numeric=True),
        Column("storage_gib_max", "Opslag GiB (max.)", "Storage GiB (max.)", numeric=True),
        Column("servers", "Servers", "Servers", numeric=True),
        Column("volumes_gib", "Volumes GiB", "Volumes GiB", numeric=True),
        Column("datasets", "Datasets", "Data sets", numeric=True),
        Column("balancers", "Load balancers", "Load balancers", numeric=True),
        Column("services", "Gedeelde diensten", "Shared services"),
        Column("networks", "Netwerken", "Networks"),
        Column("volumes_max", "Volumes (max.)", "Volumes (max.)", numeric=True, screen=True),
        Column("snapshots_max", "Snapshots (max.)", "Snapshots (max.)", numeric=True, screen=True),
        Column("networks_max", "Netwerken (max.)", "Networks (max.)", numeric=True, screen=True),
        Column("ports_max", "Poorten (max.)", "Ports (max.)", numeric=True, screen=True),
        Column("routers_max", "Routers (max.)", "Routers (max.)", numeric=True, screen=True),
        Column("floating_ips_max", "Zwevende adressen (max.)", "Floating addresses (max.)", numeric=True, screen=True),
        Column(
            "security_groups_max", "Beveiligingsgroepen (max.)", "Security groups (max.)", numeric=True, screen=True
        ),
        Column(
            "security_group_rules_max", "Beveiligingsregels (max.)", "Security rules (max.)", numeric=True, screen=True
        ),
        Column("load_balancers_max", "Load balancers (max.)", "Load balancers (max.)", numeric=True, screen=True),
        Column("dns_zones_max", "DNS-zones (max.)", "DNS zones (max.)", numeric=True, screen=True),
        Column("dns_records_max", "DNS-records (max.)", "DNS records (max.)", numeric=True, screen=True),
        Column("key_pairs_max", "Sleutelparen (max.)", "Key pairs (max.)", numeric=True, screen=True),
    ),
    rows=_rows,
    town="nis",
    named="name",
)
