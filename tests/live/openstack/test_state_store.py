"""A state in PostgreSQL or S3 that several machines share, by the real engine; no cloud is asked."""

from __future__ import annotations

import json
import os
import re
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import pytest
from support import ROOT

from live.openstack import postgres, s3
from live.openstack.postgres import Database
from live.openstack.regional import kill
from live.openstack.s3 import Bucket

pytestmark = pytest.mark.slow
PHRASE, SECRET = "CANARY-of-the-passphrase", "CANARY-of-a-secret"
ACCESS = {
    "OS_AUTH_URL": "http://127.0.0.1:9/v3",
    "OS_USERNAME": "a",
    "OS_PASSWORD": "CANARY-of-the-cloud",
    "OS_PROJECT_NAME": "a",
    "OS_CLOUD": "",
}


Store = Database | Bucket


@pytest.fixture(scope="module", params=["postgresql", "s3"])
def store(engine: None, request: pytest.FixtureRequest) -> Iterator[Store]:
    with postgres.database() if request.param == "postgresql" else s3.bucket() as found:
        yield found


@dataclass(frozen=True, slots=True, kw_only=True)
class Machine:
    """One operator's machine: a home, and a file with the passphrase."""

    home: Path
    url: str
    phrase: str = PHRASE
    access: dict[str, str]
    more: dict[str, str] = field(default_factory=dict)

    def start(self, what: str = "up", *stacks: str) -> subprocess.Popen[str]:
        self.home.mkdir(exist_ok=True)
        (self.home / "phrase").write_text(self.phrase)
        own = {
            "XDG_STATE_HOME": str(self.home),
            "VIRGEM_STATE": self.url,
            "PULUMI_CONFIG_PASSPHRASE": "",
            "PULUMI_CONFIG_PASSPHRASE_FILE": str(self.home / "phrase") if self.phrase else "",
            "SECRET": SECRET,
            "PYTHONPATH": os.pathsep.join(str(path) for path in (ROOT / "tests", *sys.path) if path),
        }
        return subprocess.Popen(
            [sys.executable, "-m", "live.openstack.operator", what, *(stacks or ("shared",))],
            cwd=ROOT,
            env={**os.environ, **ACCESS, **self.access, **own, **self.more},
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )

    def run(self, what: str = "up", *stacks: str) -> Any:
        return ended(self.start(what, *stacks))


def ended(process: subprocess.Popen[str]) -> Any:
    output, told = process.communicate(timeout=300)
    assert process.returncode == 0, told[-3000:]
    return json.loads(output)


@pytest.fixture(scope="module")
def first(store: Store, tmp_path_factory: pytest.TempPathFactory) -> Machine:
    """The machine that made the store: it holds one stack."""
    made = Machine(home=tmp_path_factory.mktemp("first"), url=store.url("klein"), access=store.access)
    done = made.run()
    assert (done["held"], done["faults"], done["outputs"]) == ([], [], ["secret"])
    return made


@pytest.fixture
def second(first: Machine, tmp_path: Path) -> Machine:
    """Another one, which has seen nothing of it yet."""
    return replace(first, home=tmp_path)


def test_a_second_machine_goes_on_with_what_the_first_has_made(first: Machine, second: Machine) -> None:
    # More than the engine has connections at once.
    more = [f"data-{number}" for number in range(2 * (os.cpu_count() or 1) + 1)]
    assert second.run("up", *more)["faults"] == []
    gone = first.run("destroy", more[0])
    assert gone["held"] == sorted([*more, "shared"])
    assert gone["faults"] == []
    assert second.run()["held"] == sorted([*more[1:], "shared"])


@pytest.mark.parametrize(("phrase", "said"), [("another", "is not the one of the state in"), ("", "is missing")])
def test_a_passphrase_that_is_wrong_or_missing_is_told_with_the_way_out(
    second: Machine, phrase: str, said: str
) -> None:
    told = replace(second, phrase=phrase).run()
    assert said in told["refused"]
    assert "PULUMI_CONFIG_PASSPHRASE_FILE" in told["hint"]
    assert "CANARY" not in str(told)


