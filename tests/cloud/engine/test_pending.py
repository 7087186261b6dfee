"""What a killed engine was making is looked for by what it was to be, and taken into the state once."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

import pytest
from support import ROOT

from virgem.modules.cloud.engine import pending
from virgem.modules.cloud.engine.finding import find
from virgem.modules.cloud.engine.pending import LISTINGS, Listing, noted, suspects, taken_in, unfinished

PORT = "openstack:networking/port:Port"
PROVIDER = "urn:pulumi:tenant-1::virgem::pulumi:providers:openstack::within"
PORT_URN = f"urn:pulumi:tenant-1::virgem::virgem:cloud:Server${PORT}::web-1"
MADE = {
    "urn": PORT_URN,
    "type": PORT,
    "custom": True,
    "provider": f"{PROVIDER}::1",
    "inputs": {"name": "web-1", "networkId": "lan"},
}
ROW = {"id": "p1", "name": "web-1", "network_id": "lan", "project_id": "kortrijk", "status": "DOWN"}
OTHERS = ({**ROW, "id": "p2", "name": "web-2"}, {**ROW, "id": "p3", "project_id": "waregem"})


def state(*resources: Mapping[str, Any], made: Mapping[str, Any] = MADE, kind: str = "creating") -> dict[str, Any]:
    provider = {"urn": PROVIDER, "type": "pulumi:providers:openstack", "id": "1", "inputs": {"tenantId": "kortrijk"}}
    return {"resources": [provider, *resources], "pending_operations": [{"type": kind, "resource": made}]}


class Cloud:
    """Answers with these rows, a list for each time it is asked; the last one stays."""

    def __init__(self, *answers: list[Mapping[str, Any]]) -> None:
        self.answers = list(answers)

    def rows(self, listing: Listing, inputs: Mapping[str, Any]) -> list[Mapping[str, Any]]:
        pending.asked(listing, inputs)
        return self.answers.pop(0) if len(self.answers) > 1 else self.answers[0]


def found(*answers: list[Mapping[str, Any]], known: frozenset[str] = frozenset(), **more: Any) -> Any:
    return find(Cloud(*answers), state(**more), known)  # type: ignore[arg-type]


def test_the_one_object_of_that_name_network_and_project_is_found() -> None:
    assert found([*OTHERS, ROW]) == ({PORT_URN: "p1"}, ())


def test_nothing_is_found_where_the_cloud_was_never_asked() -> None:
    assert found([*OTHERS]) == ({}, ())


def test_what_the_state_has_for_another_resource_is_not_taken() -> None:
    assert found([ROW], known=frozenset({"p1"})) == ({}, ())


def test_two_that_could_be_it_are_left_to_a_person() -> None:
    ids, (fault,) = found([ROW, {**ROW, "id": "p9"}])
    assert ids == {}
    assert (fault.urn, "the cloud has 2: p1, p9" in fault.message) == (PORT_URN, True)


def test_a_kind_that_cannot_be_looked_for_is_left_to_a_person() -> None:
    ids, (fault,) = found([ROW], made={**MADE, "type": "openstack:sharedfilesystem/share:Share"})
    assert (ids, "cannot be looked for" in fault.message) == ({}, True)


def test_an_object_that_a_service_still_works_on_is_waited_for(monkeypatch: pytest.MonkeyPatch) -> None:
    waited: list[float] = []
    monkeypatch.setattr("virgem.modules.cloud.engine.finding.time.sleep", waited.append)
    assert found([{**ROW, "status": "BUILD"}], [ROW]) == ({PORT_URN: "p1"}, ())
    assert waited == [1]


def test_a_rule_is_known_by_all_that_makes_it_one() -> None:
    listing = LISTINGS["openstack:networking/secGroupRule:SecGroupRule"]
    inputs = {
        "securityGroupId": "g",
        "direction": "ingress",
        "ethertype": "IPv4",
        "protocol": "tcp",
        "portRangeMin": 22,
    }
    row = {
        "id": "r",
        "security_group_id": "g",
        "direction": "ingress",
        "ethertype": "IPv4",
        "protocol": "tcp",
        "port_range_min": 22,
        "port_range_max": None,
        "remote_ip_prefix": None,
    }
    rows = [
        row,
        {**row, "port_range_min": 23},
        {**row, "remote_ip_prefix": "10.0.0.0/8"},
        {**row, "direction": "egress"},
    ]
    assert pending.matching(listing, inputs, "", rows) == [row]


def test_ids_of_several_parts_are_made_as_the_provider_makes_them() -> None:
    record = LISTINGS["openstack:dns/recordSet:RecordSet"]
    assert pending.identity(record, {"zoneId": "z"}, {"id": "r"}) == "z/r"
    inside = LISTINGS["openstack:networking/routerInterface:RouterInterface"]
    rows = [{"id": "p", "fixed_ips": [{"subnet_id": "s"}]}, {"id": "q", "fixed_ips": []}]
    assert pending.matching(inside, {"routerId": "r", "subnetId": "s"}, "any", rows) == rows[:1]


def test_a_name_is_no_part_of_the_address_that_is_asked() -> None:
    assert pending.asked(LISTINGS[PORT], {"name": "a b&c", "networkId": "n"}) == "/ports?name=a%20b%26c"


def test_what_is_found_joins_the_state_and_nothing_is_pending() -> None:
    before = state()
    after = taken_in(before, {PORT_URN: "p1"})
    assert after["pending_operations"] == []
    assert after["resources"][:-1] == before["resources"]
    assert after["resources"][-1] == {**MADE, "id": "p1", "outputs": MADE["inputs"]}
    assert taken_in(before, {}) == {**before, "pending_operations": []}


def test_the_new_one_of_a_replacement_stands_beside_the_old_which_is_to_go() -> None:
    old = {**MADE, "id": "p0"}
    after = taken_in(state(old), {PORT_URN: "p1"})
    assert after["resources"][1:] == [{**old, "delete": True}, {**MADE, "id": "p1", "outputs": MADE["inputs"]}]


def test_changes_and_deletions_are_left_to_the_engine() -> None:
    assert list(unfinished(state(kind="updating"))) == list(unfinished(state(kind="deleting"))) == []
    quota = {**MADE, "type": "openstack:networking/quotaV2:QuotaV2"}
    assert list(unfinished(state(made=quota))) == []


def test_every_kind_that_the_stacks_make_can_be_looked_for() -> None:
    sources = [path.read_text() for path in ROOT.glob("modules/cloud/components/*.py")]
    sources += [path.read_text() for path in ROOT.glob("stacks/*.py")]
    known = {token.rpartition(":")[2] for token in (*LISTINGS, *pending.SET_AGAIN)}
    made = {name for text in sources for name in re.findall(r"openstack\.\w+\.([A-Z]\w+)\(", text)} - {"Provider"}
    assert len(made) > 25
    assert sorted(name for name in made - known if not name.endswith("Args")) == []


def test_a_host_aggregate_is_known_by_its_name() -> None:
    listing = LISTINGS["openstack:compute/aggregateV2:AggregateV2"]
    rows = [{"id": 7, "name": "east"}, {"id": 24, "name": "west"}]
    inputs = {"name": "west", "zone": "west", "hosts": ["west-compute-1"]}
    (found,) = pending.matching(listing, inputs, "p0", rows)
    assert pending.asked(listing, inputs) == "/os-aggregates"
    assert pending.identity(listing, inputs, found) == "24"


def looked_for(resources: list[Any], refused: tuple[str, ...] = ()) -> tuple[list[Any], list[Any]]:
    """What stays in a state, and what is looked for, when a port could not be made."""
    before = {"resources": resources, "pending_operations": None}
    after = noted(before, suspects(before, {PORT_URN: MADE}, refused))
    return after["resources"], list(unfinished(after))


def test_what_could_not_be_made_is_looked_for_unless_the_cloud_refused_it() -> None:
    other = {"urn": "urn:other", "type": PORT, "id": "o"}
    assert looked_for([other]) == ([other], [MADE])
    assert looked_for([other], (PORT_URN,)) == ([other], [])


def test_what_is_half_made_leaves_the_state_to_be_looked_for_whatever_was_said_of_it() -> None:
    half = {**MADE, "id": "p1", "outputs": {}, "initErrors": ["no answer"], "dependencies": ["urn:lan"]}
    assert looked_for([half], (PORT_URN,)) == ([], [{**MADE, "dependencies": ["urn:lan"]}])


def test_what_is_as_it_was_or_is_on_its_way_out_stays_in_the_state() -> None:
    whole, leaving = {**MADE, "id": "p1"}, {**MADE, "id": "p0", "initErrors": ["no answer"], "delete": True}
    other = {**MADE, "urn": "urn:other", "id": "o", "initErrors": ["an update failed"]}
    assert looked_for([whole, leaving, other]) == ([whole, leaving, other], [MADE])


def test_what_was_pending_already_stays_and_what_cannot_be_looked_for_is_left_out() -> None:
    quota = {"urn": "urn:q", "type": "openstack:networking/quotaV2:QuotaV2"}
    second = {**MADE, "urn": "urn:second"}
    found = suspects(state(), {"urn:q": quota, "urn:second": second}, ())
    assert list(unfinished(noted(state(), found))) == [MADE, second]


def test_a_credential_is_looked_for_with_the_user_who_makes_it() -> None:
    login = {"urn": PROVIDER, "type": "pulumi:providers:openstack", "id": "1", "inputs": {"userName": "robot"}}
    user = "openstack:identity/user:User"
    users = [{"urn": f"u::{n}", "type": user, "id": f"id-of-{n}", "inputs": {"name": n}} for n in ("other", "robot")]
    deployment = {"resources": [*users, login]}
    made = {**MADE, "type": "openstack:identity/applicationCredential:ApplicationCredential"}
    assert pending.login_of(made, deployment) == "id-of-robot"
    assert pending.login_of({**made, "provider": ""}, deployment) == ""
    path = pending.asked(LISTINGS[made["type"]], {"name": "robot", "login": pending.login_of(made, deployment)})
    assert path == "/users/id-of-robot/application_credentials?name=robot"


@pytest.mark.parametrize(
    "made",
    [
        {"urn": "urn:data", "type": "virgem:cloud:Data", "custom": False},
        {"urn": PROVIDER, "type": "pulumi:providers:openstack", "custom": True},
    ],
)
def test_for_a_component_or_a_provider_the_cloud_is_not_asked(made: dict[str, Any]) -> None:
    assert found([ROW], made=made) == ({}, ())
    assert taken_in(state(made=made), {})["pending_operations"] == []
