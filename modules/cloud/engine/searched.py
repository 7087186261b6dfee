"""Which kinds of objects a project is searched for, and how the services list them."""

from __future__ import annotations

from collections.abc import Mapping

from virgem.modules.cloud.engine.pending import EVERY_PROJECT, Listing


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
        service="dns", path="/recordsets?limit=1000", rows="recordsets", headers=EVERY_PROJECT
    ),
    "openstack:dns/zone:Zone": Listing(service="dns", path="/zones?limit=1000", rows="zones", headers=EVERY_PROJECT),
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
