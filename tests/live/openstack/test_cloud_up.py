"""The cloud of an estate of two towns, applied by the real engine to a real control plane and seen by its API."""

from __future__ import annotations

import json
import os
import queue
import shutil
import signal
import stat
import subprocess
import sys
import tempfile
import time
from base64 import b64decode
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any

import pytest
import yaml
from invented_keys import invented
from support import ROOT, missing, need_tool

from live.openstack import belongings, tenancy
from live.openstack.api import Cloud, administrator
from live.openstack.faulty import FAULTS, Ambush, Proxy, Script, proxy
from live.openstack.regional import KORTRIJK, OPERATOR, Region, kill, towns, twin
from virgem.modules.cloud import isolating
from virgem.modules.cloud.engine import client
from virgem.modules.cloud.engine.access import access

pytestmark = pytest.mark.slow
NAME = "towns"
ALL = {"X-Auth-All-Projects": "true"}
IMAGES = ("image", "/v2/images"), "images"
FLAVORS = ("compute", "/flavors"), "flavors"
WAIVER = """\
owners: { ict: ICT }
waivers:
  proef: { rule: drift/Network/extra, target: kortrijk, reason: A trial, owner: ict, expires: 2099-12-31 }
"""
# Of the first eight failures by this seed each kind is one; so many commands meet them all.
SEED, TRIES = 9, 2
# A command is killed at so many changes of the cloud, the one that goes on with its work at one more, and so on.
KILL_EVERY = int(os.environ.get("VIRGEM_KILL_EVERY", "20"))
MOST_KILLS = 200
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
        clouds = {"OS_CLIENT_CONFIG_FILE": str(folder / "clouds.yaml"), "OS_CLOUD": "virgem", "VIRGEM_STATE": ""}
        made = Region(folder=folder / "estate", variables={**state, **clouds})
        made.write(**towns())
        (found,) = json.loads(twin(state, "up", "--name", NAME, "--estate", str(made.folder)))["instances"]
        (folder / "clouds.yaml").write_text(way.url(Path(found["clouds"]).read_text()))
        yield made
    finally:
        twin(state, "down", "--name", NAME)
        shutil.rmtree(folder)


@pytest.fixture(scope="module")
def foreseen(region: Region) -> Any:
    """What the engine foresees before anything was applied; it is saved."""
    return region.run("preview", "--engine", "pulumi", "--save-plan", *results(region), code=2)


def results(region: Region) -> tuple[str, str]:
    return "-o", str(region.folder.parent / "results")


@pytest.fixture(scope="module")
def applied(region: Region, foreseen: Any) -> Any:
    """What was done when that was applied as it was saved."""
    return region.run("up", "--yes", "--as-saved", *results(region))


@pytest.fixture(autouse=True)
def _as_it_was(region: Region) -> Iterator[None]:
    """Leave the next test the estate of two towns."""
    yield
    region.write(**towns())


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


def test_the_states_hold_what_the_programs_were_seen_to_declare(region: Region, applied: Any) -> None:
    declared = json.loads((region.state / "declared.json").read_text())["stacks"]
    assert len(declared) == 7
    for stack, preview in declared.items():
        told = {urn: set(resource["dependsOn"]) for urn, resource in preview["resources"].items()}
        assert told == {urn: on for urn, on in needs(region, stack).items() if urn in told}


def test_the_cloud_holds_what_the_plan_says(applied: Any, admin: Cloud) -> None:
    servers = admin.get("compute", "/servers/detail?all_tenants=1")["servers"]
    by_name = {server["name"]: server for server in servers}
    assert {"web-1", "web-2", "app-1"} <= set(by_name)
    assert {server["OS-EXT-AZ:availability_zone"] for server in servers} == {"west"}
    (zone,) = admin.get("compute", "/os-aggregates")["aggregates"]
    assert (zone["availability_zone"], set(zone["hosts"])) == ("west", {f"west-compute-{n}" for n in range(1, 13)})
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
    assert own == {"AddressScope", "Image", "Network", "Subnet", "SubnetPool", "rule of sharing"}