def test_the_store_of_another_estate_or_cloud_is_refused(second: Machine) -> None:
    elsewhere = replace(second, more={"OS_AUTH_URL": "http://127.0.0.1:8/v3"}).run()
    assert "the cloud at http://127.0.0.1:9/v3, not of the cloud at http://127.0.0.1:8/v3" in elsewhere["refused"]
    other = replace(second, more={"ESTATE": "groot"}).run()
    assert "holds the state of the estate klein, not of the estate groot" in other["refused"]
    assert "?table=NAME" in other["hint"]


def test_a_store_that_cannot_be_entered_is_told(second: Machine, store: Store) -> None:
    for url, access, said, way in store.refusals():
        told = replace(second, url=url, more=access).run()
        assert said in told["refused"]
        assert way in told["hint"]
        assert "RequestID" not in told["refused"]
        assert "CANARY" not in str(told)


@pytest.mark.parametrize("store", ["s3"], indirect=True)
def test_the_state_lies_in_the_bucket_and_its_secrets_are_not_to_be_read(first: Machine, store: Bucket) -> None:
    kept = store.objects()
    assert "klein/.pulumi/stacks/virgem/shared.json" in kept
    assert not [key for key, content in kept.items() if b"CANARY" in content]
    assert not list(first.home.rglob(".pulumi"))


def held_open(machine: Machine, folder: Path) -> tuple[subprocess.Popen[str], Path]:
    """Have a machine work on the first stack until the file is there."""
    ready = folder / "ready"
    process = replace(machine, more={"WAIT_FOR": str(ready)}).start()
    deadline = time.monotonic() + 300
    while not ready.with_suffix(".waiting").exists():
        assert process.poll() is None
        assert time.monotonic() < deadline
        time.sleep(0.05)
    return process, ready


def test_of_two_at_once_the_second_is_told_who_the_first_is(first: Machine, second: Machine, tmp_path: Path) -> None:
    process, ready = held_open(first, tmp_path)
    (fault,) = second.run()["faults"]
    ready.touch()
    assert ended(process)["faults"] == []
    host = re.escape(socket.gethostname())
    assert re.match(rf"the stack is held by process \d+ of \S+ on {host}, since \d+-\d\d-\d\dT\S+: ", fault), fault
    assert second.run()["faults"] == []


def test_the_lock_of_a_killed_engine_is_given_up_by_its_own_machine_only(
    first: Machine, second: Machine, tmp_path: Path
) -> None:
    process, _ = held_open(first, tmp_path)
    kill(process)
    process.communicate()
    assert process.returncode == -signal.SIGKILL
    # The other one cannot know: this may be a machine of the same name.
    (fault,) = second.run()["faults"]
    assert "the stack is held by process" in fault
    assert first.run()["faults"] == []
    assert second.run()["faults"] == []


def commands() -> Iterator[bytes]:
    for folder in Path("/proc").glob("[0-9]*"):
        with suppress(OSError):
            yield (folder / "cmdline").read_bytes()


def test_no_secret_is_in_what_is_kept_told_or_shown_of_processes(first: Machine, tmp_path: Path) -> None:
    process, ready = held_open(first, tmp_path)
    shown = list(commands())
    ready.touch()
    output, told = process.communicate(timeout=120)
    folder = Path(json.loads(output)["folder"])
    assert any(b"pulumi" in words for words in shown)
    assert not any(b"CANARY" in text for text in (*shown, output.encode(), told.encode()))
    kept = [path for path in folder.rglob("*") if path.is_file()]
    assert {"shared.log", "store.log"} <= {path.name for path in kept}
    assert [path.name for path in kept if b"CANARY" in path.read_bytes()] == []
