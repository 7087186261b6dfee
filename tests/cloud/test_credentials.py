"""The access of a tenant's own programs: who it is, what it may, and that its secrets stay secret."""

from __future__ import annotations

import io
import json
import os
import subprocess
from pathlib import Path
from typing import Any

import klein
import pulumi
import pulumi_openstack as openstack
import pytest
import yaml
from google.protobuf import struct_pb2  # type: ignore[import-untyped]
from pulumi.runtime import rpc
from pulumi.runtime.proto import resource_pb2

from virgem.modules.cloud.components import automation
from virgem.modules.cloud.components.base import Stack
from virgem.modules.cloud.credentials import Credential, files_of
from virgem.modules.cloud.engine.command import Command
from virgem.modules.cloud.engine.embedded import Recorder, preview_stack
from virgem.modules.cloud.preview import PlannedResource, dump
from virgem.modules.cloud.previewing import run
from virgem.stacks.program import run as program

CANARY = "canary-Zx81-never-to-be-shown"
MADE = Credential(nis="34022", project="klein-kortrijk", url="https://here/v3", region="R", id="i1", secret="s '$HOME")
TENANTS = ("shared", "34022", "34040")


def of(nis: str, kind: str) -> list[PlannedResource]:
    (stack,) = (s for s in klein.previewed().stacks if s.name == f"data-{nis}")
    return [r for r in stack.resources if r.type.endswith(f":{kind}") and r.name.startswith("automation")]


@pytest.mark.parametrize("nis", TENANTS)
def test_every_tenant_has_a_user_of_its_own_with_the_roles_of_the_owner_in_its_project_alone(nis: str) -> None:
    (user,), roles = of(nis, "User"), of(nis, "RoleAssignment")
    name = klein.previewed().estate + {"shared": "-services", "34022": "-kortrijk", "34040": "-waregem"}[nis]
    assert json.loads(user.inputs["name"]) == f"{name}-automation"
    assert [role.name for role in roles] == [
        "automation-load-balancer_member",
        "automation-member",
        "automation-reader",
    ]
    for role in roles:
        assert json.loads(role.inputs["userId"])["knownAfterApply"] == [user.urn]
        assert [urn.rpartition("::")[2] for urn in json.loads(role.inputs["projectId"])["knownAfterApply"]] == [
            "project"
        ]
        assert "groupId" not in role.inputs


@pytest.mark.parametrize("nis", TENANTS)
def test_the_credential_is_made_by_that_user_and_can_make_no_other(nis: str) -> None:
    (credential,), (user,) = of(nis, "ApplicationCredential"), of(nis, "User")
    assert credential.inputs["unrestricted"] == "false"
    assert json.loads(credential.inputs["roles"]) == ["load-balancer_member", "member", "reader"]
    (stack,) = (s for s in klein.previewed().stacks if s.name == f"data-{nis}")
    (login,) = (r for r in stack.resources if r.urn == credential.provider)
    assert login.inputs["userName"] == user.inputs["name"]
    assert "knownAfterApply" in login.inputs["tenantId"]
    # A role that is taken away takes the credential with it.
    assert {role.urn for role in of(nis, "RoleAssignment")} <= set(credential.depends_on)


def test_no_preview_holds_what_was_drawn(monkeypatch: pytest.MonkeyPatch) -> None:
    drawn: list[int] = []
    monkeypatch.setattr(automation.secrets, "token_urlsafe", lambda size: drawn.append(size) or CANARY)
    plan = klein.cloud()
    saved = dump(run(plan, ["data-34022"], program))
    assert drawn == [32, 32]
    assert CANARY.encode() not in saved
    assert saved.count(b'"secret": true') == 3  # of the user, of the credential, and of the login


