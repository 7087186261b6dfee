"""The ways in which a tenant could join another's object to its own, as requests to a cloud's services. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from virgem.modules.cloud.isolation_kinds import Thing

# What joins an own object to another's: what it is called, service, method, path, body.
Join = tuple[str, str, str, str, Any]


def joins(it: Thing, own: Mapping[str, Thing]) -> Iterator[Join]:
    """Yield what joins an object of another to what is a tenant's own, of which there may be one of each kind."""
    make = JOINS.get(it.kind)
    return make(it, own) if make else iter(())


def _network_joins(it: Thing, own: Mapping[str, Thing]) -> Iterator[Join]:
    if it.row.get("router:external"):
        yield "make a subnet", "network", "POST", "/subnets", {"subnet": _prefix(it.id)}
    else:
        yield "make a port", "network", "POST", "/ports", {"port": {"network_id": it.id}}
        yield "make a subnet", "network", "POST", "/subnets", {"subnet": _prefix(it.id)}
        if server := own.get("Server"):
            yield from _interface(server, {"net_id": it.id})
            yield "make a server", "compute", "POST", "/servers", _server(server, networks=[{"uuid": it.id}])
    shared = {"object_type": "network", "object_id": it.id, "action": "access_as_shared"}
    yield (
        "share it",
        "network",
        "POST",
        "/rbac-policies",
        {"rbac_policy": {**shared, "target_tenant": own["Project"].id}},
    )


def _prefix(network: str) -> dict[str, Any]:
    # RFC 5737: nothing of anybody.
    return {"network_id": network, "ip_version": 4, "cidr": "203.0.113.0/24"}


def _interface(server: Thing, what: Mapping[str, Any]) -> Iterator[Join]:
    yield "plug in", "compute", "POST", f"/servers/{server.id}/os-interface", {"interfaceAttachment": dict(what)}


def _server(like: Thing, **more: Any) -> dict[str, Any]:
    row = like.row
    image = row["image"]["id"] if row.get("image") else ""
    return {"server": {"name": "intruder", "imageRef": image, "flavorRef": row["flavor"]["id"], **more}}


def _subnet_joins(it: Thing, own: Mapping[str, Thing]) -> Iterator[Join]:
    if router := own.get("Router"):
        yield "route", "network", "PUT", f"/routers/{router.id}/add_router_interface", {"subnet_id": it.id}
    if "*" in it.readers:
        # Of the way out, whose addresses the cloud offers to all that it offers the network.
        return
    if network := own.get("Network"):
        port = {"network_id": network.id, "fixed_ips": [{"subnet_id": it.id}]}
        yield "take an address", "network", "POST", "/ports", {"port": port}
    yield "balance", "load-balancer", "POST", "/lbaas/loadbalancers", {"loadbalancer": {"vip_subnet_id": it.id}}
    if pool := own.get("Pool"):
        member = {"address": "203.0.113.9", "protocol_port": 80, "subnet_id": it.id}
        yield "balance to", "load-balancer", "POST", f"/lbaas/pools/{pool.id}/members", {"member": member}


def _port_joins(it: Thing, own: Mapping[str, Thing]) -> Iterator[Join]:
    if server := own.get("Server"):
        yield from _interface(server, {"port_id": it.id})
    if router := own.get("Router"):
        yield "route", "network", "PUT", f"/routers/{router.id}/add_router_interface", {"port_id": it.id}
    yield "balance", "load-balancer", "POST", "/lbaas/loadbalancers", {"loadbalancer": {"vip_port_id": it.id}}
    if outside := own.get("Outside"):
        wanted = {"floating_network_id": outside.id, "port_id": it.id}
        yield "float", "network", "POST", "/floatingips", {"floatingip": wanted}
    yield "trunk", "network", "POST", "/trunks", {"trunk": {"port_id": it.id}}


def _floating_joins(it: Thing, own: Mapping[str, Thing]) -> Iterator[Join]:
    if port := own.get("Port"):
        yield "take it", "network", "PUT", f"/floatingips/{it.id}", {"floatingip": {"port_id": port.id}}


