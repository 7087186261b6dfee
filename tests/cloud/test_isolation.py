"""What is asked to prove that tenants are kept apart, and what each answer means; no cloud is asked here."""

from __future__ import annotations

import json
import re
from collections.abc import Collection
from typing import Any

import pytest
from support import ROOT

from virgem.modules.cloud.isolation import Attempt, attempts, face, judge
from virgem.modules.cloud.isolation_joins import JOINS
from virgem.modules.cloud.isolation_kinds import KIND, KINDS, Thing, granted, may_read, things

ME, OTHER, OPERATOR = "p-me", "p-other", "p-operator"


def row(kind: str, project: str) -> dict[str, Any]:
    """One object of a kind as the service lists it, with an id that says whose it is."""
    told = {"id": f"{project}.{kind}", "name": f"{kind} of {project}", KIND[kind].owner or "x": project}
    if kind == "Project":
        told["id"] = project
    more: dict[str, Any] = {
        "Server": {"image": {"id": "img"}, "flavor": {"id": "f"}},
        "Port": {"device_owner": "compute:west"},
        "ZoneShare": {"target_project_id": "nobody"},
    }
    if kind == "Keypair":
        return {"keypair": {"name": f"{kind} of {project}", "user_id": f"{project}.User"}}
    return told | more.get(kind, {})


def region(*extra: Thing, projects: Collection[str] = (ME, OTHER)) -> tuple[Thing, ...]:
    found: list[Thing] = []
    for project in projects:
        for kind in KINDS:
            within = next((t for t in found if t.kind == kind.within and t.id.startswith(project)), None)
            if kind.name not in ("Aggregate", "Flavor", "Group", "Role"):
                found += things(kind, [row(kind.name, project)], within)
    found += things(KIND["Role"], [{"id": "r", "name": "member"}])
    return granted((*found, *extra))


def tried(*extra: Thing, harmful: bool = True) -> list[Attempt]:
    return list(attempts("34022", ME, region(*extra), harmful=harmful))


def test_every_kind_that_the_stacks_make_is_tried() -> None:
    sources = [path.read_text() for path in ROOT.glob("modules/cloud/components/*.py")]
    made = {name for text in sources for name in re.findall(r"openstack\.\w+\.([A-Z]\w+)\(", text)}
    called = {
        "AddressGroupV2": "AddressGroup",
        "AggregateV2": "Aggregate",
        "FloatingIp": "FloatingAddress",
        "GroupV3": "Group",
        "Instance": "Server",
        "SecGroup": "SecurityGroup",
        "SecGroupRule": "SecurityGroupRule",
        "ZoneShareV2": "ZoneShare",
    }
    # Settings of a project, which are tried at the project, and what two objects have with each other.
    parts = {"QuotaSetV2", "QuotaV2", "QuoteSetV3", "Quota", "RoleAssignment", "RouterInterface", "VolumeAttach"}
    others = {name for name in made - parts if not name.endswith("Args")}
    assert len(others) > 20
    assert {called.get(name, name) for name in others} - set(KIND) == set()


def test_every_object_of_another_is_shown_and_deleted_and_none_of_ones_own() -> None:
    found = region()
    for action in ("show", "delete"):
        at = [a.thing.id for a in tried() if a.action == action and a.thing and not a.allowed]
        assert sorted(at) == sorted(t.id for t in found if ME not in t.owners)
    assert all(a.thing.id.startswith(OTHER) or a.thing.id == "r" for a in tried() if a.thing and not a.allowed)


def test_nothing_but_reading_is_tried_unless_it_is_asked_for() -> None:
    reading = tried(harmful=False)
    assert {(a.method, a.action) for a in reading} == {("GET", "list"), ("GET", "show")}
    assert {a.action for a in tried()} == {"list", "show", "join", "change", "delete"}
    assert all(a.body is None for a in reading)


def test_every_join_is_of_an_own_object_and_anothers() -> None:
    joins = [a for a in tried() if a.action == "join"]
    assert {a.kind for a in joins} == set(JOINS) - {"Group"}
    for one in joins:
        assert one.thing
        text = f"{one.path} {json.dumps(one.body)}"
        assert one.thing.id in text or one.thing.name in text, one
        # Nothing else of anybody comes into it but what is the tenant's own.
        ids = set(re.findall(r"p-(?:me|other)\.\w+", text)) - {one.thing.id}
        assert all(part.startswith(ME) for part in ids), one


