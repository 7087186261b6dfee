"""What lies in a tenant's project and no state knows is found, and nothing else."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from virgem.modules.cloud.engine.pending import Listing
from virgem.modules.cloud.engine.strays import ids, project, strays

KORTRIJK = "p-kortrijk"
PORT = {"id": "port", "name": "web-1", "project_id": KORTRIJK, "device_owner": "compute:west"}
GROUP = {"id": "group", "name": "web", "project_id": KORTRIJK}
RULE = {"id": "rule", "security_group_id": "group", "project_id": KORTRIJK}
ALL: Mapping[str, list[Mapping[str, Any]]] = {
    "ports": [PORT],
    "security_groups": [GROUP, {"id": "own", "name": "default", "project_id": KORTRIJK}],
    "security_group_rules": [RULE, {"id": "own-1", "security_group_id": "own", "project_id": KORTRIJK}],
    "servers": [{"id": "server", "name": "web-1", "tenant_id": KORTRIJK}],
    "recordsets": [
        {"id": "ns", "name": "a.example.", "zone_name": "a.example.", "type": "NS", "project_id": KORTRIJK},
        {"id": "www", "name": "www.a.example.", "zone_name": "a.example.", "type": "A", "project_id": KORTRIJK},
    ],
}
KNOWN = frozenset({"port", "group", "rule", "server", "www"})


def found(known: frozenset[str] = KNOWN, **more: Mapping[str, Any]) -> list[tuple[str, str]]:
    def rows(listing: Listing, inputs: Mapping[str, Any]) -> list[Mapping[str, Any]]:
        assert inputs == {"project": KORTRIJK}
        return [*ALL.get(listing.rows, ()), *(row for name, row in more.items() if name == listing.rows)]

    steps = [*strays(rows, KORTRIJK, known, "data-34022")]
    assert {step.action for step in steps} <= {"create"}
    return [(step.type.rpartition(":")[2], {n: v for n, _, v in step.fields}["id"]) for step in steps]


def test_what_states_know_and_what_services_make_for_themselves_is_no_stray() -> None:
    assert found() == []


def test_all_else_is() -> None:
    assert found(frozenset()) == [
        ("Instance", '"server"'),
        ("RecordSet", '"www"'),
        ("Port", '"port"'),
        ("SecGroup", '"group"'),
        ("SecGroupRule", '"rule"'),
    ]


def test_a_stray_is_called_as_the_cloud_calls_it_and_two_of_one_name_are_two() -> None:
    steps = [*strays(lambda listing, _: ALL.get(listing.rows, ()), KORTRIJK, KNOWN - {"server", "www"}, "data-34022")]
    assert [step.name for step in steps] == ["web-1", "www.a.example."]
    twice = [{**ALL["servers"][0], "id": number} for number in "12"]
    steps = [*strays(lambda listing, _: twice if listing.rows == "servers" else (), KORTRIJK, KNOWN, "data-34022")]
    assert ([step.name for step in steps], len({step.urn for step in steps})) == (["web-1", "web-1"], 2)


def test_what_services_of_other_tenants_list_is_left_out() -> None:
    assert found(servers={"id": "other", "name": "x", "tenant_id": "p-waregem"}) == []
    assert found(servers={"id": "other", "name": "x", "tenant_id": KORTRIJK}) == [("Instance", '"other"')]


def test_ports_of_routers_count_and_those_of_dhcp_do_not() -> None:
    assert found(ports={**PORT, "id": "dhcp", "device_owner": "network:dhcp"}) == []
    inside = {**PORT, "id": "inside", "device_owner": "network:router_interface"}
    assert found(ports=inside) == [("Port", '"inside"')]


def test_ids_of_several_parts_are_known_by_their_last() -> None:
    state = {
        "resources": [
            {"type": "pulumi:pulumi:Stack", "urn": "a"},
            {"type": "virgem:cloud:Tenant", "urn": "b", "custom": False},
            {"type": "openstack:identity/project:Project", "urn": "c", "custom": True, "id": KORTRIJK},
            {"type": "openstack:dns/recordSet:RecordSet", "urn": "d", "custom": True, "id": "zone/www"},
        ]
    }
    assert (ids(state), project(state)) == ({KORTRIJK, "www"}, KORTRIJK)
    assert (ids({}), project({})) == (frozenset(), "")
