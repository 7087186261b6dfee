"""What a killed engine was making: found in the cloud by what it was to be, and taken into the state: made once.

The engine writes down what it is about to make before it asks the cloud, and the id it got afterwards. Killed in
between it knows no id: https://www.pulumi.com/docs/support/troubleshooting/common-issues/interrupted-update-recovery/
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote

_NAME = (("name", "name"),)


@dataclass(frozen=True, slots=True, kw_only=True)
class Listing:
    """How a service lists the objects of a kind, and which of them is the one that was asked for.

    `path` and `id` are filled in with inputs, `path` also with `login` (see login_of), `id` with the object's fields.
    `same` pairs inputs with fields, a dotted one leads into what the object holds. `owner` is the field with the
    project, "" where objects lie in none.
    """

    service: str
    path: str
    rows: str
    same: tuple[tuple[str, str], ...] = _NAME
    owner: str = "project_id"
    id: str = "{id}"
    headers: Mapping[str, str] | None = None


def _networks(rows: str, *same: tuple[str, str]) -> Listing:
    return Listing(service="network", path=f"/{rows.replace('_', '-')}?name={{name}}", rows=rows, same=(*_NAME, *same))


def _balancing(rows: str, path: str = "") -> Listing:
    return Listing(service="load-balancer", path=f"/lbaas/{path or rows}?name={{name}}", rows=rows)


# Designate shows what is of other projects only to who asks for it.
EVERY_PROJECT = {"X-Auth-All-Projects": "true"}
# From this version on compute shows an administrator the key pairs of other users.
OF_ANY_USER = {"OpenStack-API-Version": "compute 2.10"}
_RULE = (
    ("securityGroupId", "security_group_id"),
    ("direction", "direction"),
    ("ethertype", "ethertype"),
    ("protocol", "protocol"),
    ("portRangeMin", "port_range_min"),
    ("portRangeMax", "port_range_max"),
    ("remoteIpPrefix", "remote_ip_prefix"),
    ("remoteGroupId", "remote_group_id"),
    ("remoteAddressGroupId", "remote_address_group_id"),
)

LISTINGS: Mapping[str, Listing] = {
    "openstack:blockstorage/volume:Volume": Listing(
        service="block-storage",
        path="/volumes/detail?all_tenants=1&name={name}",
        rows="volumes",
        owner="os-vol-tenant-attr:tenant_id",
    ),
    "openstack:compute/aggregateV2:AggregateV2": Listing(
        service="compute", path="/os-aggregates", rows="aggregates", owner=""
    ),
    "openstack:compute/flavor:Flavor": Listing(
        service="compute", path="/flavors/detail?is_public=None", rows="flavors", owner=""
    ),
    "openstack:compute/instance:Instance": Listing(
        service="compute", path="/servers/detail?all_tenants=1", rows="servers", owner="tenant_id"
    ),
    "openstack:compute/keypair:Keypair": Listing(
        service="compute",
        path="/os-keypairs?user_id={userId}",
        rows="keypairs",
        same=(("name", "keypair.name"),),
        owner="",
        id="{name}",
        headers=OF_ANY_USER,
    ),
    "openstack:compute/serverGroup:ServerGroup": Listing(
        service="compute",
        path="/os-server-groups?all_projects=true",
        rows="server_groups",
        headers={"OpenStack-API-Version": "compute 2.64"},
    ),
    "openstack:compute/volumeAttach:VolumeAttach": Listing(
        service="compute",
        path="/servers/{instanceId}/os-volume_attachments",
        rows="volumeAttachments",
        same=(("volumeId", "volumeId"),),
        owner="",
        id="{instanceId}/{id}",
    ),
    "openstack:dns/recordSet:RecordSet": Listing(
        service="dns",
        path="/zones/{zoneId}/recordsets?name={name}",
        rows="recordsets",
        same=(*_NAME, ("type", "type")),
        owner="",
        id="{zoneId}/{id}",
        headers=EVERY_PROJECT,
    ),
    "openstack:dns/zone:Zone": Listing(service="dns", path="/zones?name={name}", rows="zones", headers=EVERY_PROJECT),
    "openstack:dns/zoneShareV2:ZoneShareV2": Listing(
        service="dns",
        path="/zones/{zoneId}/shares",
        rows="shared_zones",
        same=(("targetProjectId", "target_project_id"),),
        owner="",
        headers=EVERY_PROJECT,
    ),
    "openstack:identity/applicationCredential:ApplicationCredential": Listing(
        service="identity", path="/users/{login}/application_credentials?name={name}", rows="application_credentials"
    ),
    "openstack:identity/groupV3:GroupV3": Listing(
        service="identity", path="/groups?name={name}", rows="groups", owner=""
    ),
    "openstack:identity/project:Project": Listing(
        service="identity", path="/projects?name={name}", rows="projects", owner=""
    ),
    "openstack:identity/user:User": Listing(service="identity", path="/users?name={name}", rows="users", owner=""),
    "openstack:images/image:Image": Listing(service="image", path="/images?name={name}", rows="images", owner="owner"),
    "openstack:loadbalancer/listener:Listener": _balancing("listeners"),
    "openstack:loadbalancer/loadBalancer:LoadBalancer": _balancing("loadbalancers"),
    "openstack:loadbalancer/member:Member": _balancing("members", "pools/{poolId}/members"),
    "openstack:loadbalancer/monitor:Monitor": _balancing("healthmonitors"),
    "openstack:loadbalancer/pool:Pool": _balancing("pools"),
    "openstack:networking/addressGroupV2:AddressGroupV2": _networks("address_groups"),
    "openstack:networking/addressScope:AddressScope": _networks("address_scopes"),
    "openstack:networking/floatingIp:FloatingIp": Listing(
        service="network",
        path="/floatingips?floating_ip_address={address}",
        rows="floatingips",
        same=(("address", "floating_ip_address"),),
    ),
    "openstack:networking/network:Network": _networks("networks"),
    "openstack:networking/port:Port": _networks("ports", ("networkId", "network_id")),
    "openstack:networking/router:Router": _networks("routers"),
    "openstack:networking/routerInterface:RouterInterface": Listing(
        service="network",
        path="/ports?device_id={routerId}",
        rows="ports",
        same=(("subnetId", "fixed_ips.0.subnet_id"),),
        owner="",
    ),
    "openstack:networking/secGroup:SecGroup": _networks("security_groups"),
    "openstack:networking/secGroupRule:SecGroupRule": Listing(
        service="network",
        path="/security-group-rules?security_group_id={securityGroupId}",
        rows="security_group_rules",
        same=_RULE,
    ),
    "openstack:networking/subnet:Subnet": _networks("subnets", ("networkId", "network_id")),
    "openstack:networking/subnetPool:SubnetPool": _networks("subnetpools"),
}

# What is left half made of these cannot be seen in what the provider reads of them: rules that every group begins with,
# an image without its contents. Nothing stands on them yet: they are made anew.
MADE_ANEW = frozenset({"openstack:images/image:Image", "openstack:networking/secGroup:SecGroup"})

# Setting these again is all there is to it: there is one of each, and no id that the cloud gave.
SET_AGAIN = frozenset(
    {
        "openstack:blockstorage/quoteSetV3:QuoteSetV3",
        "openstack:compute/quotaSetV2:QuotaSetV2",
        "openstack:dns/quotaV2:QuotaV2",
        "openstack:identity/roleAssignment:RoleAssignment",
        "openstack:loadbalancer/quota:Quota",
        "openstack:networking/quotaV2:QuotaV2",
    }
)


def unfinished(deployment: Mapping[str, Any]) -> Iterator[Mapping[str, Any]]:
    """Yield what was being made in a state: resources without an id.

    A component or a provider is nothing in the cloud: it is declared again.
    """
    for operation in deployment.get("pending_operations") or ():
        resource = operation["resource"]
        in_cloud = resource.get("custom", True) and not resource["type"].startswith("pulumi:")
        if operation["type"] == "creating" and in_cloud and resource["type"] not in SET_AGAIN:
            yield resource


def suspects(
    deployment: Mapping[str, Any], unmade: Mapping[str, Mapping[str, Any]], refused: Collection[str]
) -> dict[str, dict[str, Any]]:
    """Return, by URN, which of what could not be made the cloud may have all the same, as a state writes it.

    The answer may have been lost, or what was made is only half made. What the cloud `refused` it has not.
    """
    lost = {urn: dict(resource) for urn, resource in unmade.items() if urn not in refused}
    half = {
        resource["urn"]: {key: value for key, value in resource.items() if key not in ("id", "outputs", "initErrors")}
        for resource in deployment.get("resources") or ()
        if resource["urn"] in unmade and _is_half(resource)
    }
    return {urn: resource for urn, resource in {**lost, **half}.items() if resource["type"] in LISTINGS}


def noted(deployment: Mapping[str, Any], found: Mapping[str, Mapping[str, Any]]) -> dict[str, Any]:
    """Return a state in which suspects are being made; the engine's own import leaves out what is being made."""
    kept = [r for r in deployment.get("resources") or () if r["urn"] not in found or not _is_half(r)]
    operations = [{"resource": resource, "type": "creating"} for _, resource in sorted(found.items())]
    pending = [*(deployment.get("pending_operations") or ()), *operations]
    return {**deployment, "resources": kept, "pending_operations": pending}