def test_another_draw_changes_nothing_that_is_there(monkeypatch: pytest.MonkeyPatch) -> None:
    ignored: dict[str, list[str]] = {}
    for cls in (automation.openstack.identity.User, automation.openstack.identity.ApplicationCredential):
        monkeypatch.setattr(cls, "__init__", _noting(cls, ignored))
    preview_stack("data-34022", lambda: program(klein.cloud(), "data-34022"))
    assert ignored == {"User": ["password"], "ApplicationCredential": ["secret"]}


def _noting(cls: type, ignored: dict[str, list[str]]) -> object:
    original = cls.__init__  # type: ignore[misc]

    def init(self: object, *args: object, opts: pulumi.ResourceOptions, **more: object) -> None:
        ignored[cls.__name__] = list(opts.ignore_changes or [])
        original(self, *args, opts=opts, **more)

    return init


def test_a_secret_among_the_outputs_of_a_stack_makes_no_secret_of_the_others(monkeypatch: pytest.MonkeyPatch) -> None:
    def read(self: Recorder, request: Any) -> Any:
        known, secret = struct_pb2.Struct(), {rpc._special_sig_key: rpc._special_secret_sig, "value": CANARY}
        known.update({"name": request.id, "outputs": {"project": "p", "automation": secret}})
        return resource_pb2.ReadResourceResponse(urn=f"urn:x::{request.name}", properties=known)

    def declare() -> None:
        openstack.networking.Network("n", name=Stack("data-34022").output("project"))

    monkeypatch.setattr(Recorder, "ReadResource", read)
    assert [r.inputs["name"] for r in preview_stack("t", declare).resources if r.in_cloud] == ['"p"']


def test_clients_take_the_credential_from_a_clouds_yaml() -> None:
    ((name, cloud),) = yaml.safe_load(files_of(MADE)["clouds.yaml"])["clouds"].items()
    assert (name, cloud["auth_type"], cloud["region_name"]) == ("klein-kortrijk", "v3applicationcredential", "R")
    assert cloud["auth"] == {
        "auth_url": "https://here/v3",
        "application_credential_id": "i1",
        "application_credential_secret": "s '$HOME",
    }
    assert {"cacert", "verify"}.isdisjoint(cloud)


def test_a_shell_that_reads_the_openrc_has_this_login_and_no_part_of_another() -> None:
    script = files_of(MADE)["openrc"].decode() + "env\n"
    mine = {**os.environ, "OS_USERNAME": "admin", "OS_PROJECT_NAME": "admin"}
    done = subprocess.run(["sh", "-eu"], input=script, env=mine, capture_output=True, text=True, check=True)
    found = dict(line.split("=", 1) for line in done.stdout.splitlines() if line.startswith("OS_"))
    assert found == {
        "OS_AUTH_TYPE": "v3applicationcredential",
        "OS_AUTH_URL": "https://here/v3",
        "OS_APPLICATION_CREDENTIAL_ID": "i1",
        "OS_APPLICATION_CREDENTIAL_SECRET": "s '$HOME",
        "OS_REGION_NAME": "R",
        "OS_IDENTITY_API_VERSION": "3",
        "OS_INTERFACE": "public",
    }


def test_a_credential_does_not_show_its_secret() -> None:
    assert MADE.secret not in repr(MADE)


@pytest.mark.parametrize("words", [["stack", "output", "--json", "--show-secrets"], ["stack", "export"]])
def test_what_the_engine_tells_of_a_stack_is_in_no_log(tmp_path: Path, words: list[str]) -> None:
    engine, log = tmp_path / "pulumi", io.StringIO()
    engine.write_text(f"#!/bin/sh\necho {CANARY}\n")
    engine.chmod(0o755)
    done = Command(engine, "3.253.0", log).run(words, str(tmp_path), {})
    assert CANARY in done.stdout
    assert log.getvalue() == f"stack {words[1]}: 0\n"
    Command(engine, "3.253.0", log).run(["stack", "ls"], str(tmp_path), {})
    assert CANARY in log.getvalue()
