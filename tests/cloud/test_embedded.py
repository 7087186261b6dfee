"""The embedded engine: the real programs, every value that only the cloud can give unknown, no secret written down."""

from __future__ import annotations

import asyncio
import importlib
import inspect
import json
import logging

import klein
import pulumi
import pulumi_openstack as openstack
import pytest

from virgem.modules.cloud.engine.embedded import preview_stack
from virgem.modules.cloud.preview import PlannedResource, Preview, StackPreview, dump
from virgem.modules.cloud.previewing import run
from virgem.modules.cloud.replacing import FORCES_NEW
from virgem.modules.governance.guard import PROTECTED
from virgem.modules.problem import UserError
from virgem.stacks.program import run as program

PREVIEW = klein.previewed()
RESOURCES = tuple(resource for stack in PREVIEW.stacks for resource in stack.resources)
TYPES = sorted({resource.type for resource in RESOURCES if resource.in_cloud})


def resource_class(token: str) -> type:
    """The class of the provider's package for a type token."""
    module, name = token.split(":")[1].split("/")[0], token.split(":")[2]
    found: type = getattr(importlib.import_module(f"pulumi_openstack.{module}"), name)
    return found


def camel(name: str) -> str:
    head, *tail = name.split("_")
    return head + "".join(part.capitalize() for part in tail)


@pytest.mark.parametrize("token", TYPES)
def test_every_type_and_property_is_one_of_the_providers_package(token: str) -> None:
    cls = resource_class(token)
    assert f"'{token}'" in inspect.getsource(cls)
    known = {camel(name) for name in inspect.signature(cls._internal_init).parameters}  # type: ignore[attr-defined]
    used = {name for resource in RESOURCES if resource.type == token for name in resource.inputs}
    assert used - known == set()


@pytest.mark.parametrize("token", TYPES)
def test_what_the_provider_says_cannot_change_in_place_counts_as_a_replacement(token: str) -> None:
    used = {name for resource in RESOURCES if resource.type == token for name in resource.inputs}
    text = " ".join((inspect.getdoc(resource_class(token)._internal_init) or "").split())  # type: ignore[attr-defined]
    says = {
        camel(part.split(":")[0].split("] ")[-1].strip())
        for part in text.split(":param ")
        if "creates a new" in part or "create a new" in part
    }
    assert (says & used) - FORCES_NEW[token] == set()


def test_the_lookups_of_the_shared_stack_are_functions_of_the_provider() -> None:
    from virgem.stacks.shared import GET_AUTH_SCOPE, GET_ROLE

    assert f"'{GET_ROLE}'" in inspect.getsource(openstack.identity.get_role)
    assert f"'{GET_AUTH_SCOPE}'" in inspect.getsource(openstack.identity.get_auth_scope)


def test_the_shared_stack_makes_the_zone_of_a_datacentre() -> None:
    (made,) = (resource for resource in RESOURCES if resource.type == "openstack:compute/aggregateV2:AggregateV2")
    inputs = {name: json.loads(value) for name, value in made.inputs.items()}
    assert made.urn.startswith("urn:pulumi:shared::")
    assert inputs.pop("metadata")["cost"] == "klein.shared"
    assert inputs == {"name": "west", "zone": "west", "hosts": ["west-compute-1", "west-compute-2"]}


def test_ids_are_unknown_and_say_what_they_come_from() -> None:
    port = next(r for r in RESOURCES if r.type.endswith(":Port") and r.name == "sql-1")
    network = json.loads(port.inputs["networkId"])
    assert list(network) == ["knownAfterApply"]
    assert [urn.rpartition("::")[2].partition("@")[0] for urn in network["knownAfterApply"]] == ["data"]


def test_no_input_but_marked_ones_looks_like_an_id() -> None:
    for resource in RESOURCES:
        for name, value in resource.inputs.items():
            if name.endswith("Id") and resource.in_cloud:
                assert "knownAfterApply" in value, (resource.urn, name)


def test_planned_addresses_are_known() -> None:
    ports = [r for r in RESOURCES if r.type.endswith(":Port")]
    assert len(ports) == 18
    for port in ports:
        assert all(isinstance(ip["ipAddress"], str) for ip in json.loads(port.inputs["fixedIps"]))


def test_no_provider_default_rule_is_left() -> None:
    groups = [r for r in RESOURCES if r.type.endswith(":SecGroup")]
    assert groups
    assert {group.inputs["deleteDefaultRules"] for group in groups} == {"true"}


def test_tenants_networks_and_data_of_the_lasting_stack_are_protected() -> None:
    lasting = [r for s in PREVIEW.stacks if s.name.startswith("data-") for r in s.resources]
    guarded = [r for r in lasting if r.type in PROTECTED]
    assert len(guarded) == 13
    assert all(resource.protect for resource in guarded)


def test_an_application_stack_holds_no_data() -> None:
    held = {r.type for s in PREVIEW.stacks if s.name.startswith("tenant-") for r in s.resources}
    assert held & {"openstack:blockstorage/volume:Volume", "openstack:dns/zone:Zone"} == set()


