"""What is declared and in the cloud already is looked for once it is known, and joins the state with its ground."""

from __future__ import annotations

from typing import Any

from pulumi.automation.events import StepEventStateMetadata

from virgem.modules.cloud.engine import taking
from virgem.modules.cloud.engine.pending import SET_AGAIN
from virgem.modules.cloud.engine.steps import STACK_TYPE

UNKNOWN = "04da6b54-80e4-46f7-96ec-b56ff0331ba9"
STACK = "urn:pulumi:data-1::virgem::pulumi:pulumi:Stack::virgem-data-1"
TENANT = "urn:pulumi:data-1::virgem::virgem:cloud:Tenant::1"
DEFAULT = "urn:pulumi:data-1::virgem::pulumi:providers:openstack::default_5_5_3"
WITHIN = "urn:pulumi:data-1::virgem::pulumi:providers:openstack::within"
PROJECT = "urn:pulumi:data-1::virgem::virgem:cloud:Tenant$openstack:identity/project:Project::project"
QUOTA = "urn:pulumi:data-1::virgem::virgem:cloud:Tenant$openstack:networking/quotaV2:QuotaV2::network"
VOLUME = "urn:pulumi:data-1::virgem::openstack:blockstorage/volume:Volume::data"


def told(urn: str, *, custom: bool = True, parent: str = STACK, provider: str = DEFAULT, **more: Any) -> Any:
    kind = urn.split("::")[2].rpartition("$")[2]
    provider = f"{provider}::{UNKNOWN}" if provider else ""
    return StepEventStateMetadata(
        type=kind, urn=urn, id="", parent=parent, provider=provider, custom=custom, **{"inputs": {}, **more}
    )


def planned(project: str = UNKNOWN) -> dict[str, StepEventStateMetadata]:
    every = (
        told(STACK, custom=False, parent="", provider=""),
        told(TENANT, custom=False, provider=""),
        told(DEFAULT, parent="", provider="", inputs={"version": "5.5.3", "__internal": {}}),
        told(PROJECT, parent=TENANT, inputs={"name": "een-kortrijk"}),
        told(QUOTA, parent=TENANT, inputs={"projectId": project, "port": 5}),
        told(WITHIN, provider="", inputs={"tenantId": project}),
        told(VOLUME, provider=WITHIN, inputs={"name": "data", "size": 10}, protect=True),
    )
    return {one.urn: one for one in every}


def test_what_refers_to_something_unknown_is_not_looked_for_yet() -> None:
    assert taking.wanted(planned(), {}, ()) == (PROJECT,)
    assert taking.wanted(planned("p1"), {}, ()) == (PROJECT, QUOTA, VOLUME)


def test_nothing_is_looked_for_twice() -> None:
    assert taking.wanted(planned("p1"), {}, {PROJECT, VOLUME}) == (QUOTA,)


def test_what_by_it_is_known_must_be_there() -> None:
    nameless = planned("p1") | {VOLUME: told(VOLUME, provider=WITHIN, inputs={"size": 10})}
    assert taking.wanted(nameless, {}, ()) == (PROJECT, QUOTA)


def test_what_is_found_joins_the_state_below_what_it_hangs_on() -> None:
    looked = taking.prepared({}, planned(), (PROJECT,), {"project": UNKNOWN, "zones": {"a": "z"}})
    assert [one["urn"] for one in looked["resources"]] == [STACK, TENANT, DEFAULT]
    assert looked["pending_operations"][0]["resource"]["inputs"] == {"name": "een-kortrijk"}
    after = taking.taken(looked, {PROJECT: "p1"})
    assert after["pending_operations"] == []
    stack, _, provider, project = after["resources"]
    # Others refer to what the stack gives; what is not known yet stays away.
    assert stack["outputs"] == {"zones": {"a": "z"}}
    assert provider["outputs"] == {"version": "5.5.3"}
    assert project == {
        "urn": PROJECT,
        "type": "openstack:identity/project:Project",
        "custom": True,
        "id": "p1",
        "parent": TENANT,
        "provider": f"{DEFAULT}::{provider['id']}",
        "inputs": {"name": "een-kortrijk"},
        "outputs": {"name": "een-kortrijk"},
    }


