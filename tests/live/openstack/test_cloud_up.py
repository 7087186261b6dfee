"""The cloud of an estate of two towns, applied by the real engine to a real control plane and seen by its API."""

from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from support import ROOT, missing, need_tool

from live.openstack import belongings, tenancy
from live.openstack.api import Cloud, administrator
from live.openstack.faulty import FAULTS, Proxy, Script, proxy
from live.openstack.regional import KORTRIJK, Region, interrupt, kill, towns

pytestmark = pytest.mark.slow
NAME = "towns"
# Of the first eight failures by this seed each kind is one; so many commands meet them all.
SEED, TRIES = 9, 2
EMPTY = dict.fromkeys(("networks", "ports", "servers", "flavors", "volumes", "images", "balancers", "zones"), 0)


@pytest.fixture(scope="module")
def way() -> Iterator[Proxy]:
    """The way to the cloud, on which nothing fails until a test says so."""
    with proxy() as found:
        yield found


@pytest.fixture(scope="module")
def region(engine: None, way: Proxy) -> Iterator[Region]:
    """A local OpenStack and the estate, nothing of it applied yet."""
    if not sys.platform.startswith("linux"):
        missing("needs Linux")
    need_tool("mariadbd", "mariadb-server-core")
    folder = Path(tempfile.mkdtemp(prefix="virgem-"))
    state = {"XDG_STATE_HOME": str(folder / "s")}
    try:
        (found,) = json.loads(twin(state, "up", "--name", NAME))["instances"]
        (folder / "clouds.yaml").write_text(way.url(Path(found["clouds"]).read_text()))
        clouds = {"OS_CLIENT_CONFIG_FILE": str(folder / "clouds.yaml"), "OS_CLOUD": "virgem", "VIRGEM_STATE": ""}
        made = Region(folder=folder / "estate", variables={**state, **clouds})
        made.write(**towns())
        yield made
    finally:
        twin(state, "down", "--name", NAME)
        shutil.rmtree(folder)


def twin(state: dict[str, str], *words: str) -> str:
    command = [sys.executable, "-m", "virgem.modules.cli.entry", "--json", "twin", *words]
    done = subprocess.run(
        command, cwd=ROOT, env={**os.environ, **state}, capture_output=True, text=True, timeout=600, check=False
    )
    assert done.returncode == 0, done.stderr[-3000:]
    return done.stdout


@pytest.fixture(scope="module")
def foreseen(region: Region) -> Any:
    """What the engine foresees before anything was applied."""
    return region.run("preview", "--engine", "pulumi", code=2)


@pytest.fixture(scope="module")
def applied(region: Region, foreseen: Any) -> Any:
    """What was done when it was applied."""
    return region.run("up", "--yes")


@pytest.fixture
def admin(region: Region) -> Cloud:
    return administrator(Path(region.variables["OS_CLIENT_CONFIG_FILE"]))


def listed(document: Any) -> list[tuple[str, ...]]:
    return [(c["action"], c["place"], c["kind"].rpartition(":")[2], c["name"]) for c in document["changes"]]


def test_what_a_preview_lists_before_anything_was_applied_is_what_up_does(foreseen: Any, applied: Any) -> None:
    assert listed(foreseen) == listed(applied)
    assert {action for action, *_ in listed(applied)} == {"create"}
    embedded = {place for _, place, _, _ in listed(applied)}
    assert embedded == {f"{kind}-{nis}" for kind in ("data", "tenant") for nis in ("shared", "34022", "34040")} | {
        "shared"
    }


def test_the_cloud_holds_what_the_plan_says(applied: Any, admin: Cloud) -> None:
    servers = admin.get("compute", "/servers/detail?all_tenants=1")["servers"]
    by_name = {server["name"]: server for server in servers}
    assert {"web-1", "web-2", "app-1"} <= set(by_name)
    assert {server["OS-EXT-AZ:availability_zone"] for server in servers} == {"west"}
    assert by_name["web-1"]["hostId"] != by_name["web-2"]["hostId"]
    addresses = {f["addr"] for of in by_name["web-1"]["addresses"].values() for f in of}
    assert len(addresses) == 2
    assert [volume["id"] for volume in by_name["web-1"]["os-extended-volumes:volumes_attached"]] != []


