"""A local OpenStack, started, used as a tenant, emptied, killed and stopped, all through its real API."""

from __future__ import annotations

import contextlib
import json
import os
import shutil
import signal
import socket
import stat
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from support import ROOT, missing, need_tool

from live.openstack import tenancy
from live.openstack.api import Cloud, Refused, administrator
from virgem.modules.twin.openstack import processes
from virgem.modules.twin.openstack.parts import HOSTS_OF_A_ZONE, PARTS, PORTS_NEEDED, ZONES
from virgem.modules.twin.openstack.services.networks import SERVICE as NETWORKS

pytestmark = pytest.mark.slow

EMPTY = dict.fromkeys(("networks", "ports", "servers", "flavors", "volumes", "images", "balancers", "zones"), 0)
# The server has a port, and the address of the load balancer is one.
FULL = dict.fromkeys(EMPTY, 1) | {"ports": 2}
FIRST, SECOND = "first", "second"


def virgem(state: Path, *arguments: str, code: int = 0) -> Any:
    """Run `virgem twin` with its instances in a folder of these tests; return its document."""
    command = [sys.executable, "-m", "virgem.modules.cli.entry", "--json", "twin", *arguments]
    environment = {**os.environ, "XDG_STATE_HOME": str(state)}
    done = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, timeout=3600, check=False)
    assert done.returncode == code, done.stderr[-3000:]
    return json.loads(done.stdout)


def processes_of(state: Path, name: str) -> tuple[int, ...]:
    file = state / "virgem" / "openstack" / name / "state.json"
    return processes.of(json.loads(file.read_text())["token"]) if file.exists() else ()


def launcher_of(state: Path, name: str) -> int:
    """The parent: the one whose own parent is none of them."""
    numbers = processes_of(state, name)
    parents = {
        number: int(Path(f"/proc/{number}/stat").read_text().rpartition(")")[2].split()[1]) for number in numbers
    }
    (found,) = (number for number, parent in parents.items() if parent not in numbers)
    return found


def answers(port: int) -> bool:
    with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", port), 2):
        return True
    return False


def listening(base: int) -> list[int]:
    return [port for port in range(base, base + PORTS_NEEDED) if answers(port)]


@pytest.fixture(scope="module")
def state() -> Iterator[Path]:
    """A folder for the instances of these tests, near the root: a socket's path may not be long."""
    if not sys.platform.startswith("linux"):
        missing("needs Linux")
    for name, package in {
        "mariadbd": "mariadb-server-core",
        "mariadb-install-db": "mariadb-server-core",
        "my_print_defaults": "mariadb-client-core",
    }.items():
        need_tool(name, package)
    folder = Path(tempfile.mkdtemp(prefix="virgem-"))
    yield folder
    for name in (FIRST, SECOND):
        virgem(folder, "down", "--name", name)
    shutil.rmtree(folder)


@pytest.fixture
def first(state: Path) -> dict[str, Any]:
    """The first instance: up, and empty."""
    (found,) = virgem(state, "up", "--name", FIRST)["instances"]
    virgem(state, "reset", "--name", FIRST)
    return dict(found)


@pytest.fixture
def admin(first: dict[str, Any]) -> Cloud:
    return administrator(Path(first["clouds"]))


def test_a_tenant_makes_one_of_everything_and_a_reset_removes_it_all_twice(state: Path, admin: Cloud) -> None:
    assert tenancy.holdings(admin) == EMPTY
    for _ in range(2):
        tenancy.everything(admin, "kortrijk")
        assert tenancy.holdings(admin) == FULL
        seconds = virgem(state, "reset", "--name", FIRST)["seconds"]
        assert seconds < 30
        assert tenancy.holdings(admin) == EMPTY
        names = [project["name"] for project in admin.get("identity", "/projects")["projects"]]
        assert sorted(names) == ["admin", "service"]


def test_after_a_reset_the_hosts_have_all_their_room_again(state: Path, admin: Cloud) -> None:
    tenancy.everything(admin, "kortrijk")
    used = sorted(host["vcpus_used"] for host in hypervisors(admin))
    virgem(state, "reset", "--name", FIRST)
    assert used == [0] * (len(ZONES) * HOSTS_OF_A_ZONE - 1) + [2]
    assert [host["vcpus_used"] for host in hypervisors(admin)] == [0] * len(used)
    providers = admin.get("placement", "/resource_providers")["resource_providers"]
    assert sorted(provider["name"] for provider in providers) == sorted(
        f"{zone}-{number + 1}" for zone in ZONES for number in range(HOSTS_OF_A_ZONE)
    )
    for provider in providers:
        usages = admin.get("placement", f"/resource_providers/{provider['uuid']}/usages")["usages"]
        assert set(usages.values()) == {0}, provider["name"]