def test_what_the_state_has_stays_as_it_is_and_its_providers_are_used() -> None:
    there = {"urn": WITHIN, "type": "pulumi:providers:openstack", "id": "7", "inputs": {"tenantId": "p1"}}
    held = {"resources": [{"urn": STACK, "type": STACK_TYPE, "outputs": {"project": "p1"}}, there]}
    lacking = {urn: one for urn, one in planned("p1").items() if urn in (VOLUME, QUOTA)}
    assert taking.wanted(lacking, held, ()) == (VOLUME,)
    looked = taking.prepared(held, lacking, (VOLUME,), {})
    after = taking.taken(looked, {VOLUME: "v1"})
    assert after["resources"][:2] == held["resources"]
    assert (after["resources"][2]["provider"], after["resources"][2]["protect"]) == (f"{WITHIN}::7", True)
    assert taking.taken(looked, {})["resources"] == held["resources"]


def test_what_is_taken_in_depends_on_what_it_needs_and_comes_after_it() -> None:
    replaced = {"urn": WITHIN, "type": "pulumi:providers:openstack", "id": "6", "delete": True}
    lacking = {urn: one for urn, one in planned("p1").items() if urn != STACK}
    held = {"resources": [{"urn": STACK, "type": STACK_TYPE}, replaced]}
    looked = taking.prepared(held, lacking, (VOLUME, PROJECT), {})
    after = taking.taken(looked, {VOLUME: "v1", PROJECT: "p1"})
    ready = taking.bound(after, {VOLUME: (QUOTA, PROJECT), WITHIN: (PROJECT,)})
    urns = [one["urn"] for one in ready["resources"]]
    found = {one["urn"]: one.get("dependencies") for one in ready["resources"] if not one.get("delete")}
    # Only on what is there; what was replaced is deleted last, as it was.
    assert found == {STACK: None, TENANT: None, DEFAULT: None, PROJECT: None, VOLUME: [PROJECT], WITHIN: [PROJECT]}
    assert urns.index(PROJECT) < urns.index(WITHIN) < urns.index(VOLUME)
    assert ready["resources"][-1] == replaced


def test_of_what_there_is_one_the_id_follows_from_the_inputs() -> None:
    assert set(taking.ONES) == SET_AGAIN
    role = "urn:pulumi:data-1::virgem::openstack:identity/roleAssignment:RoleAssignment::operator-admin"
    lacking = planned("p1") | {role: told(role, inputs={"projectId": "p1", "userId": "u", "roleId": "r"})}
    assert taking.ones(lacking, (PROJECT, QUOTA, role), "RegionOne") == {QUOTA: "p1/RegionOne", role: "/p1//u/r"}


def test_a_user_whose_password_is_lost_is_told_with_the_way_out() -> None:
    user = "urn:pulumi:data-1::virgem::openstack:identity/user:User::1-automation"
    lacking = planned("p1") | {user: told(user, inputs={"name": "robot"})}
    (fault,) = taking.secretive(lacking, {user: "u1", VOLUME: "v1"})
    assert fault.urn == user
    assert "u1" in fault.message
    assert "delete this user in the cloud" in fault.message


def test_a_secret_output_stays_as_the_state_has_it() -> None:
    kept = {"ciphertext": "v1:x"}
    state = {"resources": [{"urn": STACK, "type": STACK_TYPE, "outputs": {"automation": kept}}]}
    sign = {"4dabf18193072939515e22adb298388d": "1b47061264138c4ac30d75fd1eb44270", "ciphertext": "[secret]"}
    for secret in ("[secret]", {"id": "a", "secret": "[secret]"}, [sign]):
        looked = taking.prepared(state, planned(), (PROJECT,), {"automation": secret, "project": "p"})
        assert looked["resources"][0]["outputs"] == {"automation": kept, "project": "p"}
