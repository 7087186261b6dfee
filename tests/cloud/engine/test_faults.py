"""Refusals of the cloud as sentences that name the tenant, the resource and the way out."""

from __future__ import annotations

import pytest

from virgem.modules.cloud.engine.faults import failed, reason
from virgem.modules.cloud.engine.running import Outcome
from virgem.modules.cloud.engine.steps import Fault

URN = "urn:pulumi:tenant-34022::virgem::virgem:cloud:Server$openstack:networking/port:Port::web-1"
TENANTS = {"tenant-34022": "34022"}
QUOTA = (
    "sdk-v2/provider2.go:572: sdk.helper_schema: Error creating openstack_networking_port_v2: Expected HTTP response "
    "code [201 202] when accessing [POST http://127.0.0.1:15003/v2.0/ports], but got 409 instead: "
    '{"NeutronError": {"type": "OverQuota", "message": "Quota exceeded for resources: [\'port\'].", "detail": ""}}'
    ": provider=openstack@5.5.3\n1 error occurred:\n\t* it failed"
)


def test_the_clouds_own_words_are_told_on_one_line() -> None:
    assert reason(QUOTA.partition("\n")[0]) == (
        "Error creating openstack_networking_port_v2: 409 Quota exceeded for resources: ['port']."
    )


@pytest.mark.parametrize(
    ("body", "words"),
    [
        ('{"badRequest": {"code": 400, "message": "no such zone"}}', "no such zone"),
        ('{"faultcode": "Client", "faultstring": "not so", "debuginfo": null}', "not so"),
        ('{"code": 403, "type": "over_quota", "message": "Quota exceeded for zones."}', "Quota exceeded for zones."),
        ("<html>busy</html>", "<html>busy</html>"),
        ("", ""),
    ],
)
def test_each_service_has_a_shape_of_its_own(body: str, words: str) -> None:
    told = f"Expected HTTP response code [200] when accessing [GET http://x/y], but got 400 instead: {body}"
    assert reason(told) == f"400 {words}".strip()


def test_a_failure_names_tenant_resource_reason_and_way_out() -> None:
    outcome = Outcome(
        stack="tenant-34022", faults=(Fault(urn=URN, message=QUOTA), Fault(urn="", message="update failed"))
    )
    found = failed([outcome], TENANTS)
    assert found is not None
    assert "tenant 34022, stack tenant-34022, Port web-1: Error creating" in found.message
    assert "update failed" not in found.message
    assert "quota" in found.hint


@pytest.mark.parametrize(
    ("message", "hint"),
    [
        ("No valid host was found", "add hosts"),
        ("dial tcp 127.0.0.1:5000: connect: connection refused", "is the cloud up"),
        ("operation error S3: PutObject, StatusCode: 403, api error AccessDenied", "the store of the state"),
        ("the stack is held by process 7 of me on here: currently locked by it", "wait"),
        ("shared.roles: it is not there yet: apply that stack first", "shared"),
        ("something new", "run the command again"),
    ],
)
def test_each_kind_of_refusal_has_its_way_out(message: str, hint: str) -> None:
    found = failed([Outcome(stack="tenant-34022", faults=(Fault(urn="", message=message),))], TENANTS)
    assert found is not None
    assert hint in found.hint


def test_many_refusals_are_counted_and_none_is_no_failure() -> None:
    many = tuple(Fault(urn=URN, message=f"refusal {n}") for n in range(25))
    found = failed([Outcome(stack="tenant-34022", faults=many)], TENANTS)
    assert found is not None
    assert found.message.count("refusal") == 20
    assert "and 5 more" in found.message
    assert failed([Outcome(stack="tenant-34022")], TENANTS) is None


def test_of_a_question_that_had_no_answer_only_the_cause_is_told() -> None:
    cause = 'Error creating OpenStack identity client: Post "http://127.0.0.1:9/v3/auth/tokens": connection refused'
    asked = f"invoking openstack:identity/getRole:getRole: 1 error occurred:\n\t* {cause}"
    told = (
        "python inline source runtime error: invoke of openstack:identity/getRole:getRole failed: invocation of "
        f"openstack:identity/getRole:getRole returned an error: {asked}\n\nTraceback (most recent call last):\n  File x"
    )
    assert reason(told) == reason(f"an unhandled error occurred: {told}") == cause