def _is_half(resource: Mapping[str, Any]) -> bool:
    return bool(resource.get("initErrors")) and not resource.get("delete")


def project_of(resource: Mapping[str, Any], deployment: Mapping[str, Any]) -> str:
    """Return the project in which a resource is made, "" for the operator's own."""
    return str(_provider_of(resource, deployment).get("tenantId") or "")


def login_of(resource: Mapping[str, Any], deployment: Mapping[str, Any]) -> str:
    """Return the id of the user of the state as whom a resource is made, "" for the operator."""
    name = _provider_of(resource, deployment).get("userName")
    users = (r for r in deployment.get("resources") or () if r["type"] == "openstack:identity/user:User")
    return next((str(user["id"]) for user in users if name and user["inputs"]["name"] == name), "")


def _provider_of(resource: Mapping[str, Any], deployment: Mapping[str, Any]) -> Mapping[str, Any]:
    """Return the inputs of the provider that a resource is made by."""
    provider = str(resource.get("provider") or "").rpartition("::")[0]
    for other in deployment.get("resources") or ():
        if other["urn"] == provider:
            return dict(other.get("inputs") or {})
    return {}


def asked(listing: Listing, inputs: Mapping[str, Any]) -> str:
    """Return the path that lists what a resource may have become."""
    return listing.path.format_map({name: quote(str(value), safe="") for name, value in inputs.items()})