def test_a_flow_from_the_internet_finds_the_load_balancer_at_its_planned_address(applied: Any, admin: Cloud) -> None:
    (floating,) = admin.get("network", "/v2.0/floatingips")["floatingips"]
    # The first of the upper half, before the address of the one for IPv4.
    assert floating["floating_ip_address"] == "192.0.2.80"
    balancers = admin.get("load-balancer", "/v2/lbaas/loadbalancers")["loadbalancers"]
    front = next(balancer for balancer in balancers if balancer["name"] == "kortrijk-front-ipv4")
    assert (floating["port_id"], floating["fixed_ip_address"]) == (front["vip_port_id"], front["vip_address"])
    routers = {router["id"]: router for router in admin.get("network", "/v2.0/routers")["routers"]}
    gateway = routers[floating["router_id"]]["external_gateway_info"]
    assert gateway["network_id"] == floating["floating_network_id"]
    # Each router has an address in the lower half, behind that of the datacentre's.
    ways = [one["external_gateway_info"]["external_fixed_ips"] for one in routers.values()]
    places = sorted(int(way["ip_address"].rpartition(".")[2]) for (way,) in ways)
    assert len(places) == len(set(places)) == len(routers)
    assert all(66 <= place <= 79 for place in places)
    zones = {zone["name"]: zone for zone in admin.ask("GET", "dns", "/v2/zones", **ALL)["zones"]}
    zone = zones["kortrijk.virgem.example."]["id"]
    records = admin.ask("GET", "dns", f"/v2/zones/{zone}/recordsets", **ALL)["recordsets"]
    (outside,) = (record for record in records if record["name"].startswith("outside."))
    assert (outside["name"], outside["records"]) == ("outside.www.kortrijk.virgem.example.", ["192.0.2.80"])


def key_pairs(admin: Cloud) -> dict[str, str]:
    """The public keys of the pairs that the programs of Kortrijk have, by name."""
    (user,) = admin.get("identity", "/users?name=twee-kortrijk-automation")["users"]
    newer = {"OpenStack-API-Version": "compute 2.10"}
    pairs = admin.ask("GET", "compute", f"/os-keypairs?user_id={user['id']}", **newer)["keypairs"]
    return {pair["keypair"]["name"]: pair["keypair"]["public_key"] for pair in pairs}


def first_boots(admin: Cloud) -> dict[str, str]:
    """What each server was given for its first boot, by id."""
    newer = {"OpenStack-API-Version": "compute 2.3"}
    servers = admin.ask("GET", "compute", "/servers/detail?all_tenants=1", **newer)["servers"]
    return {one["id"]: b64decode(one["OS-EXT-SRV-ATTR:user_data"] or "").decode() for one in servers}


def test_servers_take_the_access_keys_at_their_first_boot_and_programs_have_them(
    region: Region, applied: Any, admin: Cloud
) -> None:
    key = invented("kortrijk/ict", "twee")
    assert key_pairs(admin) == {"kortrijk_ict": key}
    line = rf'- "expiry-time=\"20991231235959\" {key} kortrijk_ict"'
    wanted = f"#cloud-config\nssh_authorized_keys:\n{line}\n"
    # The two of Kortrijk; those of the others take no key.
    assert sorted(first_boots(admin).values())[-2:] == [wanted, wanted]
    assert {*first_boots(admin).values()} == {"", wanted}
    with whole_again(region, "data-34022"):
        lost = forget(region, "data-34022", "Keypair")
        found = region.run("import", "--tenant", "34022")
        assert {(one["place"], one["kind"], one["id"]) for one in found["taken"]} == lost
        assert region.run("up", "--yes", "--tenant", "34022")["changes"] == []


