"""The state, the folder and the ports of an instance."""

from __future__ import annotations

import json
import socket
import stat
import subprocess
import sys
import threading
from itertools import pairwise
from pathlib import Path

import pytest

from virgem.modules.problem import UserError
from virgem.modules.twin.openstack import control, instance, processes
from virgem.modules.twin.openstack.instance import State, choose_ports, clean, every, folder_of, held_ports, read, write
from virgem.modules.twin.openstack.parts import PORTS_NEEDED


@pytest.fixture(autouse=True)
def own_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    # A short path: a socket has to fit into it, and the folders of tests are long.
    short = tmp_path / "s"
    monkeypatch.setenv("XDG_STATE_HOME", str(short))
    monkeypatch.setattr(instance, "_SOCKET_LIMIT", 1000)
    return short


def state(name: str = "one", port_base: int = 15000) -> State:
    return State(name=name, token=instance.new_token(), port_base=port_base)


def test_a_state_reads_back() -> None:
    wanted = state()
    write(wanted)
    assert read("one") == wanted
    assert every() == (wanted,)


def test_without_a_state_there_is_no_instance() -> None:
    assert read("one") is None
    assert every() == ()
    assert control.status("one") is None


def test_only_its_owner_may_look_into_an_instance() -> None:
    assert stat.S_IMODE(write(state()).stat().st_mode) == 0o700


@pytest.mark.parametrize(
    "text", ["", "[]", "{", '{"name": "one"}', '{"zones": []}', '{"zones": [], "hosts": []}', "null"]
)
def test_a_damaged_state_is_told(text: str) -> None:
    folder = write(state())
    (folder / "state.json").write_text(text or "{}")
    with pytest.raises(UserError, match="is no state of an instance"):
        read("one")


@pytest.mark.parametrize("name", ["", "One", "a/b", "..", "-a", "a" * 21, "a b", "é"])
def test_a_name_that_cannot_be_one_is_refused(name: str) -> None:
    with pytest.raises(UserError, match="is no name for an instance"):
        folder_of(name)


@pytest.mark.parametrize("part", ["with space", "a?b", "a$b", "a&b", "a%b", "a'b", "é"])
def test_a_place_that_no_configuration_can_hold_is_refused(part: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_STATE_HOME", f"/tmp/{part}")
    with pytest.raises(UserError, match="characters that the configuration of OpenStack cannot hold"):
        folder_of("one")


def test_a_path_too_long_for_a_socket_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(instance, "_SOCKET_LIMIT", 108)
    monkeypatch.setenv("XDG_STATE_HOME", "/" + "a" * 90)
    with pytest.raises(UserError, match="too long a path for a socket"):
        folder_of("one")


def test_passwords_are_long_and_new_every_time() -> None:
    first, second = instance.new_secrets(), instance.new_secrets()
    texts = [getattr(made, name) for made in (first, second) for name in ("admin", "service", "certificates")]
    assert len(set(texts)) == 6
    assert {len(text) for text in texts} == {32}


# ---- ports


def test_the_first_free_ports_are_chosen() -> None:
    base = choose_ports(None, ())
    assert choose_ports(None, [state(port_base=base)]) >= base + PORTS_NEEDED


def test_starts_at_the_same_moment_that_know_nothing_of_each_other_get_ports_of_their_own() -> None:
    together, held = threading.Barrier(6), list[int]()

    def start() -> None:
        together.wait()
        with held_ports(None, ()) as base:
            held.append(base)
            together.wait()

    starts = [threading.Thread(target=start) for _ in range(6)]
    for one in starts:
        one.start()
    for one in starts:
        one.join()
    ordered = sorted(held)
    assert all(later - sooner > PORTS_NEEDED for sooner, later in pairwise(ordered))
    assert len(held) == 6


def test_ports_that_are_held_are_free_again_when_the_start_is_over() -> None:
    with held_ports(None, ()) as base, pytest.raises(UserError, match=f"port {base + PORTS_NEEDED} is in use"):
        choose_ports(base, ())
    assert choose_ports(base, ()) == base


def test_ports_of_another_instance_are_refused() -> None:
    with pytest.raises(UserError, match="the ports from 20005 on are those of the instance one"):
        choose_ports(20005, [state(port_base=20000)])


def test_a_port_in_use_is_refused_and_passed_over() -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        with pytest.raises(UserError, match=f"port {port} is in use"):
            choose_ports(min(port, instance.LAST_PORT), ())


@pytest.mark.parametrize("wanted", [0, 80, 65500, -1])
def test_a_port_base_out_of_range_is_refused(wanted: int) -> None:
    with pytest.raises(UserError, match="cannot be a port base"):
        choose_ports(wanted, ())


# ---- processes


def sleeper(token: str) -> subprocess.Popen[bytes]:
    """A process with the mark of an instance, and a child that has left its session."""
    script = "import subprocess; subprocess.run(['sleep', '600'], start_new_session=True)"
    return subprocess.Popen([sys.executable, "-c", script], env={processes.MARK: token, "PATH": "/usr/bin:/bin"})


def test_cleaning_ends_what_an_instance_started_and_nothing_else() -> None:
    mine, other = state(), state("two")
    folder = write(mine)
    write(other)
    with sleeper(mine.token) as started, sleeper(other.token) as left:
        while len(processes.of(mine.token)) < 2 or len(processes.of(other.token)) < 2:
            pass
        assert clean("one") == 2
        assert started.wait(10) < 0
        assert processes.of(mine.token) == ()
        assert len(processes.of(other.token)) == 2
        assert clean("two") == 2
        assert left.wait(10) < 0
    assert not folder.exists()


# All its memory is in use: the kernel gives that back before it closes the port.
HOLDER = """
import os, socket, sys
held = socket.create_server(("127.0.0.1", 0))
memory = bytearray(int(sys.argv[1]))
memory[::4096] = b"x" * len(memory[::4096])
print(held.getsockname()[1], flush=True)
os.read(0, 1)
"""


def test_after_cleaning_no_port_is_held() -> None:
    mine = state()
    write(mine)
    command = [sys.executable, "-c", HOLDER, str(512 * 2**20)]
    environment = {processes.MARK: mine.token, "PATH": "/usr/bin:/bin"}
    with subprocess.Popen(command, env=environment, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as holder:
        assert holder.stdout is not None
        port = int(holder.stdout.readline())
        assert clean("one") == 1
        with socket.socket() as other:
            assert other.connect_ex(("127.0.0.1", port)) != 0


def test_cleaning_what_is_not_there_does_nothing() -> None:
    assert clean("one") == 0


def test_an_instance_without_processes_is_stopped_and_cannot_be_emptied() -> None:
    write(state())
    found = control.status("one")
    assert found is not None
    assert (found.phase, found.problems) == ("stopped", ("its processes were ended from outside",))
    with pytest.raises(UserError, match="one is not up: its processes were ended from outside"):
        control.reset("one")


def test_the_launcher_is_told_all_it_asks_for(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(control.installing, "database_programs", lambda: (Path("/s"), Path("/i")))
    made = instance.setting(state(), Path("/e"), instance.new_secrets())
    told = json.loads(json.dumps(control.launch(made, "serve")))
    source = (Path(control.__file__).parent / "services" / "launch.py").read_text()
    asked = {line.split(":")[0].strip() for line in source.partition("class Launch:")[2].splitlines() if ": " in line}
    assert {"folder", *told} <= asked