@pytest.mark.parametrize(
    ("kind", "what", "part"),
    [
        ("Network", "plug in", {"net_id": "p-other.Network"}),
        ("Port", "plug in", {"port_id": "p-other.Port"}),
        ("Subnet", "route", {"subnet_id": "p-other.Subnet"}),
        (
            "SecurityGroup",
            "let it in",
            {"security_group_id": "p-me.SecurityGroup", "remote_group_id": "p-other.SecurityGroup"},
        ),
        ("Volume", "plug in", {"volumeId": "p-other.Volume"}),
        ("Server", "plug in", {"volumeId": "p-me.Volume"}),
        ("Subnet", "balance", {"vip_subnet_id": "p-other.Subnet"}),
    ],
)
def test_the_ways_to_join_are_those_that_an_intruder_would_take(kind: str, what: str, part: dict[str, str]) -> None:
    bodies = [a.body for a in tried() if (a.action, a.kind, a.what) == ("join", kind, what)]
    inner = [value for body in bodies for value in ([body] if set(part) <= set(body) else body.values())]
    assert any(part.items() <= value.items() for value in inner), bodies


def test_a_port_is_put_on_a_floating_address_where_there_are_any() -> None:
    outside = {"id": "out", "router:external": True, "project_id": OPERATOR}
    (none,) = things(KIND["Network"], [{**outside, "subnets": []}])
    (some,) = things(KIND["Network"], [{**outside, "subnets": ["s"]}])
    assert [a for a in tried(none) if a.what == "float"] == []
    assert [a.body["floatingip"] for a in tried(some) if a.what == "float"] == [
        {"floating_network_id": "out", "port_id": "p-other.Port"}
    ]


def test_of_the_way_out_addresses_may_be_had_but_no_router_may_stand_in_it() -> None:
    (out,) = things(KIND["Subnet"], [{"id": "out", "shared": True, "project_id": OPERATOR}])
    assert {a.what for a in tried(out) if a.action == "join" and a.thing == out} == {"route"}


def test_what_is_shared_may_be_read_and_no_more() -> None:
    shared = [
        *things(KIND["Image"], [{"id": "public", "owner": OPERATOR, "visibility": "public"}]),
        *things(KIND["Network"], [{"id": "out", "router:external": True, "subnets": [], "project_id": OPERATOR}]),
        *things(KIND["SubnetPool"], [{"id": "pool", "shared": True, "project_id": OPERATOR}]),
        *things(KIND["Flavor"], [{"id": "small", "os-flavor-access:is_public": True}]),
    ]
    private = things(KIND["Image"], [{"id": "private", "owner": OPERATOR, "visibility": "private"}])
    found = tried(*shared, *private)
    for thing in (*shared, *private):
        of = {a.action: a.allowed for a in found if a.thing == thing}
        assert of["show"] == (thing in shared), thing
        assert of["delete"] is False
    # Designate calls a zone shared that is shared with anybody.
    (zone,) = things(KIND["Zone"], [{"id": "z", "project_id": OTHER, "shared": True}])
    assert not may_read(zone, ME)


def test_a_zone_that_is_shared_with_a_tenant_may_be_read_and_written_in_but_is_not_theirs() -> None:
    (zone,) = things(KIND["Zone"], [{"id": "z", "name": "x.example.", "project_id": OTHER}])
    share = things(KIND["ZoneShare"], [{"id": "s", "target_project_id": ME}], zone)
    (own,) = things(KIND["RecordSet"], [{"id": "mine", "project_id": ME}], zone)
    (soa,) = things(KIND["RecordSet"], [{"id": "soa", "project_id": OTHER}], zone)
    found = tried(zone, *share, own, soa)
    at = {(a.thing.id, a.what): a.allowed for a in found if a.thing}
    assert (at["z", "show"], at["soa", "show"], at["s", "show"]) == (True, True, False)
    assert ("z", "write in it") not in at
    assert {("z", "delete"), ("z", "share it"), ("z", "make a zone below"), ("soa", "change")} <= set(at)
    assert ("mine", "delete") not in at
    # Whose the zone is may do anything in it.
    assert own.owners == {ME, OTHER}