def test_another_access_key_makes_no_server_anew(region: Region, applied: Any, admin: Cloud) -> None:
    before, old, new = first_boots(admin), *(invented("kortrijk/ict", name) for name in ("twee", "drie"))
    region.write(**towns() | {"kortrijk": KORTRIJK.replace(old, new)})
    found = region.run("preview", "--engine", "pulumi", code=2)
    assert listed(found) == [("replace", "data-34022", "Keypair", "kortrijk_ict")]
    assert "--confirm 1" in region.run("up", "--yes", code=1)["hint"]
    region.run("up", "--yes", "--confirm", "1")
    assert (key_pairs(admin), first_boots(admin)) == ({"kortrijk_ict": new}, before)
    # One that is taken out goes, and comes back.
    region.write(**towns() | {"kortrijk": KORTRIJK[: KORTRIJK.index("  access-keys:")]})
    region.run("up", "--yes", "--confirm", "1")
    assert (key_pairs(admin), first_boots(admin)) == ({}, before)
    region.write(**towns())
    region.run("up", "--yes")
    assert (key_pairs(admin), first_boots(admin)) == ({"kortrijk_ict": old}, before)


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


@pytest.fixture(scope="module")
def credentials(region: Region, applied: Any) -> dict[str, Any]:
    """The access of each tenant's programs, as its clouds.yaml has it."""
    folder = region.folder.parent / "credentials"
    told = region.run("credentials", "-o", str(folder))["credentials"]
    clouds = {nis: yaml.safe_load((folder / nis / "clouds.yaml").read_text())["clouds"] for nis in told}
    return {nis: cloud[told[nis]["project"]] for nis, cloud in clouds.items()}


def test_no_tenant_lists_sees_joins_changes_or_deletes_what_is_anothers(
    region: Region, applied: Any, credentials: dict[str, Any], admin: Cloud
) -> None:
    operator = client.operator(access(region.variables).variables())
    before = census(operator)
    began = time.monotonic()
    told = region.run("isolation", "--attempts", "--yes", "-o", str(region.folder.parent / "results"))
    tried, seconds = told["attempts"], time.monotonic() - began
    objects = len(before)
    print(f"{len(credentials)} tenants, {objects} objects, {len(tried)} attempts: {told['verdicts']}, {seconds:.1f} s")
    # One object declared is tried to be shown and deleted by each of the two tenants that it does not belong to.
    declared = sum(belongings.declared(applied["changes"], ".virgem.example.").values())
    assert len(tried) > 2 * (len(credentials) - 1) * declared > 900
    assert set(told["verdicts"]) == {"allowed", "limited", "refused"}
    # A tenant for which no floating address is planned may have none, whatever it would lead to.
    assert {row["what"] for row in tried if row["verdict"] == "limited"} == {"float", "share it"}
    # Every service was asked to join, change and delete, and each tenant may use what is shared with all.
    asked = {(row["request"].split()[1], row["action"]) for row in tried}
    services = {"block-storage", "compute", "dns", "identity", "image", "load-balancer", "network"}
    assert {service for service, action in asked if action == "delete"} == services
    for tenant in credentials:
        may = {row["kind"] for row in tried if row["tenant"] == tenant and row["verdict"] == "allowed"}
        assert {"Image", "Flavor", "SubnetPool", "AddressScope"} <= may
        shown = {row["name"] for row in tried if row["tenant"] == tenant and row["action"] == "show"}
        assert {"debian-12", "external-west"} <= shown
    assert census(operator) == before


def census(operator: client.Client) -> dict[tuple[str, str], Any]:
    """All that the cloud holds, with every field; what services list within an object comes in no order."""
    return {(thing.kind, thing.id): ordered(thing.row) for thing in isolating.census(operator)}


def ordered(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: ordered(item) for key, item in value.items()}
    return sorted(map(ordered, value), key=str) if isinstance(value, list) else value


def test_a_second_up_and_a_preview_of_every_stack_find_nothing_to_do(region: Region, applied: Any) -> None:
    again = region.run("up", "--yes")
    assert (again["changes"], again["summary"]["unchanged"]) == ([], applied["summary"]["create"])
    every = region.run("preview", "--engine", "pulumi", "--every")
    assert (every["changes"], every["summary"]["unchanged"]) == ([], applied["summary"]["create"])
    assert again["told"].count(" objects ") == 0
    assert every["told"].count(" objects differ") == 7


