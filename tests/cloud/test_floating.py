"""Floating addresses in the stacks: where they are made, what they lead to and what they wait for."""

from __future__ import annotations

import json
from typing import Any

import klein

from virgem.modules.cloud.engine.pending import LISTINGS, asked, matching
from virgem.modules.cloud.preview import PlannedResource

FLOATING = "openstack:networking/floatingIp:FloatingIp"
TO_SERVERS = klein.OPERATOR.replace("kortrijk:front", "kortrijk:web")


def made(stack: str, kind: str, operator: str = klein.OPERATOR) -> list[PlannedResource]:
    """The resources of a kind that a stack declares."""
    found = next(one for one in klein.previewed(operator=operator).stacks if one.name == stack)
    return [resource for resource in found.resources if resource.type == kind]


def inputs(resource: PlannedResource) -> dict[str, Any]:
    return {key: json.loads(value) for key, value in resource.inputs.items()}


def test_the_load_balancer_of_a_flow_from_outside_floats_once() -> None:
    (floating,) = made("tenant-34022", FLOATING)
    (balancer,) = (b for b in klein.cloud().tenants[1].balancers if b.family == "IPv4")
    found, centre = inputs(floating), balancer.network.partition("@")[2]
    prefix = {"west": "192.0.2.80", "east": "198.51.100.80"}
    assert (found["pool"], found["address"]) == (f"external-{centre}", prefix[centre])
    assert found["fixedIp"] == balancer.address
    (port,) = found["portId"]["knownAfterApply"]
    assert port.endswith("LoadBalancer::front-ipv4")
    assert found["tags"] == list(balancer.tags)
    # The router between both networks is there first, and goes last.
    ways = [urn for urn in floating.depends_on if "RouterInterface" in urn]
    assert [urn.rpartition("::")[2] for urn in ways] == [f"{centre}-dmz@{centre}-ipv4"]
    assert all(made(stack, FLOATING) == [] for stack in ("tenant-34040", "tenant-shared"))


def test_servers_float_by_their_ports() -> None:
    found = {floating.name: inputs(floating) for floating in made("tenant-34022", FLOATING, TO_SERVERS)}
    assert sorted(found) == ["web-1", "web-2", "web-3"]
    for name, values in found.items():
        (port,) = values["portId"]["knownAfterApply"]
        assert port.endswith(f"Port::{name}")
    assert len({values["address"] for values in found.values()}) == 3


def test_the_way_out_has_a_subnet_of_the_regions_scope_where_addresses_float() -> None:
    subnets = {subnet.name: inputs(subnet) for subnet in made("shared", "openstack:networking/subnet:Subnet")}
    assert sorted(subnets) == ["floating-east", "floating-west"]
    west = subnets["floating-west"]
    assert (west["cidr"], west["gatewayIp"], west["enableDhcp"]) == ("192.0.2.64/27", "192.0.2.65", False)
    assert west["allocationPools"] == [{"start": "192.0.2.66", "end": "192.0.2.79"}]
    pools = {pool.name: inputs(pool) for pool in made("shared", "openstack:networking/subnetPool:SubnetPool")}
    assert {name: pool["shared"] for name, pool in pools.items()} == {
        "floating-east": False,
        "floating-west": False,
        "ipv4": True,
        "ipv6": True,
    }
    assert pools["floating-west"]["addressScopeId"] == pools["ipv4"]["addressScopeId"]
    without = klein.OPERATOR.replace(", floating: 192.0.2.64/27", "").replace(", floating: 198.51.100.64/27", "")
    none = klein.cloud(operator=without.partition("flows:")[0])
    assert [network.floating for network in none.platform.external] == [None, None]


def test_names_keep_the_addresses_of_the_region_and_have_those_for_outside_beside_them() -> None:
    stack = klein.cloud().tenants[1]
    records = {record.id: record.values for record in stack.records}
    (balancer,) = (b for b in stack.balancers if b.family == "IPv4")
    name = next(key for key in records if key.startswith("outside."))
    assert records[name.removeprefix("outside.")] == (balancer.address,)
    assert balancer.floating is not None
    assert records[name] == (balancer.floating.address,)


def test_one_that_an_engine_was_making_is_found_by_its_address() -> None:
    listing, wanted = LISTINGS[FLOATING], {"address": "192.0.2.80", "pool": "external-west"}
    assert asked(listing, wanted) == "/floatingips?floating_ip_address=192.0.2.80"
    rows = [
        {"id": "a", "floating_ip_address": "192.0.2.80", "project_id": "p"},
        {"id": "b", "floating_ip_address": "192.0.2.81", "project_id": "p"},
        {"id": "c", "floating_ip_address": "192.0.2.80", "project_id": "q"},
    ]
    assert [row["id"] for row in matching(listing, wanted, "p", rows)] == ["a"]
