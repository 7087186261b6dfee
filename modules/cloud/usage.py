"""What a tenant's stacks make, counted as the quotas of the cloud count it. Pure."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping

from virgem.modules.cloud.flavors import FLAVORS
from virgem.modules.cloud.model import AccessKey, DnsZone, Quota, TenantStack, Volume
from virgem.modules.cloud.quotas import ENCRYPTED_TYPE

_FLAVORS = {flavor.name: flavor for flavor in FLAVORS.values()}
# The network service makes these by itself, on the tenant's account: one security group named "default" with four
# rules, and in each network a port for DHCP (with OVN: for metadata).
_DEFAULT_GROUPS, _DEFAULT_RULES, _PORTS_OF_A_NETWORK = 1, 4, 1


def used(
    volumes: tuple[Volume, ...], zones: tuple[DnsZone, ...], keys: tuple[AccessKey, ...], stack: TenantStack
) -> Quota:
    """Return what the volumes, the zones, the keys and the application stack of a tenant take of each quota.

    What they never make (snapshots) is left out.
    """
    return Quota(
        compute=_compute(keys, stack),
        network=_network(stack),
        storage=_storage(volumes),
        storage_types=_storage_types(tuple(v for v in volumes if v.encrypted)),
        balancing=_balancing(stack),
        dns=_dns(zones, stack),
    )


def _compute(keys: tuple[AccessKey, ...], stack: TenantStack) -> Mapping[str, int]:
    flavors = [_FLAVORS[server.flavor] for server in stack.servers]
    members = Counter(server.server_group for server in stack.servers if server.server_group)
    return {
        "instances": len(stack.servers),
        "cores": sum(flavor.vcpus for flavor in flavors),
        "ram": sum(flavor.ram_mb for flavor in flavors),
        # A user's limit, and all are the one user's.
        "key_pairs": len(keys),
        "server_groups": len(stack.server_groups),
        "server_group_members": max(members.values(), default=0),
    }


def _network(stack: TenantStack) -> Mapping[str, int]:
    subnets = sum(len(network.subnets) for network in stack.networks)
    # A router has a port in every subnet that it joins.
    joined = sum(len(stack.network[name].subnets) for router in stack.routers for name in router.networks)
    own = len(stack.networks) * _PORTS_OF_A_NETWORK
    return {
        "floatingip": sum(server.floating is not None for server in stack.servers)
        + sum(balancer.floating is not None for balancer in stack.balancers),
        "network": len(stack.networks),
        "subnet": subnets,
        "router": len(stack.routers),
        "port": len(stack.servers) + len(stack.balancers) + joined + own,
        "security_group": len(stack.security_groups) + _DEFAULT_GROUPS,
        "security_group_rule": sum(len(group.rules) for group in stack.security_groups) + _DEFAULT_RULES,
    }


def _storage(volumes: tuple[Volume, ...]) -> Mapping[str, int]:
    return {
        "volumes": len(volumes),
        "gigabytes": sum(volume.size_gb for volume in volumes),
        "per_volume_gigabytes": max((volume.size_gb for volume in volumes), default=0),
    }


def _storage_types(volumes: tuple[Volume, ...]) -> Mapping[str, int]:
    return {
        f"volumes_{ENCRYPTED_TYPE}": len(volumes),
        f"gigabytes_{ENCRYPTED_TYPE}": sum(volume.size_gb for volume in volumes),
    }


def _balancing(stack: TenantStack) -> Mapping[str, int]:
    """Each load balancer has one listener, one pool and one monitor."""
    each = dict.fromkeys(("loadbalancer", "listener", "pool", "health_monitor"), len(stack.balancers))
    return {**each, "member": sum(len(balancer.members) for balancer in stack.balancers)}


def _dns(zones: tuple[DnsZone, ...], stack: TenantStack) -> Mapping[str, int]:
    """Return the zones, and the most record sets and records of a zone and records of a set: each has its quota."""
    sets = Counter(record.zone for record in stack.records)
    records: Counter[str] = Counter()
    for record in stack.records:
        records[record.zone] += len(record.values)
    return {
        "zones": len(zones),
        "zone_recordsets": max(sets.values(), default=0),
        "zone_records": max(records.values(), default=0),
        "recordset_records": max((len(record.values) for record in stack.records), default=0),
    }