SHOW = next(a for a in tried() if a.action == "show" and not a.allowed)
OWN = next(a for a in tried() if a.allowed)
LIST = next(a for a in tried() if a.action == "list" and a.kind == "Network")


@pytest.mark.parametrize(
    ("attempt", "status", "answer", "verdict"),
    [
        (SHOW, 404, "", "refused"),
        (SHOW, 403, "", "refused"),
        (SHOW, 200, {}, "hole"),
        (SHOW, 204, "", "hole"),
        (SHOW, 302, "", "hole"),
        (SHOW, 400, {"message": "Port p9 could not be found."}, "refused"),
        (SHOW, 400, {"message": "'none' is not of type 'array'"}, "unclear"),
        (SHOW, 409, {"message": "Quota exceeded for resources: ['rbac_policy']."}, "limited"),
        (SHOW, 409, {"message": "Pool is immutable and cannot be updated."}, "unclear"),
        (SHOW, 401, "", "unclear"),
        (SHOW, 500, "not found", "unclear"),
        (OWN, 200, {}, "allowed"),
        (OWN, 404, "", "unclear"),
        (LIST, 403, "", "refused"),
        (LIST, 200, {"networks": [{"id": f"{ME}.Network"}, {"id": "new"}]}, "allowed"),
        (LIST, 200, {"networks": [{"id": f"{ME}.Network"}, {"id": f"{OTHER}.Network"}]}, "hole"),
        (LIST, 500, {}, "unclear"),
    ],
)
def test_what_an_answer_means(attempt: Attempt, status: int, answer: Any, verdict: str) -> None:
    found = {thing.id: thing for thing in region()}
    result = judge(attempt, ME, status, answer, found)
    assert result.verdict == verdict
    assert bool(result.said) == (answer != "" and verdict in ("hole", "unclear", "limited"))


def test_holes_are_told_with_the_request_and_counted() -> None:
    found = {thing.id: thing for thing in region()}
    told = face(
        [judge(SHOW, ME, 200, {"id": "x"}, found), judge(SHOW, ME, 404, "", found), judge(LIST, ME, 403, "", found)]
    )
    lines = told.splitlines()
    assert lines[0].split() == ["service", "action", "refused", "limited", "allowed", "hole", "unclear"]
    assert ["identity", "show", "1", "0", "0", "1", "0"] in [line.split() for line in lines]
    assert lines[-1] == "hole: 34022, show: Project Project of p-other: GET identity /projects/p-other: 200 {'id': 'x'}"
    assert len(lines) == 4


def test_each_tenant_proves_first_that_it_may_do_something() -> None:
    own = [a.thing.kind for a in tried(harmful=False) if a.thing and ME in a.thing.owners]
    assert set(own) >= {"Network", "Server", "Volume", "Zone", "LoadBalancer", "Project"}


def test_a_key_pair_is_asked_for_by_whose_it_is_because_ones_own_may_have_its_name() -> None:
    (user,) = things(KIND["User"], [{"id": "u1", "name": "x-automation", "default_project_id": OTHER}])
    (pair,) = things(KIND["Keypair"], [{"keypair": {"name": "a b", "user_id": "u1"}}], user)
    assert (pair.id, pair.owners) == ("u1:a b", {OTHER})
    found = {a.action: a for a in tried(user, pair) if a.thing == pair}
    assert set(found) == {"show", "delete"}
    for attempt in found.values():
        assert attempt.path == "/os-keypairs/a%20b?user_id=u1"
        # Older versions take no heed of the user, and would show or delete the asker's own.
        assert attempt.headers == {"OpenStack-API-Version": "compute 2.10"}
        assert not attempt.allowed
    own = [a for a in tried() if a.kind == "Keypair" and a.allowed]
    assert [(a.path, a.headers) for a in own] == [
        ("/os-keypairs/Keypair%20of%20p-me?user_id=p-me.User", {"OpenStack-API-Version": "compute 2.10"})
    ]
