"""Every object of every project of a cloud, as its administrator sees it, by the kind that the programs declare."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from typing import Any

from live.openstack.api import Cloud

OPERATOR = "admin"
# The services whose objects are listed here; the others have none that lie in a project, or are the same (volumev3).
LISTED = frozenset({"block-storage", "compute", "dns", "image", "load-balancer", "network"})
WITHOUT = frozenset({"identity", "placement", "volumev3"})

# An object: its kind, the name of the project that it lies in, and its own name ("" for a kind that has none).
Object = tuple[str, str, str]

# What no program declares is in small letters: none of it may be there.
NETWORK = {
    "Network": "networks",
    "Subnet": "subnets",
    "Port": "ports",
    "Router": "routers",
    "SecGroup": "security-groups",
    "SecGroupRule": "security-group-rules",
    "AddressGroupV2": "address-groups",
    "AddressScope": "address-scopes",
    "SubnetPool": "subnetpools",
    "FloatingIp": "floatingips",
    "rule of sharing": "rbac-policies",
    "trunk": "trunks",
    "policy of quality": "qos/policies",
}
BALANCING = {
    "LoadBalancer": "loadbalancers",
    "Listener": "listeners",
    "Pool": "pools",
    "Monitor": "healthmonitors",
    "policy of layer 7": "l7policies",
}
STORAGE = {"Volume": "volumes", "snapshot": "snapshots", "backup": "backups", "group": "groups"}
_ALL = {"X-Auth-All-Projects": "true"}


def seen(admin: Cloud) -> Counter[Object]:
    """Return all objects, but not what each service makes in a project by itself."""
    assert set(admin.urls) == LISTED | WITHOUT
    projects = {p["id"]: p["name"] for p in admin.get("identity", "/projects")["projects"]}
    found: Counter[Object] = Counter()
    for lists in (_network, _compute, _storage, _images, _names, _balancing):
        for kind, owner, name in lists(admin):
            found[kind, projects.get(owner, owner), name] += 1
    return found


def _network(admin: Cloud) -> Iterator[Object]:
    lists = {kind: _of(admin, "network", f"/v2.0/{path}") for kind, path in NETWORK.items()}
    # One of each project, with rules.
    default = {group["id"] for group in lists["SecGroup"] if group["name"] == "default"}
    for kind, objects in lists.items():
        for each in objects:
            if default & {each["id"], each.get("security_group_id")}:
                continue
            yield kind, each["project_id"], _name_of(kind, each)


def _name_of(kind: str, each: Mapping[str, Any]) -> str:
    # The address of a load balancer is a port that its service names.
    named = kind != "Port" or each["device_owner"] != "Octavia"
    return str(each.get("name") or "") if named else ""


def _compute(admin: Cloud) -> Iterator[Object]:
    for server in _of(admin, "compute", "/servers/detail?all_tenants=1"):
        yield "Instance", server["tenant_id"], server["name"]
    newer = {"OpenStack-API-Version": "compute 2.64"}
    for group in admin.ask("GET", "compute", "/os-server-groups?all_projects=true", **newer)["server_groups"]:
        yield "ServerGroup", group["project_id"], group["name"]


def _storage(admin: Cloud) -> Iterator[Object]:
    for kind, path in STORAGE.items():
        newer = {"OpenStack-API-Version": "volume 3.60"}
        answer = admin.ask("GET", "block-storage", f"/{admin.project}/{path}/detail?all_tenants=1", **newer)
        for each in answer[path]:
            owner = each.get("os-vol-tenant-attr:tenant_id") or each.get("project_id") or ""
            yield kind, owner, each["name"]


def _images(admin: Cloud) -> Iterator[Object]:
    for image in admin.get("image", "/v2/images?limit=1000&visibility=all")["images"]:
        yield "Image", image["owner"], image["name"]


def _names(admin: Cloud) -> Iterator[Object]:
    for zone in admin.ask("GET", "dns", "/v2/zones?limit=1000", **_ALL)["zones"]:
        yield "Zone", zone["project_id"], zone["name"]
        for share in admin.ask("GET", "dns", f"/v2/zones/{zone['id']}/shares", **_ALL)["shared_zones"]:
            yield "ZoneShareV2", share["target_project_id"], ""
    for record in admin.ask("GET", "dns", "/v2/recordsets?limit=1000", **_ALL)["recordsets"]:
        if record["type"] not in ("NS", "SOA") or record["name"] != record["zone_name"]:
            yield "RecordSet", record["project_id"], record["name"]


def _balancing(admin: Cloud) -> Iterator[Object]:
    for kind, path in BALANCING.items():
        for each in _of(admin, "load-balancer", f"/v2/lbaas/{path}"):
            yield kind, each["project_id"], each["name"]
            if kind == "Pool":
                for member in _of(admin, "load-balancer", f"/v2/lbaas/pools/{each['id']}/members"):
                    yield "Member", member["project_id"], member["name"]


def _of(admin: Cloud, service: str, path: str) -> list[Any]:
    """Return what a service lists; the list is all that it answers, but for links to a next page."""
    (objects,) = (value for key, value in admin.get(service, path).items() if not key.endswith("links"))
    return list(objects)


# ---- what was declared


def declared(changes: list[Any], held: str) -> Counter[Object]:
    """Return the objects that changes made; zones under `held` lie in the project of the shared services.

    What all share lies in the operator's own project, what a tenant's stack makes in that tenant's.
    """
    kinds = {*NETWORK, *BALANCING, *STORAGE, "Instance", "ServerGroup", "Image", "Zone", "ZoneShareV2", "RecordSet"}
    projects = {c["group"]: _named(c) for c in changes if c["kind"].endswith(":Project")}
    found: Counter[Object] = Counter()
    for change in changes:
        kind = change["kind"].rpartition(":")[2]
        project = OPERATOR if change["place"] == "shared" else projects[change["group"]]
        if kind == "RouterInterface":
            found["Port", project, ""] += 1
        elif kind == "Zone" and _named(change).endswith(held):
            found[kind, projects["shared"], _named(change)] += 1
        elif kind in {*kinds, "Member"}:
            found[kind, project, _named(change)] += 1
        # The address of a load balancer; the ports by which a router leads out and of what floats belong to nobody.
        found["Port", project, ""] += kind == "LoadBalancer"
        found["Port", "", ""] += kind in ("Router", "FloatingIp")
        found["rule of sharing", project, ""] += _is_shared(change)
    return +found


def _is_shared(change: Mapping[str, Any]) -> bool:
    return any(change["fields"].get(name, {"new": False})["new"] is True for name in ("external", "shared"))


def _named(change: Mapping[str, Any]) -> str:
    return str(change["fields"].get("name", {"new": ""})["new"])