def test_every_object_lies_in_the_project_of_its_tenant_and_none_beside_them(applied: Any, admin: Cloud) -> None:
    wanted, found = belongings.declared(applied["changes"], ".virgem.example."), belongings.seen(admin)
    assert {project for _, project, _ in wanted} == {"admin", "twee-services", "twee-kortrijk", "twee-waregem", ""}
    assert (sorted((wanted - found).elements()), sorted((found - wanted).elements())) == ([], [])
    # What all tenants share is all that the operator's own project has.
    own = {kind for kind, project, _ in found if project == belongings.OPERATOR}
    assert own == {"AddressScope", "Image", "Network", "SubnetPool", "rule of sharing"}


def test_no_rule_of_the_providers_is_left_in_a_group_of_ours(applied: Any, admin: Cloud) -> None:
    groups = {g["id"]: g for g in admin.get("network", "/v2.0/security-groups")["security_groups"]}
    ours = [group for group in groups.values() if "estate=twee" in group["tags"]]
    declared = sum(1 for _, _, kind, _ in listed(applied) if kind == "SecGroupRule")
    assert sum(len(group["security_group_rules"]) for group in ours) == declared


def test_every_quota_is_that_of_the_class(applied: Any, admin: Cloud) -> None:
    projects = {p["name"]: p["id"] for p in admin.get("identity", "/projects")["projects"]}
    assert {"twee-kortrijk", "twee-waregem", "twee-services"} <= set(projects)
    quota = admin.get("network", f"/v2.0/quotas/{projects['twee-kortrijk']}")["quota"]
    assert (quota["rbac_policy"], quota["subnetpool"]) == (0, 0)
    told = next(
        c for c in applied["changes"] if c["kind"].startswith("openstack:networking/quota") and c["group"] == "34022"
    )
    assert quota["port"] == int(told["fields"]["port"]["new"])


def test_a_second_up_and_a_preview_of_every_stack_find_nothing_to_do(region: Region, applied: Any) -> None:
    again = region.run("up", "--yes")
    assert (again["changes"], again["summary"]["unchanged"]) == ([], applied["summary"]["create"])
    every = region.run("preview", "--engine", "pulumi", "--every")
    assert (every["changes"], every["summary"]["unchanged"]) == ([], applied["summary"]["create"])
    assert again["told"].count(" objects ") == 0
    assert every["told"].count(" objects differ") == 7


def test_only_the_stacks_that_a_change_touches_are_opened(region: Region, applied: Any) -> None:
    region.write(**towns() | {"kortrijk": KORTRIJK.replace("    www:", "    site: web\n    www:")})
    found = region.run("preview", "--engine", "pulumi", code=2)
    assert {place for _, place, _, _ in listed(found)} == {"tenant-34022"}
    assert {kind for _, _, kind, _ in listed(found)} == {"RecordSet"}
    assert found["told"].count(" objects differ") == 1
    region.write(**towns())


def test_a_cloud_that_cannot_be_entered_is_told(region: Region, applied: Any) -> None:
    wrong = Region(folder=region.folder, variables={**region.variables, "OS_CLOUD": "elsewhere"})
    assert "no clouds.yaml names it" in wrong.run("preview", "--engine", "pulumi", code=1)["message"]
    none = {"OS_CLOUD": "", "OS_CLIENT_CONFIG_FILE": "", "OS_AUTH_URL": "http://127.0.0.1:9/v3"}
    other = {**none, "OS_USERNAME": "a", "OS_PASSWORD": "b", "OS_PROJECT_NAME": "a"}
    told = Region(folder=region.folder, variables={**region.variables, **other}).run("up", "--yes", code=1)
    assert "the state of the cloud at" in told["message"]


def test_no_secret_is_in_what_is_kept_told_or_shown_of_processes(region: Region, applied: Any) -> None:
    clouds = json.loads(Path(region.variables["OS_CLIENT_CONFIG_FILE"]).read_text())
    password = clouds["clouds"]["virgem"]["auth"]["password"].encode()
    passphrase = (region.state / "passphrase").read_bytes()
    kept = {path: path.read_bytes() for path in region.state.rglob("*") if path.is_file()}
    assert [path for path, data in kept.items() if password in data] == []
    assert [path.name for path, data in kept.items() if passphrase in data] == ["passphrase"]
    process, seen = region.start("preview", "--engine", "pulumi", "--every", "--verbose"), set[bytes]()
    while process.poll() is None:
        seen |= set(commands())
        time.sleep(0.02)
    output, told = process.communicate()
    assert any(b"pulumi" in words for words in seen)
    for text in (*seen, output.encode(), told.encode()):
        assert password not in text
        assert passphrase not in text