def matching(
    listing: Listing, inputs: Mapping[str, Any], project: str, rows: Collection[Mapping[str, Any]]
) -> list[Mapping[str, Any]]:
    """Return those of the rows that a resource with these inputs may have become."""
    return [
        row
        for row in rows
        if all(_text(inputs.get(name)) == _text(_at(row, field)) for name, field in listing.same)
        and (not listing.owner or not project or row.get(listing.owner) == project)
    ]


def identity(listing: Listing, inputs: Mapping[str, Any], row: Mapping[str, Any]) -> str:
    """Return the id by which the provider knows an object."""
    return listing.id.format_map({**inputs, **row})


def _at(row: Mapping[str, Any], field: str) -> Any:
    value: Any = row
    for key in field.split("."):
        try:
            value = value[int(key)] if key.isdigit() else value[key]
        except (KeyError, IndexError, TypeError):
            return None
    return value


def _text(value: Any) -> str:
    """Return a value as it compares: services give numbers where inputs have them too, and nothing in several ways."""
    if value is None or value == "" or value == 0:
        return ""
    return str(int(value)) if isinstance(value, float) and value.is_integer() else str(value)


def taken_in(deployment: Mapping[str, Any], ids: Mapping[str, str]) -> dict[str, Any]:
    """Return a state in which nothing is pending, with the objects of these ids by URN among its resources.

    What was being changed or deleted stays as it was: the engine sees the difference, or deletes again what is gone.
    """
    made = {resource["urn"]: resource for resource in unfinished(deployment)}
    kept = [
        # What was made is the new one of a replacement.
        {**resource, "delete": True} if resource["urn"] in ids and not resource.get("delete") else resource
        for resource in deployment.get("resources") or ()
    ]
    new = [{**made[urn], "id": id_, "outputs": made[urn].get("inputs") or {}} for urn, id_ in ids.items()]
    return {**deployment, "resources": [*kept, *new], "pending_operations": []}