def test_the_plain_pulumi_works_on_the_same_stacks(region: Region, applied: Any) -> None:
    """From the root, by Pulumi.yaml; the access is no part of what is told."""
    lines = region.run("env")["shell"]
    variables = access(region.variables).variables()
    assert not any(variables["OS_PASSWORD"] in line for line in lines)
    preview = "pulumi preview --stack tenant-34040 --non-interactive --expect-no-changes"
    environment = {k: v for k, v in os.environ.items() if k != "OS_CLOUD"} | variables
    command = ["sh", "-c", "\n".join([*lines, preview])]
    done = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, timeout=200, check=False)
    assert done.returncode == 0, done.stdout[-3000:] + done.stderr[-3000:]
    assert " unchanged" in done.stdout


def test_what_the_state_has_lost_is_taken_in_and_not_made_again(region: Region, applied: Any) -> None:
    """Of both stacks objects on which nothing else stands but what is lost too."""
    quotas = ("Quota", "QuotaSetV2", "QuotaV2", "QuoteSetV3")
    stacks = "data-34040", "tenant-34040"
    with whole_again(region, *stacks):
        before = {stack: needs(region, stack) for stack in stacks}
        lost = forget(region, "data-34040", *quotas, "Zone", "ZoneShareV2")
        lost |= forget(region, "tenant-34040", "Instance", "RouterInterface", "SecGroupRule")
        assert len(lost) > 20
        found = region.run("import", "--tenant", "34040")
        assert {(one["place"], one["kind"], one["id"]) for one in found["taken"]} == lost
        # They are taken away in the right order too.
        assert {stack: needs(region, stack) for stack in stacks} == before
        assert region.run("up", "--yes", "--tenant", "34040")["changes"] == []


def needs(region: Region, stack: str) -> dict[str, set[str]]:
    """Return what each resource of a state depends on."""
    resources = json.loads(state_file(region, stack).read_text())["checkpoint"]["latest"]["resources"]
    return {one["urn"]: set(one.get("dependencies") or ()) for one in resources}


def state_file(region: Region, stack: str) -> Path:
    return region.state / ".pulumi" / "stacks" / "virgem" / f"{stack}.json"


@contextmanager
def whole_again(region: Region, *stacks: str) -> Iterator[None]:
    """Put states back as they were when what is tried fails: the tests that follow need them."""
    files = [state_file(region, stack) for stack in stacks]
    before = {file: file.read_bytes() for file in files}
    try:
        yield
    except BaseException:
        for file, data in before.items():
            file.write_bytes(data)
        raise


def forget(region: Region, stack: str, *kinds: str) -> set[tuple[str, str, str]]:
    """Take the objects of these kinds out of a state; return their stack, type and id."""
    file = state_file(region, stack)
    told = json.loads(file.read_text())
    every = told["checkpoint"]["latest"]["resources"]
    lost = [one for one in every if one["type"].rpartition(":")[2] in kinds]
    left = [one for one in every if one not in lost]
    gone = {one["urn"] for one in lost}
    assert not [one["urn"] for one in left if gone & {*one.get("dependencies", ()), one.get("parent")}]
    told["checkpoint"]["latest"]["resources"] = left
    file.write_text(json.dumps(told))
    return {(stack, one["type"], one["id"]) for one in lost}


def test_only_the_stacks_that_a_change_touches_are_opened(region: Region, applied: Any) -> None:
    region.write(**towns() | {"kortrijk": KORTRIJK.replace("    www:", "    site: web\n    www:")})
    found = region.run("preview", "--engine", "pulumi", code=2)
    assert {place for _, place, _, _ in listed(found)} == {"tenant-34022"}
    assert {kind for _, _, kind, _ in listed(found)} == {"RecordSet"}
    assert found["told"].count(" objects differ") == 1