def commands() -> Iterator[bytes]:
    for folder in Path("/proc").glob("[0-9]*"):
        try:
            yield (folder / "cmdline").read_bytes()
        except OSError:
            continue


def test_a_large_deletion_asks_for_its_number(region: Region, applied: Any, admin: Cloud) -> None:
    before = tenancy.holdings(admin)
    refused = region.run("destroy", "--tenant", "34040", code=1)
    assert "the plan deletes" in refused["message"]
    assert tenancy.holdings(admin) == before


def test_two_at_a_time_are_refused_and_the_holder_is_named(region: Region, applied: Any) -> None:
    first = region.start("preview", "--engine", "pulumi", "--every")
    until(lambda: (region.state / ".virgem-holder").exists())
    told = region.run("up", "--yes", code=1)["message"]
    assert f"is being written by process {first.pid}" in told
    first.communicate()
    assert first.returncode == 0


def until(found: Any) -> None:
    deadline = time.monotonic() + 60
    while not found():
        assert time.monotonic() < deadline
        time.sleep(0.05)


def test_an_up_that_is_interrupted_or_killed_goes_on_where_it_stopped(
    region: Region, applied: Any, admin: Cloud
) -> None:
    before = belongings.seen(admin)
    region.run("destroy", "--tenant", "34040", "--applications", "--confirm", "49")
    left = belongings.seen(admin)
    # The port by which its router leads out is none of the 49.
    assert 0 < (before - left).total() <= 50
    for stop, code in ((interrupt, 130), (kill, -signal.SIGKILL)):
        stop_in_the_middle(region, admin, stop, code)
        left = belongings.seen(admin)
        assert (left - before).total() == 0
        assert left != before
    region.run("up", "--yes")
    assert belongings.seen(admin) == before
    assert region.run("preview", "--engine", "pulumi", "--every")["changes"] == []


def stop_in_the_middle(region: Region, admin: Cloud, stop: Callable[[subprocess.Popen[str]], None], code: int) -> None:
    """Begin to apply, and stop it when some objects are there and others being made."""
    there = belongings.seen(admin).total()
    process = region.start("up", "--yes")
    until(lambda: belongings.seen(admin).total() > there + 5 or process.poll() is not None)
    stop(process)
    _, told = process.communicate(timeout=300)
    assert process.returncode == code, told


def test_an_up_that_the_cloud_fails_comes_to_the_same_end(
    region: Region, applied: Any, admin: Cloud, way: Proxy
) -> None:
    before = belongings.seen(admin)
    region.run("destroy", "--tenant", "34040", "--applications", "--confirm", "49")
    script = way.script = Script(seed=SEED)
    try:
        codes = [ended(region.start("up", "--yes", "--tenant", "34040")) for _ in range(TRIES)]
    finally:
        way.script = None
    # Each kind of failure was met, one of them at least by a command that then failed.
    assert {fault for fault, _ in script.done} == {*FAULTS}, script.done
    assert codes[0] == 1
    region.run("up", "--yes", "--tenant", "34040")
    found = belongings.seen(admin)
    assert (sorted((before - found).elements()), sorted((found - before).elements())) == ([], []), script.done
    assert region.run("preview", "--engine", "pulumi", "--tenant", "34040", "--every")["changes"] == []


def ended(process: subprocess.Popen[str]) -> int:
    process.communicate(timeout=300)
    return process.returncode


def test_an_interrupted_destruction_goes_on_where_it_stopped_and_leaves_the_cloud_empty(
    region: Region, applied: Any, admin: Cloud
) -> None:
    count = str(region.run("destroy", code=1)["message"].split("deletes ")[1].split()[0])
    process = region.start("destroy", "--confirm", count)
    until(lambda: tenancy.holdings(admin)["servers"] < 9 or process.poll() is not None)
    process.send_signal(signal.SIGINT)
    _, told = process.communicate(timeout=300)
    assert process.returncode == 130, told
    left = str(region.run("destroy", code=1)["message"].split("deletes ")[1].split()[0])
    assert 0 < int(left) <= int(count)
    region.run("destroy", "--confirm", left)
    assert tenancy.holdings(admin) == EMPTY
    assert sorted(p["name"] for p in admin.get("identity", "/projects")["projects"]) == ["admin", "service"]
    assert admin.get("identity", "/groups")["groups"] == []
