"""A tenant of the local OpenStack and all that one makes: what the tests of it share."""

from __future__ import annotations

from typing import Any

from live.openstack.api import Cloud, log_in

PASSWORD = "only-for-this-test"
IMAGE = {"name": "tiny", "disk_format": "raw", "container_format": "bare", "visibility": "public"}


def tenant(admin: Cloud, name: str) -> Cloud:
    """Make a project with a user who is a member of it, and log in as that user."""
    project = admin.make("identity", "/projects", {"project": {"name": name, "domain_id": "default"}})["project"]["id"]
    wanted = {"name": name, "password": PASSWORD, "domain_id": "default"}
    user = admin.make("identity", "/users", {"user": wanted})["user"]["id"]
    for role in admin.get("identity", "/roles")["roles"]:
        if role["name"] in ("member", "load-balancer_member"):
            admin.ask("PUT", "identity", f"/projects/{project}/users/{user}/roles/{role['id']}")
    return log_in(admin.urls["identity"], name, PASSWORD, name)


def image(admin: Cloud) -> str:
    """Upload an image of a few bytes."""
    made: str = admin.make("image", "/v2/images", IMAGE)["id"]
    admin.ask("PUT", "image", f"/v2/images/{made}/file", data=b"nothing to boot")
    return made


def flavor(admin: Cloud) -> str:
    wanted = {"name": "small", "ram": 512, "vcpus": 2, "disk": 1}
    made: str = admin.make("compute", "/flavors", {"flavor": wanted})["flavor"]["id"]
    return made


def network(cloud: Cloud, prefix: str = "10.1.0.0/24") -> tuple[str, str]:
    """Make a network with a subnet; return both."""
    made = cloud.make("network", "/v2.0/networks", {"network": {"name": "lan"}})["network"]["id"]
    wanted = {"network_id": made, "cidr": prefix, "ip_version": 4}
    return made, cloud.make("network", "/v2.0/subnets", {"subnet": wanted})["subnet"]["id"]


def outside(admin: Cloud) -> str:
    """Make a network that routers may lead to, as the provider would."""
    wanted = {"router:external": True, "provider:network_type": "flat", "provider:physical_network": "physnet1"}
    made: str = admin.make("network", "/v2.0/networks", {"network": {"name": "outside", **wanted}})["network"]["id"]
    subnet = {"network_id": made, "cidr": "192.0.2.0/24", "ip_version": 4, "enable_dhcp": False}
    admin.make("network", "/v2.0/subnets", {"subnet": subnet})
    return made


def router(cloud: Cloud, outside: str, subnet: str) -> str:
    """Make a router between a subnet and a network outside."""
    wanted = {"router": {"name": "edge", "external_gateway_info": {"network_id": outside}}}
    made: str = cloud.make("network", "/v2.0/routers", wanted)["router"]["id"]
    cloud.ask("PUT", "network", f"/v2.0/routers/{made}/add_router_interface", {"subnet_id": subnet})
    return made


def server(cloud: Cloud, image: str, flavor: str, network: str, name: str = "web") -> Any:
    """Make a server and wait until compute says that it runs."""
    wanted = {"name": name, "imageRef": image, "flavorRef": flavor, "networks": [{"uuid": network}]}
    made = cloud.make("compute", "/servers", {"server": wanted})["server"]["id"]
    return cloud.until("compute", f"/servers/{made}", "ACTIVE", "server", "status")["server"]


def volume(cloud: Cloud) -> Any:
    made = cloud.make("block-storage", f"/{cloud.project}/volumes", {"volume": {"name": "data", "size": 10}})["volume"]
    path = f"/{cloud.project}/volumes/{made['id']}"
    return cloud.until("block-storage", path, "available", "volume", "status")["volume"]


def zone(cloud: Cloud, name: str = "kortrijk.example.") -> Any:
    made = cloud.make("dns", "/v2/zones", {"name": name, "email": "dns@example.org"})
    return cloud.until("dns", f"/v2/zones/{made['id']}", "ACTIVE", "status")


def balancer(cloud: Cloud, subnet: str) -> Any:
    wanted = {"loadbalancer": {"name": "front", "vip_subnet_id": subnet}}
    made = cloud.make("load-balancer", "/v2/lbaas/loadbalancers", wanted)["loadbalancer"]
    path = f"/v2/lbaas/loadbalancers/{made['id']}"
    return cloud.until("load-balancer", path, "ACTIVE", "loadbalancer", "provisioning_status")["loadbalancer"]


def everything(admin: Cloud, name: str) -> Cloud:
    """Make one of everything as a tenant."""
    cloud = tenant(admin, name)
    lan, subnet = network(cloud)
    server(cloud, image(admin), flavor(admin), lan)
    volume(cloud)
    zone(cloud)
    balancer(cloud, subnet)
    return cloud


def holdings(admin: Cloud) -> dict[str, int]:
    """Count what the whole cloud holds, as its administrator sees it."""
    every = f"/{admin.project}/volumes/detail?all_tenants=1"
    lists = {
        "networks": admin.get("network", "/v2.0/networks")["networks"],
        "ports": admin.get("network", "/v2.0/ports")["ports"],
        "servers": admin.get("compute", "/servers?all_tenants=1")["servers"],
        "flavors": admin.get("compute", "/flavors")["flavors"],
        "volumes": admin.get("block-storage", every)["volumes"],
        "images": admin.get("image", "/v2/images")["images"],
        "balancers": admin.get("load-balancer", "/v2/lbaas/loadbalancers")["loadbalancers"],
        "zones": zones(admin),
    }
    return {name: len(found) for name, found in lists.items()}


def zones(admin: Cloud) -> list[Any]:
    return list(admin.ask("GET", "dns", "/v2/zones", **{"X-Auth-All-Projects": "true"})["zones"])
