"""Counts what programs declare by the resources that they register: nothing here knows how the plan counts it."""

from __future__ import annotations

import json
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from typing import Any

from virgem.modules.cloud.preview import PlannedResource, Preview

Inputs = Mapping[str, Any]
QUOTAS = {
    "openstack:compute/quotaSetV2:QuotaSetV2": "compute",
    "openstack:networking/quotaV2:QuotaV2": "network",
    "openstack:blockstorage/quoteSetV3:QuoteSetV3": "storage",
    "openstack:loadbalancer/quota:Quota": "balancing",
    "openstack:dns/quotaV2:QuotaV2": "dns",
}


def of_tenant(preview: Preview, nis: str) -> tuple[PlannedResource, ...]:
    """The resources of both stacks of a tenant."""
    stacks = (stack for stack in preview.stacks if stack.name in (f"data-{nis}", f"tenant-{nis}"))
    return tuple(resource for stack in stacks for resource in stack.resources if resource.in_cloud)


def limits(resources: Iterable[PlannedResource]) -> dict[tuple[str, str], int]:
    """Every quota that is set, by service and property."""
    found: dict[tuple[str, str], int] = {}
    for resource in resources:
        if service := QUOTAS.get(resource.type):
            inputs = {key: json.loads(value) for key, value in resource.inputs.items()}
            inputs |= inputs.pop("volumeTypeQuota", {})
            found |= {(service, key): int(value) for key, value in inputs.items() if str(value).isdecimal()}
    return found


def counted(resources: Iterable[PlannedResource]) -> dict[tuple[str, str], int]:
    """What the resources take of each quota, by service and property."""
    of: defaultdict[str, list[Inputs]] = defaultdict(list)
    for resource in resources:
        of[resource.type.rpartition(":")[2]].append({k: json.loads(v) for k, v in resource.inputs.items()})
    # "SCS-2V-4-20": cores, memory in GiB, disk.
    flavors = [tuple(int(n.strip("V")) for n in i["flavorName"].split("-")[1:]) for i in of["Instance"]]
    together = Counter(json.dumps(i["schedulerHints"]) for i in of["Instance"] if "schedulerHints" in i)
    encrypted = [v["size"] for v in of["Volume"] if v.get("volumeType") == "encrypted"]
    balancers = {"loadbalancer": "LoadBalancer", "listener": "Listener", "pool": "Pool", "healthMonitor": "Monitor"}
    return {
        ("compute", "instances"): len(of["Instance"]),
        ("compute", "cores"): sum(flavor[0] for flavor in flavors),
        ("compute", "ram"): sum(flavor[1] * 1024 for flavor in flavors),
        ("compute", "keyPairs"): len(of["Keypair"]),
        ("compute", "serverGroups"): len(of["ServerGroup"]),
        ("compute", "serverGroupMembers"): max(together.values(), default=0),
        ("network", "network"): len(of["Network"]),
        ("network", "subnet"): len(of["Subnet"]),
        ("network", "router"): len(of["Router"]),
        # Those of the programs, the one that a load balancer brings, and one that a network takes.
        ("network", "port"): sum(len(of[kind]) for kind in ("Port", "RouterInterface", "LoadBalancer", "Network")),
        ("network", "securityGroup"): len(of["SecGroup"]) + 1,
        ("network", "securityGroupRule"): len(of["SecGroupRule"]) + 4,
        ("network", "floatingip"): len(of["FloatingIp"]),
        ("storage", "volumes"): len(of["Volume"]),
        ("storage", "gigabytes"): sum(v["size"] for v in of["Volume"]),
        ("storage", "perVolumeGigabytes"): max((v["size"] for v in of["Volume"]), default=0),
        ("storage", "volumes_encrypted"): len(encrypted),
        ("storage", "gigabytes_encrypted"): sum(encrypted),
        **{("balancing", field): len(of[kind]) for field, kind in balancers.items()},
        ("balancing", "member"): len(of["Member"]),
        **_names(of),
    }


def _names(of: Mapping[str, list[Inputs]]) -> dict[tuple[str, str], int]:
    zones = sorted((zone["name"] for zone in of["Zone"]), key=len, reverse=True)
    sets: Counter[str] = Counter()
    records: Counter[str] = Counter()
    for record in of["RecordSet"]:
        zone = next(zone for zone in zones if record["name"] == zone or record["name"].endswith("." + zone))
        sets[zone] += 1
        records[zone] += len(record["records"])
    return {
        ("dns", "zones"): len(zones),
        ("dns", "zoneRecordsets"): max(sets.values(), default=0),
        ("dns", "zoneRecords"): max(records.values(), default=0),
        ("dns", "recordsetRecords"): max((len(record["records"]) for record in of["RecordSet"]), default=0),
    }


def too_much(resources: tuple[PlannedResource, ...]) -> dict[tuple[str, str], tuple[int, int]]:
    """What is used beyond its quota: number and limit. A quota that is not set is one of none."""
    known = limits(resources)
    return {
        field: (number, known.get(field, -1))
        for field, number in counted(resources).items()
        if number > known.get(field, -1)
    }
