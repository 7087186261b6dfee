"""The lasting half of a tenant: its project with groups, roles and quotas, its volumes and DNS zones."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from virgem.modules.cloud import dns, names
from virgem.modules.cloud.keys import access_keys
from virgem.modules.cloud.model import Automation, DataStack, Group, TenantStack, Volume
from virgem.modules.cloud.quotas import class_of, quota
from virgem.modules.cloud.tenants import Tenant
from virgem.modules.cloud.usage import used
from virgem.modules.estate import model
from virgem.modules.estate.model import Estate, QuotaClass

# Who looks but does not touch, in every project.
AUDITOR = "auditor"
# What the metadata of a volume say of its backup.
OTHER_DATACENTRE = "other-datacentre"
_OWNER_ROLES = ("load-balancer_member", "member")
# Identity notes in a credential what its roles imply too, and member implies reader: what is not named seems to drift.
_PROGRAM_ROLES = (*_OWNER_ROLES, "reader")


def data_stack(estate: Estate, tenant: Tenant, applications: TenantStack, towns: Sequence[QuotaClass]) -> DataStack:
    """Return the stack of what must outlive the applications of a tenant; `towns`: see `quotas.class_of`."""
    disks, zones, keys = volumes(estate, tenant), dns.zones(estate, tenant), access_keys(estate, tenant)
    return DataStack(
        name=names.data_stack(tenant.nis),
        tenant=tenant.id,
        nis=tenant.nis,
        project=names.project_name(estate, tenant.id),
        description=_description(estate, tenant),
        tags=names.tags(estate, tenant.nis, tenant.owner, _highest_class(tenant)),
        groups=tuple(_groups(estate, tenant)),
        automation=_automation(estate, tenant),
        quota=quota(class_of(tenant.limits, towns, lambda: used(disks, zones, keys, applications))),
        volumes=disks,
        zones=zones,
        keys=keys,
    )


def _description(estate: Estate, tenant: Tenant) -> str:
    who = f"Municipality {tenant.town.name} ({tenant.nis})" if tenant.town else "Shared services"
    return f"{who}, estate {estate.name}"


def _highest_class(tenant: Tenant) -> int:
    return max((int(kit.classification) for kit in tenant.kits), default=2)


def _groups(estate: Estate, tenant: Tenant) -> Iterator[Group]:
    """One group per owner role that owns something in the tenant, and the auditors."""
    owners = {tenant.owner, *(kit.owner for kit in tenant.kits)}
    owners |= {dataset.owner for dataset in tenant.share.datasets if dataset.owner}
    prefix = names.project_name(estate, tenant.id)
    for owner in sorted(owners | {AUDITOR}):
        roles = ("reader",) if owner == AUDITOR else _OWNER_ROLES if owner == tenant.owner else ("member",)
        yield Group(id=owner, name=f"{prefix}-{owner}", description=f"Role {owner} in {tenant.id}", roles=roles)


def _automation(estate: Estate, tenant: Tenant) -> Automation:
    """What the owner may do by hand, a program of theirs may too, and no more."""
    return Automation(
        name=f"{names.project_name(estate, tenant.id)}-automation",
        description=f"Programs of {tenant.id}",
        roles=_PROGRAM_ROLES,
    )


def volumes(estate: Estate, tenant: Tenant) -> tuple[Volume, ...]:
    """Return the volumes of a tenant, by id."""
    return tuple(sorted(_volumes(estate, tenant), key=lambda volume: volume.id))


def _volumes(estate: Estate, tenant: Tenant) -> Iterator[Volume]:
    for declared in tenant.share.volumes:
        yield _declared(estate, tenant, declared)
    for kit in tenant.kits:
        for host in kit.hosts if kit.volume_gb else ():
            facts = names.metadata(estate, tenant.nis, kit.owner, kit.classification) | {"server": host.name}
            if kit.backup:
                facts["backup"] = OTHER_DATACENTRE
            yield Volume(
                id=f"{host.name}-data",
                name=f"{host.name}-data",
                size_gb=kit.volume_gb,
                zone=tenant.datacentre(host),
                encrypted=kit.classification >= 3,
                metadata=dict(sorted(facts.items())),
                description=f"Data of the shared service {kit.id}",
            )


def _declared(estate: Estate, tenant: Tenant, volume: model.Volume) -> Volume:
    dataset = _dataset(tenant, volume)
    owner = (dataset.owner if dataset else None) or tenant.owner
    facts = names.metadata(estate, tenant.nis, owner, _dataset_class(dataset))
    if dataset:
        facts["dataset"] = dataset.id
    if volume.backup:
        facts["backup"] = OTHER_DATACENTRE
    return Volume(
        id=volume.id,
        name=volume.id,
        size_gb=volume.size_gb,
        zone=_zone(tenant, volume),
        encrypted=volume.encrypted,
        metadata=dict(sorted(facts.items())),
        description=f"Data of {dataset.id}" if dataset else f"Volume {volume.id}",
    )


def _zone(tenant: Tenant, volume: model.Volume) -> str:
    """A volume lies where the server stands that uses it, else in the home datacentre."""
    server = attached_server(volume)
    hosts = next((kit.hosts for kit in tenant.kits if kit.id == server), ())
    return tenant.datacentre(hosts[0]) if hosts else tenant.home


def attached_server(volume: model.Volume) -> str:
    """Return the id of the server that uses a volume, "" for none."""
    return volume.server.rpartition("/")[2] if volume.server else ""


def _dataset(tenant: Tenant, volume: model.Volume) -> model.DataSet | None:
    wanted = volume.dataset.rpartition("/")[2] if volume.dataset else ""
    return next((dataset for dataset in tenant.share.datasets if dataset.id == wanted), None)


def _dataset_class(dataset: model.DataSet | None) -> int:
    if dataset is None:
        return 2
    return max(int(dataset.confidentiality), int(dataset.integrity), int(dataset.availability))