def hypervisors(admin: Cloud) -> list[dict[str, Any]]:
    return list(admin.get("compute", "/os-hypervisors/detail")["hypervisors"])


def test_a_quota_refuses_what_is_too_much(admin: Cloud) -> None:
    cloud = tenancy.tenant(admin, "waregem")
    lan, _ = tenancy.network(cloud)
    limits = {"network": {"quota": {"network": 1}}, "compute": {"quota_set": {"cores": 2}}}
    admin.ask("PUT", "network", f"/v2.0/quotas/{cloud.project}", limits["network"])
    admin.ask("PUT", "compute", f"/os-quota-sets/{cloud.project}", limits["compute"])
    with pytest.raises(Refused, match="Quota exceeded") as refused:
        tenancy.network(cloud, "10.2.0.0/24")
    assert refused.value.status == 409
    image, flavor = tenancy.image(admin), tenancy.flavor(admin)
    tenancy.server(cloud, image, flavor, lan)
    with pytest.raises(Refused, match="Quota exceeded for cores") as refused:
        tenancy.server(cloud, image, flavor, lan, "second")
    assert refused.value.status == 403


def test_what_agents_would_report_of_routers_addresses_and_volumes_is_reported(admin: Cloud) -> None:
    cloud = tenancy.tenant(admin, "kortrijk")
    lan, subnet = tenancy.network(cloud)
    outside = tenancy.outside(admin)
    router = tenancy.router(cloud, outside, subnet)
    server = tenancy.server(cloud, tenancy.image(admin), tenancy.flavor(admin), lan)
    (port,) = cloud.get("network", f"/v2.0/ports?device_id={server['id']}")["ports"]
    wanted = {"floatingip": {"floating_network_id": outside, "port_id": port["id"]}}
    address = cloud.make("network", "/v2.0/floatingips", wanted)["floatingip"]["id"]
    assert cloud.get("network", f"/v2.0/floatingips/{address}")["floatingip"]["status"] == "ACTIVE"
    ports = admin.get("network", f"/v2.0/ports?device_id={router}")["ports"]
    assert [port["status"] for port in ports] == ["ACTIVE", "ACTIVE"]
    volume = tenancy.volume(cloud)["id"]
    cloud.make("compute", f"/servers/{server['id']}/os-volume_attachments", {"volumeAttachment": {"volumeId": volume}})
    cloud.until("block-storage", f"/{cloud.project}/volumes/{volume}", "in-use", "volume", "status")


def test_a_tenant_neither_sees_nor_removes_what_is_anothers(admin: Cloud) -> None:
    own, other = tenancy.tenant(admin, "kortrijk"), tenancy.tenant(admin, "waregem")
    lan, _ = tenancy.network(own)
    assert other.get("network", "/v2.0/networks")["networks"] == []
    with pytest.raises(Refused) as refused:
        other.ask("DELETE", "network", f"/v2.0/networks/{lan}")
    assert refused.value.status == 404


@pytest.fixture(scope="module")
def second(state: Path) -> tuple[dict[str, Any], float]:
    """A second instance, and the seconds its start took; the last test that uses it takes it down."""
    began = time.monotonic()
    (found,) = virgem(state, "up", "--name", SECOND)["instances"]
    return dict(found), time.monotonic() - began


def test_a_reset_takes_a_part_of_a_start_and_all_take_less_than_two_gibibytes(
    state: Path, second: tuple[dict[str, Any], float]
) -> None:
    instance, started = second
    tenancy.everything(administrator(Path(instance["clouds"])), "kortrijk")
    emptied = virgem(state, "reset", "--name", SECOND)["seconds"]
    (told,) = virgem(state, "status", "--name", SECOND)["instances"]
    print(f"start {started:.1f} s, reset {emptied:.2f} s, load {os.getloadavg()[0]:.1f}")
    print(f"{told['mebibytes']} MiB over {told['processes']} processes")
    assert emptied < started / 3
    assert told["mebibytes"] < 2048


def test_a_second_instance_stands_beside_the_first_and_knows_nothing_of_it(
    state: Path, second: tuple[dict[str, Any], float], admin: Cloud
) -> None:
    tenancy.tenant(admin, "kortrijk")
    found, _ = second
    other = administrator(Path(found["clouds"]))
    names = [project["name"] for project in other.get("identity", "/projects")["projects"]]
    assert sorted(names) == ["admin", "service"]
    told = virgem(state, "status")["instances"]
    assert [(one["name"], one["phase"]) for one in told] == [(FIRST, "ready"), (SECOND, "ready")]
    with pytest.raises(Refused):
        other.__class__(token=admin.token, project=other.project, urls=other.urls).get("identity", "/projects")
    virgem(state, "down", "--name", SECOND)
    assert listening(found["portBase"]) == []
    assert tenancy.holdings(admin) == EMPTY