def test_a_saved_preview_is_refused_when_the_estate_or_the_state_has_moved(region: Region, applied: Any) -> None:
    as_saved = ("up", "--yes", "--as-saved", *results(region))
    # What was saved was applied since: nothing of it is left to do.
    told = region.run(*as_saved, code=1)["message"]
    assert "would be done: data-34022, " in told
    assert "create, not any more" in told
    assert f"... and {applied['summary']['create'] - 10} more" in told
    region.run("preview", "--engine", "pulumi", "--save-plan", *results(region))
    region.write(**towns() | {"kortrijk": KORTRIJK.replace("    www:", "    site: web\n    www:")})
    told = region.run(*as_saved, code=1)["message"]
    assert told.count("would be done: tenant-34022, RecordSet ") == told.count("create, new since") > 0


def test_what_others_change_is_named_refuses_what_was_saved_and_is_mended(
    region: Region, applied: Any, admin: Cloud
) -> None:
    before = belongings.seen(admin)
    (region.folder / "estate.yaml").write_text(OPERATOR + WAIVER)
    region.run("preview", "--engine", "pulumi", "--save-plan", *results(region))
    inside = administrator(Path(region.variables["OS_CLIENT_CONFIG_FILE"]), "twee-kortrijk")
    with meddled(inside):
        told = region.run("up", "--yes", "--as-saved", *results(region), code=1)["message"]
        assert "others changed: tenant-34022, SecGroupRule " in told
        found = region.run("drift", code=2)
        of_waregem = region.run("drift", "--tenant", "34040")
        refused = region.run("destroy", "--tenant", "34022", "--applications", "--confirm", "0", code=1)["message"]
        assert "in that of tenant 34022 (Kortrijk): Instance extra, Port " in refused
    # The rule; the quota; a host of the zone; a server, the port that it got, and a network that nobody declared.
    assert sorted((action, place, kind) for action, place, kind, _ in listed(found)) == [
        ("create", "data-34022", "Instance"),
        ("create", "data-34022", "Network"),
        ("create", "data-34022", "Port"),
        ("delete", "tenant-34022", "SecGroupRule"),
        ("update", "data-34022", "QuotaV2"),
        ("update", "shared", "AggregateV2"),
    ]
    assert {name for *_, kind, name in listed(found) if kind in ("Instance", "Network")} == {"extra"}
    assert {one["rule"] for one in found["differences"] if one["ignored"]} == {"drift/Network/extra"}
    assert {one["target"] for one in found["differences"]} == {"kortrijk", "twee"}
    assert of_waregem["changes"] == []
    region.write(**towns())
    assert "drift told of 3 objects that others changed" in region.run("preview", code=2)["told"]
    mended = region.run("up", "--yes")
    assert sorted((action, kind) for action, _, kind, _ in listed(mended)) == [
        ("create", "SecGroupRule"),
        ("update", "AggregateV2"),
        ("update", "QuotaV2"),
    ]
    until(lambda: belongings.seen(admin) == before)
    assert region.run("drift")["changes"] == []
    assert region.run("preview")["changes"] == []


def take_out_a_host(admin: Cloud) -> None:
    """Take one that runs no server out of the zone."""
    (zone,) = admin.get("compute", "/os-aggregates")["aggregates"]
    servers = admin.get("compute", "/servers/detail?all_tenants=1")["servers"]
    idle = sorted(set(zone["hosts"]) - {server["OS-EXT-SRV-ATTR:host"] for server in servers})
    admin.make("compute", f"/os-aggregates/{zone['id']}/action", {"remove_host": {"host": idle[0]}})


@contextmanager
def meddled(inside: Cloud) -> Iterator[None]:
    """Take a rule and a host away, change a quota, and make a server and a network, which are gone at the end."""
    networks = inside.get("network", f"/v2.0/networks?project_id={inside.project}")["networks"]
    image, flavor = (inside.get(*where)[rows][0]["id"] for where, rows in (IMAGES, FLAVORS))
    lan = next(n["id"] for n in networks if n["name"].startswith("kortrijk-application"))
    rules = inside.get("network", f"/v2.0/security-group-rules?project_id={inside.project}")["security_group_rules"]
    rule = next(rule for rule in rules if rule["remote_address_group_id"])
    with ExitStack() as after:
        network = inside.make("network", "/v2.0/networks", {"network": {"name": "extra"}})["network"]["id"]
        after.callback(inside.ask, "DELETE", "network", f"/v2.0/networks/{network}")
        server = tenancy.server(inside, image, flavor, lan, "extra")["id"]
        after.callback(inside.ask, "DELETE", "compute", f"/servers/{server}")
        inside.ask("DELETE", "network", f"/v2.0/security-group-rules/{rule['id']}")
        take_out_a_host(inside)
        inside.ask("PUT", "network", f"/v2.0/quotas/{inside.project}", {"quota": {"port": 1234}})
        yield