def test_resources_are_children_of_their_components() -> None:
    components = {r.urn for r in RESOURCES if r.type.startswith("virgem:cloud:")}
    assert {r.parent in components for r in RESOURCES if r.in_cloud} == {True}


def test_tenants_work_within_their_own_project() -> None:
    for stack in PREVIEW.stacks:
        if stack.name.startswith("tenant-"):
            providers = {r.provider.rpartition("::")[2] for r in stack.resources if r.in_cloud}
            assert providers == {"within"}


def test_two_previews_are_the_same_bytes() -> None:
    plan = klein.cloud()
    assert dump(run(plan, plan.stacks, program)) == dump(PREVIEW)


def test_one_process_and_several_give_the_same_preview() -> None:
    plan = klein.cloud()
    alone = [preview_stack(name, lambda name=name: program(plan, name)) for name in plan.stacks]  # type: ignore[misc]
    assert {s.name: s.resources for s in alone} == {s.name: s.resources for s in PREVIEW.stacks}


def test_a_urn_tells_the_types_of_all_that_it_stands_below() -> None:
    (server,) = (r for r in RESOURCES if r.type == "openstack:compute/instance:Instance" and r.name == "web-1")
    above = "virgem:cloud:Service$virgem:cloud:Server$openstack:compute/instance:Instance"
    assert server.urn == f"urn:pulumi:tenant-34022::virgem::{above}::web-1"


def test_another_label_changes_no_urn() -> None:
    renamed = klein.previewed(klein.KORTRIJK.replace("label: Kortrijk", "label: Stad aan de Leie"))
    assert [r.urn for s in renamed.stacks for r in s.resources] == [r.urn for r in RESOURCES]


def test_the_order_of_servers_changes_no_urn() -> None:
    lines = klein.KORTRIJK.splitlines(keepends=True)
    first = next(i for i, line in enumerate(lines) if line.startswith("    web:"))
    lines[first : first + 3] = reversed(lines[first : first + 3])
    turned = klein.previewed("".join(lines))
    assert [r.urn for s in turned.stacks for r in s.resources] == [r.urn for r in RESOURCES]


CANARY = "hunter2-canary"


def test_a_secret_is_marked_and_never_written() -> None:
    def declare() -> None:
        openstack.compute.Instance(
            "vm", admin_pass=pulumi.Output.secret(CANARY), metadata={"deep": pulumi.Output.secret(CANARY)}
        )
        pulumi.export("password", pulumi.Output.secret(CANARY))

    stack = preview_stack("canary", declare)
    (server,) = stack.resources
    assert server.inputs["adminPass"] == '{"secret":true}'
    assert CANARY not in dump(Preview(estate="x", stacks=(stack,), tenant_of={"canary": "x"})).decode()


def fails_in_the_program() -> None:
    openstack.networking.Network("good")
    raise ValueError("no such thing")


def fails_in_an_output() -> None:
    network = openstack.networking.Network("good", name="known")
    network.name.apply(lambda name: {}[name])


def fails_by_a_name_used_twice() -> None:
    openstack.networking.Network("good")
    openstack.networking.Network("good")


def fails_by_a_user_error() -> None:
    raise UserError("something is missing", "bring it")


@pytest.mark.parametrize(
    ("fault", "said"),
    [
        (fails_in_the_program, r"stack x, .*ValueError: no such thing"),
        (fails_in_an_output, r"stack x, after good: KeyError: 'known'"),
        (fails_by_a_name_used_twice, r"stack x, .*two resources have the name good"),
        (fails_by_a_user_error, r"stack x: something is missing"),
    ],
)
def test_a_fault_in_a_program_names_the_stack(fault: object, said: str, caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.ERROR), pytest.raises(UserError, match=said):
        preview_stack("x", fault)  # type: ignore[arg-type]
    assert "was never retrieved" not in caplog.text


def test_a_run_leaves_nothing_behind_for_the_next() -> None:
    with pytest.raises(UserError):
        preview_stack("x", fails_in_the_program)
    assert preview_stack("y", lambda: openstack.networking.Network("one") and None).resources[0].urn == (
        "urn:pulumi:y::virgem::openstack:networking/network:Network::one"
    )
    with pytest.raises(RuntimeError):
        asyncio.get_running_loop()


def test_a_stack_that_did_not_change_is_not_run_again() -> None:
    plan = klein.cloud()
    ran: list[str] = []

    def counted(cloud: object, name: str) -> None:
        ran.append(name)

    again = run(plan, plan.stacks, counted, old=PREVIEW)
    assert (ran, dump(again)) == ([], dump(PREVIEW))


def test_a_stack_whose_plan_changed_is_run_again() -> None:
    more = klein.cloud(klein.KORTRIJK.replace("size: 200", "size: 300"))
    ran: list[str] = []
    run(more, more.stacks, lambda cloud, name: ran.append(name), old=PREVIEW)
    assert ran == ["data-34022"]


def test_a_planned_resource_in_the_cloud_is_no_component_and_no_provider() -> None:
    assert not any(r.in_cloud for r in RESOURCES if r.type.startswith(("virgem:", "pulumi:")))
    assert isinstance(RESOURCES[0], PlannedResource)
    assert isinstance(PREVIEW.stacks[0], StackPreview)