def test_all_listen_on_this_machine_only(state: Path, first: dict[str, Any]) -> None:
    ss = need_tool("ss", "iproute2")
    lines = subprocess.run([ss, "-Hltn"], capture_output=True, text=True, check=True).stdout.splitlines()
    ports = range(first["portBase"], first["portBase"] + PORTS_NEEDED)
    addresses = {local for line in lines if int((local := line.split()[3]).rpartition(":")[2]) in ports}
    assert {address.rpartition(":")[0] for address in addresses} == {"127.0.0.1"}
    assert len(addresses) >= len(PARTS)


def test_no_password_is_on_a_command_line_in_a_log_or_open_to_others(state: Path, first: dict[str, Any]) -> None:
    folder = Path(first["folder"])
    told = json.loads((folder / "launch.json").read_text())
    secrets = {value.encode() for name, value in told.items() if name.endswith("_password")}
    commands = [Path(f"/proc/{number}/cmdline").read_bytes() for number in processes_of(state, FIRST)]
    logs = [path.read_bytes() for path in (folder / "log").iterdir()]
    assert [text for text in (*commands, *logs) if any(secret in text for secret in secrets)] == []
    holding = [path for path in folder.rglob("*") if is_small(path) and any(s in path.read_bytes() for s in secrets)]
    assert {"environment", "clouds.yaml", "launch.json", "nova.conf"} <= {path.name for path in holding}
    assert {stat.S_IMODE(path.stat().st_mode) for path in holding} == {0o600}
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700


def is_small(path: Path) -> bool:
    return path.is_file() and path.stat().st_size < 2**20 and "mysql" not in path.parts


def test_a_crashed_service_is_told_with_the_end_of_its_log(state: Path, first: dict[str, Any]) -> None:
    names = {number: Path(f"/proc/{number}/comm").read_text().strip() for number in processes_of(state, FIRST)}
    (number,) = (number for number, name in names.items() if name == "virgem-octavia")
    os.kill(number, signal.SIGKILL)
    (found,) = when(lambda: virgem_failed(state))
    assert found["services"]["octavia"] == "was ended by signal 9"
    assert found["problems"][0].startswith("octavia was ended by signal 9: ")
    (number,) = (number for number, name in names.items() if name == "mariadbd")
    os.kill(number, signal.SIGKILL)
    when(lambda: virgem_failed(state)[0]["services"]["database"] == "ended with -9")
    assert virgem_failed(state)[0]["problems"][1].startswith("the database ended: ")
    # Starting it again is starting it anew.
    (again,) = virgem(state, "up", "--name", FIRST)["instances"]
    assert again["phase"] == "ready"


def virgem_failed(state: Path) -> list[Any]:
    with contextlib.suppress(AssertionError):
        return list(virgem(state, "status", "--name", FIRST, code=1)["instances"])
    return []


def when(found: Any) -> Any:
    deadline = time.monotonic() + 30
    while not (value := found()):
        assert time.monotonic() < deadline
        time.sleep(0.2)
    return value


def test_a_killed_parent_leaves_nothing_and_the_next_start_is_clean(state: Path, first: dict[str, Any]) -> None:
    tenancy.tenant(administrator(Path(first["clouds"])), "kortrijk")
    os.kill(launcher_of(state, FIRST), signal.SIGKILL)
    when(lambda: not processes_of(state, FIRST))
    assert virgem(state, "status", "--name", FIRST, code=1)["instances"][0]["phase"] == "stopped"
    (found,) = virgem(state, "up", "--name", FIRST)["instances"]
    names = [
        project["name"] for project in administrator(Path(found["clouds"])).get("identity", "/projects")["projects"]
    ]
    assert sorted(names) == ["admin", "service"]


def test_an_interrupted_start_leaves_nothing(state: Path) -> None:
    command = [sys.executable, "-m", "virgem.modules.cli.entry", "twin", "up", "--name", SECOND]
    starting = subprocess.Popen(
        command,
        cwd=ROOT,
        env={**os.environ, "XDG_STATE_HOME": str(state)},
        # Whoever runs the tests may ignore interrupts, and so would the command then.
        preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL),
    )
    when(lambda: len(processes_of(state, SECOND)) > 3)
    starting.send_signal(signal.SIGINT)
    assert starting.wait(60) == 130
    assert processes_of(state, SECOND) == ()


def test_after_down_nothing_is_left(state: Path, first: dict[str, Any]) -> None:
    token = json.loads((Path(first["folder"]) / "state.json").read_text())["token"]
    # The services, of which one has several, the database and their parent: each is known by its mark.
    assert virgem(state, "down", "--name", FIRST)["processes"] == len(PARTS) + NETWORKS.processes - 1 + 2
    assert processes.of(token) == ()
    assert listening(first["portBase"]) == []
    assert not Path(first["folder"]).exists()
    assert virgem(state, "down", "--name", FIRST)["processes"] == 0