def _router_joins(it: Thing, own: Mapping[str, Thing]) -> Iterator[Join]:
    if subnet := own.get("Subnet"):
        yield "route", "network", "PUT", f"/routers/{it.id}/add_router_interface", {"subnet_id": subnet.id}
    yield "lead out", "network", "PUT", f"/routers/{it.id}/remove_external_gateways", {"router": {}}


def _group_joins(it: Thing, own: Mapping[str, Thing]) -> Iterator[Join]:
    yield "open it", "network", "POST", "/security-group-rules", {"security_group_rule": _rule(it.id)}
    if group := own.get("SecurityGroup"):
        rule = _rule(group.id, remote_group_id=it.id)
        yield "let it in", "network", "POST", "/security-group-rules", {"security_group_rule": rule}
    if port := own.get("Port"):
        yield "wear it", "network", "PUT", f"/ports/{port.id}", {"port": {"security_groups": [it.id]}}


def _rule(group: str, **more: str) -> dict[str, Any]:
    return {"security_group_id": group, "direction": "ingress", "ethertype": "IPv4", **more}


def _address_group_joins(it: Thing, own: Mapping[str, Thing]) -> Iterator[Join]:
    wider = {"address_group": {"addresses": ["203.0.113.0/24"]}}
    yield "widen it", "network", "PUT", f"/address-groups/{it.id}/add_addresses", wider
    if group := own.get("SecurityGroup"):
        rule = _rule(group.id, remote_address_group_id=it.id)
        yield "let it in", "network", "POST", "/security-group-rules", {"security_group_rule": rule}


def _server_joins(it: Thing, own: Mapping[str, Thing]) -> Iterator[Join]:
    if volume := own.get("Volume"):
        body = {"volumeAttachment": {"volumeId": volume.id}}
        yield "plug in", "compute", "POST", f"/servers/{it.id}/os-volume_attachments", body
    if network := own.get("Network"):
        yield from _interface(it, {"net_id": network.id})
    acts: Mapping[str, Any] = {
        "os-stop": None,
        "reboot": {"type": "HARD"},
        "createImage": {"name": "copy"},
        "os-getConsoleOutput": {},
        "addSecurityGroup": {"name": "default"},
    }
    for name, wanted in acts.items():
        yield name, "compute", "POST", f"/servers/{it.id}/action", {name: wanted}
    yield "metadata", "compute", "POST", f"/servers/{it.id}/metadata", {"metadata": {"taken": "yes"}}


def _server_group_joins(it: Thing, own: Mapping[str, Thing]) -> Iterator[Join]:
    if (server := own.get("Server")) and (network := own.get("Network")):
        wanted = _server(server, networks=[{"uuid": network.id}])
        yield "make a server", "compute", "POST", "/servers", {**wanted, "os:scheduler_hints": {"group": it.id}}


def _volume_joins(it: Thing, own: Mapping[str, Thing]) -> Iterator[Join]:
    if server := own.get("Server"):
        body = {"volumeAttachment": {"volumeId": it.id}}
        yield "plug in", "compute", "POST", f"/servers/{server.id}/os-volume_attachments", body
    yield "copy", "block-storage", "POST", "/volumes", {"volume": {"size": 10, "source_volid": it.id}}
    yield "snapshot", "block-storage", "POST", "/snapshots", {"snapshot": {"volume_id": it.id, "force": True}}
    yield "transfer", "block-storage", "POST", "/os-volume-transfer", {"transfer": {"volume_id": it.id}}
    yield "grow", "block-storage", "POST", f"/volumes/{it.id}/action", {"os-extend": {"new_size": 999}}


def _zone_joins(it: Thing, own: Mapping[str, Thing]) -> Iterator[Join]:
    if own["Project"].id not in it.readers:
        record = {"name": f"intruder.{it.name}", "type": "A", "records": ["203.0.113.9"]}
        yield "write in it", "dns", "POST", f"/zones/{it.id}/recordsets", record
    yield "make a zone below", "dns", "POST", "/zones", {"name": f"below.{it.name}", "email": "a@example.org"}
    yield "share it", "dns", "POST", f"/zones/{it.id}/shares", {"target_project_id": own["Project"].id}
    yield "transfer", "dns", "POST", f"/zones/{it.id}/tasks/transfer_requests", {}