def test_a_cloud_that_cannot_be_entered_is_told(region: Region, applied: Any) -> None:
    wrong = Region(folder=region.folder, variables={**region.variables, "OS_CLOUD": "elsewhere"})
    assert "no clouds.yaml names it" in wrong.run("preview", "--engine", "pulumi", code=1)["message"]
    none = {"OS_CLOUD": "", "OS_CLIENT_CONFIG_FILE": "", "OS_AUTH_URL": "http://127.0.0.1:9/v3"}
    other = {**none, "OS_USERNAME": "a", "OS_PASSWORD": "b", "OS_PROJECT_NAME": "a"}
    told = Region(folder=region.folder, variables={**region.variables, **other}).run("up", "--yes", code=1)
    assert "the state of the cloud at" in told["message"]


def test_no_secret_is_in_what_is_kept_told_or_shown_of_processes(
    region: Region, applied: Any, credentials: dict[str, Any]
) -> None:
    clouds = json.loads(Path(region.variables["OS_CLIENT_CONFIG_FILE"]).read_text())
    password = clouds["clouds"]["virgem"]["auth"]["password"].encode()
    of_tenants = [cloud["auth"]["application_credential_secret"].encode() for cloud in credentials.values()]
    passphrase = (region.state / "passphrase").read_bytes()
    kept = {path: path.read_bytes() for path in region.state.rglob("*") if path.is_file()}
    assert len(set(of_tenants)) == 3
    assert [path for path, data in kept.items() if any(secret in data for secret in (password, *of_tenants))] == []
    places = [path for path in (region.folder.parent / "credentials").rglob("*") if path.is_file()]
    assert {(path.name, stat.S_IMODE(path.stat().st_mode)) for path in places} == {
        ("clouds.yaml", 0o600),
        ("openrc", 0o600),
    }
    assert [path.name for path, data in kept.items() if passphrase in data] == ["passphrase"]
    for words in (("preview", "--engine", "pulumi", "--every", "--verbose"), ("credentials", "--verbose")):
        process, seen = region.start(*words), set[bytes]()
        while process.poll() is None:
            seen |= set(commands())
            time.sleep(0.02)
        output, told = process.communicate()
        assert any(b"pulumi" in words for words in seen)
        for text in (*seen, output.encode(), told.encode()):
            assert [secret for secret in (password, passphrase, *of_tenants) if secret in text] == []
    # Written where none was named: by the second command, for the operator alone.
    told_of = region.state / "credentials"
    assert sorted(path.name for path in told_of.iterdir()) == ["34022", "34040", "shared"]
    shutil.rmtree(told_of)


def commands() -> Iterator[bytes]:
    for folder in Path("/proc").glob("[0-9]*"):
        try:
            yield (folder / "cmdline").read_bytes()
        except OSError:
            continue


def test_a_large_deletion_asks_for_its_number_and_a_tenant_that_goes_for_its_name(
    region: Region, applied: Any, admin: Cloud
) -> None:
    before = tenancy.holdings(admin)
    refused = region.run("destroy", "--tenant", "34040", code=1)
    assert "the plan deletes" in refused["message"]
    region.write(kortrijk=KORTRIJK)
    told = region.run("up", "--yes", "--tenant", "34040", code=1)
    assert "this removes tenant 34040 (Waregem)" in told["message"]
    assert "--remove 34040" in told["hint"]
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


