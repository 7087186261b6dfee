"""What lies in a tenant's project and no stack declares: made by hand, or left by something that failed."""

from __future__ import annotations

import json
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from typing import Any

from virgem.modules.cloud.engine.pending import Listing
from virgem.modules.cloud.engine.steps import Step

PROJECT = "openstack:identity/project:Project"
_Row = Mapping[str, Any]
_Rows = Callable[[Listing, Mapping[str, Any]], Iterable[_Row]]

_EVERY_ZONE = {"X-Auth-All-Projects": "true"}
# Ports that the network and balancing services make for themselves; those of routers inside are declared.
_SERVICES_OWN = (
    "network:dhcp",
    "network:distributed",
    "network:floatingip",
    "network:ha_router_replicated_interface",
    "network:router_gateway",
    "Octavia",
)


def _network(rows: str, path: str = "") -> Listing:
    return Listing(service="network", path=f"/{path or rows.replace('_', '-')}?project_id={{project}}", rows=rows)


def _balancing(rows: str) -> Listing:
    return Listing(service="load-balancer", path=f"/lbaas/{rows}?project_id={{project}}", rows=rows)


def _storage(rows: str) -> Listing:
    owner = "os-vol-tenant-attr:tenant_id" if rows == "volumes" else ""
    path = f"/{rows}/detail?all_tenants=1&project_id={{project}}&limit=1000"
    return Listing(service="block-storage", path=path, rows=rows, owner=owner)


# What projects are searched for, by the type that a program would give it.
KINDS: Mapping[str, Listing] = {
    "openstack:blockstorage/volume:Volume": _storage("volumes"),
    "openstack:compute/instance:Instance": Listing(
        service="compute",
        path="/servers/detail?all_tenants=1&project_id={project}&limit=1000",
        rows="servers",
        owner="tenant_id",
    ),
    "openstack:compute/serverGroup:ServerGroup": Listing(
        service="compute",
        path="/os-server-groups?all_projects=true&limit=1000",
        rows="server_groups",
        headers={"OpenStack-API-Version": "compute 2.64"},
    ),
    "openstack:dns/recordSet:RecordSet": Listing(
        service="dns", path="/recordsets?limit=1000", rows="recordsets", headers=_EVERY_ZONE
    ),
    "openstack:dns/zone:Zone": Listing(service="dns", path="/zones?limit=1000", rows="zones", headers=_EVERY_ZONE),
    "openstack:images/image:Image": Listing(
        service="image", path="/images?owner={project}&visibility=all&limit=1000", rows="images", owner="owner"
    ),
    "openstack:loadbalancer/listener:Listener": _balancing("listeners"),
    "openstack:loadbalancer/loadBalancer:LoadBalancer": _balancing("loadbalancers"),
    "openstack:loadbalancer/monitor:Monitor": _balancing("healthmonitors"),
    "openstack:loadbalancer/pool:Pool": _balancing("pools"),
    "openstack:networking/addressGroupV2:AddressGroupV2": _network("address_groups"),
    "openstack:networking/floatingIp:FloatingIp": _network("floatingips"),
    "openstack:networking/network:Network": _network("networks"),
    "openstack:networking/port:Port": _network("ports"),
    "openstack:networking/router:Router": _network("routers"),
    "openstack:networking/secGroup:SecGroup": _network("security_groups"),
    "openstack:networking/secGroupRule:SecGroupRule": _network("security_group_rules"),
    "openstack:networking/subnet:Subnet": _network("subnets"),
}


def ids(deployment: Mapping[str, Any]) -> frozenset[str]:
    """Return the ids of all objects of a state; of one in several parts the last, which is the object's own."""
    resources = deployment.get("resources") or ()
    return frozenset(str(r["id"]).rpartition("/")[2] for r in resources if r.get("custom") and r.get("id"))


def project(deployment: Mapping[str, Any]) -> str:
    """Return the project that a state makes, "" for none."""
    resources = deployment.get("resources") or ()
    return next((str(r["id"]) for r in resources if r["type"] == PROJECT and r.get("id")), "")


def strays(rows: _Rows, project: str, known: Collection[str], stack: str) -> Iterator[Step]:
    """Yield what lies in a project and is not known, as what has come to a stack by itself."""
    found = {kind: _of(listing, project, rows(listing, {"project": project})) for kind, listing in KINDS.items()}
    # Each project has a group of this name by itself; ours have names of their own.
    default = {row["id"] for row in found["openstack:networking/secGroup:SecGroup"] if row["name"] == "default"}
    for kind, some in found.items():
        for row in some:
            if row["id"] in known or {row["id"], row.get("security_group_id")} & default or _is_own(kind, row):
                continue
            name = str(row.get("name") or row["id"])
            yield Step(
                action="create",
                urn=f"urn:pulumi:{stack}::virgem::{kind}::{row['id']}",
                type=kind,
                protect=False,
                existed=False,
                fields=(("id", "", json.dumps(row["id"])), ("name", "", json.dumps(name))),
                called=name,
            )


def _of(listing: Listing, project: str, rows: Iterable[_Row]) -> list[_Row]:
    """Return the rows of a project: not every service leaves out those of others."""
    return [row for row in rows if not listing.owner or row.get(listing.owner) == project]


def _is_own(kind: str, row: _Row) -> bool:
    """Tell whether a service made an object for itself."""
    if kind == "openstack:networking/port:Port":
        return str(row.get("device_owner") or "").startswith(_SERVICES_OWN)
    if kind == "openstack:dns/recordSet:RecordSet":
        return row["type"] in ("NS", "SOA") and row["name"] == row["zone_name"]
    return False
