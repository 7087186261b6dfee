"""A quota class as every limit that the services of the cloud know."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from virgem.modules.cloud.model import Quota
from virgem.modules.estate.model import Estate, QuotaClass
from virgem.modules.estate.scalars import Count, Identifier
from virgem.modules.problem import UserError

# The type that whoever installs the cloud makes for encrypted volumes, and the one that cinder has by itself.
ENCRYPTED_TYPE, PLAIN_TYPE = "encrypted", "__DEFAULT__"


def quota_class(estate: Estate, name: str) -> QuotaClass:
    """Return a quota class of the estate by name, or raise UserError."""
    found = next((quota for quota in estate.quotas if quota.id == name), None)
    if found is None:
        raise UserError(f"there is no quota class {name!r}", "declare it under quotas: in estate.yaml")
    return found


def quota(limits: QuotaClass) -> Quota:
    """Return every limit of a tenant; nothing is left to the provider's defaults."""
    return Quota(
        compute=_compute(limits),
        network=_network(limits),
        storage=_storage(limits),
        storage_types=_storage_types(limits),
        balancing=_balancing(limits),
        dns=_dns(limits),
    )


def _compute(limits: QuotaClass) -> dict[str, int]:
    # Compute's own copies of network limits (fixed_ips, floating_ips, security_groups, security_group_rules) are left
    # out: the network service has them since compute lost its networks, and reading them back gives other numbers.
    return {
        "cores": limits.cores,
        "injected_file_content_bytes": 10_240,
        "injected_file_path_bytes": 255,
        "injected_files": 5,
        "instances": limits.instances,
        "key_pairs": limits.key_pairs,
        "metadata_items": 128,
        "ram": limits.ram_gb * 1024,
        "server_group_members": limits.instances,
        "server_groups": limits.instances,
    }


def _network(limits: QuotaClass) -> dict[str, int]:
    return {
        "floatingip": limits.floating_ips,
        "network": limits.networks,
        "port": limits.ports,
        # None: a tenant shares no network with another, and takes no prefixes of its own.
        "rbac_policy": 0,
        "router": limits.routers,
        "security_group": limits.security_groups,
        "security_group_rule": limits.security_group_rules,
        "subnet": limits.networks * 2,
        "subnetpool": 0,
    }


def _storage(limits: QuotaClass) -> dict[str, int]:
    return {
        "backup_gigabytes": limits.storage_gb,
        "backups": limits.snapshots,
        "gigabytes": limits.storage_gb,
        "groups": 10,
        "per_volume_gigabytes": limits.storage_gb,
        "snapshots": limits.snapshots,
        "volumes": limits.volumes,
    }


def _storage_types(limits: QuotaClass) -> dict[str, int]:
    # The cloud answers with the limits of every type that it has: one left out would seem changed for ever.
    each = {"gigabytes": limits.storage_gb, "snapshots": limits.snapshots, "volumes": limits.volumes}
    types = (PLAIN_TYPE, ENCRYPTED_TYPE)
    return {f"{name}_{kind}": limit for name, limit in each.items() for kind in types}


def _balancing(limits: QuotaClass) -> dict[str, int]:
    # A declared load balancer is two in the cloud, one for each family.
    balancers = limits.load_balancers * 2
    return {
        "health_monitor": balancers,
        "l7_policy": balancers * 4,
        "l7_rule": balancers * 16,
        "listener": balancers * 2,
        "loadbalancer": balancers,
        "member": balancers * limits.instances,
        "pool": balancers * 2,
    }


def _dns(limits: QuotaClass) -> dict[str, int]:
    return {
        "api_export_size": 1000,
        # All records of a zone may have one name.
        "recordset_records": limits.dns_records,
        "zone_records": limits.dns_records,
        "zone_recordsets": limits.dns_records,
        "zones": limits.dns_zones,
    }


def class_of(declared: QuotaClass | None, towns: Iterable[QuotaClass], needed: Callable[[], Quota]) -> QuotaClass:
    """Return the class of a tenant; only the shared services have none, theirs is made from what they need.

    What is needed takes time to count, so it is asked for there only. `towns` are the classes of all municipalities.
    """
    return declared or _services_class(tuple(towns), needed())


def _services_class(towns: tuple[QuotaClass, ...], needed: Quota) -> QuotaClass:
    """Return the limits of the shared services' own tenant: twice what they need, to replace them alive.

    Their project also holds zones of municipalities: it has room for all that those may have, so that one that adds
    some needs nothing of the others applied. The limits of a zone count for that zone alone.
    """
    records = max((town.dns_records for town in towns), default=0)
    return QuotaClass(
        id=Identifier("services"),
        instances=_twice(needed.compute["instances"]),
        cores=_twice(needed.compute["cores"]),
        ram_gb=_twice(needed.compute["ram"] // 1024),
        volumes=_twice(needed.storage["volumes"]),
        storage_gb=_twice(needed.storage["gigabytes"]),
        networks=_twice(needed.network["network"]),
        ports=_twice(needed.network["port"]),
        routers=_twice(needed.network["router"]),
        floating_ips=_twice(needed.network["floatingip"]),
        security_groups=_twice(needed.network["security_group"]),
        security_group_rules=_twice(needed.network["security_group_rule"]),
        key_pairs=_twice(needed.compute["key_pairs"]),
        dns_zones=Count(_twice(needed.dns["zones"]) + sum(town.dns_zones for town in towns)),
        dns_records=Count(max(_twice(needed.dns["zone_records"]), records)),
    )


def _twice(number: int) -> Count:
    return Count(max(2, 2 * number))