def test_an_up_that_is_interrupted_goes_on_where_it_stopped(region: Region, applied: Any, admin: Cloud) -> None:
    before = belongings.seen(admin)
    gone = destroy(region, "--tenant", "34040", "--applications")
    left = belongings.seen(admin)
    # The port by which its router leads out is none of those that are declared.
    assert 0 < (before - left).total() <= gone + 1
    process = region.start("up", "--yes")
    there = belongings.seen(admin).total()
    until(lambda: belongings.seen(admin).total() > there + 5 or process.poll() is not None)
    process.send_signal(signal.SIGINT)
    _, told = process.communicate(timeout=300)
    assert process.returncode == 130, told
    left = belongings.seen(admin)
    assert (left - before).total() == 0
    assert left != before
    region.run("up", "--yes")
    assert belongings.seen(admin) == before
    assert region.run("preview", "--engine", "pulumi", "--every")["changes"] == []


def test_what_is_killed_at_any_request_goes_on_where_it_stopped(
    region: Region, applied: Any, admin: Cloud, way: Proxy
) -> None:
    """The cloud did what the last request asked, and nobody was left to hear of it."""
    before, tenant = belongings.seen(admin), ("--tenant", "34040")
    count = to_confirm(region, *tenant)
    down = killed_on_the_way(region, way, lambda: ("destroy", *tenant, "--confirm", str(to_confirm(region, *tenant))))
    assert [project for _, project, _ in belongings.seen(admin) if project == "twee-waregem"] == []
    up = killed_on_the_way(region, way, lambda: ("up", "--yes", *tenant))
    print(f"killed {len(down)} times while destroying and {len(up)} times while applying {count} objects")
    assert min(len(down), len(up)) > 1
    found = belongings.seen(admin)
    assert (sorted((before - found).elements()), sorted((found - before).elements())) == ([], []), (down, up)
    assert region.run("preview", "--engine", "pulumi", *tenant, "--every")["changes"] == []


def killed_on_the_way(region: Region, way: Proxy, words: Callable[[], tuple[str, ...]]) -> list[str]:
    """Run it until it comes to its end, each time killed one change later; return the requests at which it was.

    At the same number it might be killed for ever: what was half-made is made anew each time.
    """
    struck: list[str] = []
    while len(struck) < MOST_KILLS:
        command, started = words(), queue.Queue[subprocess.Popen[str]]()
        ambush = way.script = Ambush(at=KILL_EVERY + len(struck), strike=lambda at=started: kill(at.get()))
        try:
            process = region.start(*command)
            started.put(process)
            _, told = process.communicate(timeout=600)
        finally:
            way.script = None
        if not ambush.struck:
            assert process.returncode == 0, told[-3000:]
            break
        assert process.returncode == -signal.SIGKILL, told[-3000:]
        struck.append(ambush.struck)
    return struck


def to_confirm(region: Region, *words: str) -> int:
    """How many objects a destruction says that it deletes, while it is not confirmed."""
    process = region.start("destroy", *words)
    output, told = process.communicate(timeout=600)
    if process.returncode == 0:
        return 0
    message = json.loads(output)["message"]
    assert "deletes " in message, told[-3000:]
    return int(message.split("deletes ")[1].split()[0])


def destroy(region: Region, *words: str) -> int:
    """Destroy as many as it says, and return the number."""
    count = to_confirm(region, *words)
    region.run("destroy", *words, "--confirm", str(count))
    return count


def test_an_up_that_the_cloud_fails_comes_to_the_same_end(
    region: Region, applied: Any, admin: Cloud, way: Proxy
) -> None:
    before = belongings.seen(admin)
    destroy(region, "--tenant", "34040", "--applications")
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
    count = to_confirm(region)
    process = region.start("destroy", "--confirm", str(count))
    until(lambda: tenancy.holdings(admin)["servers"] < 9 or process.poll() is not None)
    process.send_signal(signal.SIGINT)
    _, told = process.communicate(timeout=300)
    assert process.returncode == 130, told
    assert 0 < destroy(region) <= count
    assert tenancy.holdings(admin) == EMPTY
    assert sorted(p["name"] for p in admin.get("identity", "/projects")["projects"]) == ["admin", "service"]
    assert admin.get("identity", "/groups")["groups"] == []
    assert [user for user in admin.get("identity", "/users")["users"] if "automation" in user["name"]] == []