def _balancer_joins(it: Thing, own: Mapping[str, Thing]) -> Iterator[Join]:
    port = {"loadbalancer_id": it.id, "protocol": "TCP"}
    yield "listen", "load-balancer", "POST", "/lbaas/listeners", {"listener": {**port, "protocol_port": 99}}
    pool = {**port, "lb_algorithm": "ROUND_ROBIN"}
    yield "pool", "load-balancer", "POST", "/lbaas/pools", {"pool": pool}


def _listener_joins(it: Thing, own: Mapping[str, Thing]) -> Iterator[Join]:
    pool = {"listener_id": it.id, "protocol": "TCP", "lb_algorithm": "ROUND_ROBIN"}
    yield "pool", "load-balancer", "POST", "/lbaas/pools", {"pool": pool}


def _pool_joins(it: Thing, own: Mapping[str, Thing]) -> Iterator[Join]:
    member = {"address": "203.0.113.9", "protocol_port": 80}
    yield "join", "load-balancer", "POST", f"/lbaas/pools/{it.id}/members", {"member": member}
    check = {"pool_id": it.id, "type": "TCP", "delay": 5, "timeout": 3, "max_retries": 3}
    yield "check", "load-balancer", "POST", "/lbaas/healthmonitors", {"healthmonitor": check}


def _project_joins(it: Thing, own: Mapping[str, Thing]) -> Iterator[Join]:
    if user := own.get("User"):
        yield "enter", "identity", "PUT", f"/projects/{it.id}/users/{user.id}/roles/{own['Role'].id}", None
    yield "its people", "identity", "GET", f"/role_assignments?scope.project.id={it.id}", None
    yield "its limits", "network", "PUT", f"/quotas/{it.id}", {"quota": {"network": 0}}
    yield "its limits", "compute", "PUT", f"/os-quota-sets/{it.id}", {"quota_set": {"cores": 0}}
    yield "its limits", "load-balancer", "PUT", f"/lbaas/quotas/{it.id}", {"quota": {"loadbalancer": 0}}
    yield "its limits", "dns", "PATCH", f"/quotas/{it.id}", {"zones": 0}


def _user_joins(it: Thing, own: Mapping[str, Thing]) -> Iterator[Join]:
    yield "take in", "identity", "PUT", f"/projects/{own['Project'].id}/users/{it.id}/roles/{own['Role'].id}", None
    wanted = {"application_credential": {"name": "intruder"}}
    yield "be it", "identity", "POST", f"/users/{it.id}/application_credentials", wanted


def _people_joins(it: Thing, own: Mapping[str, Thing]) -> Iterator[Join]:
    yield "take in", "identity", "PUT", f"/projects/{own['Project'].id}/groups/{it.id}/roles/{own['Role'].id}", None
    if user := own.get("User"):
        yield "enter", "identity", "PUT", f"/groups/{it.id}/users/{user.id}", None


def _image_joins(it: Thing, own: Mapping[str, Thing]) -> Iterator[Join]:
    yield "share it", "image", "POST", f"/images/{it.id}/members", {"member": own["Project"].id}
    yield "put away", "image", "POST", f"/images/{it.id}/actions/deactivate", None


JOINS = {
    "AddressGroup": _address_group_joins,
    "FloatingAddress": _floating_joins,
    "Group": _people_joins,
    "Image": _image_joins,
    "Listener": _listener_joins,
    "LoadBalancer": _balancer_joins,
    "Network": _network_joins,
    "Pool": _pool_joins,
    "Port": _port_joins,
    "Project": _project_joins,
    "Router": _router_joins,
    "SecurityGroup": _group_joins,
    "Server": _server_joins,
    "ServerGroup": _server_group_joins,
    "Subnet": _subnet_joins,
    "User": _user_joins,
    "Volume": _volume_joins,
    "Zone": _zone_joins,
}
