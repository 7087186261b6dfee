"""The verb, where nothing is up or the machine lacks something."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from virgem.modules.cli.main import main
from virgem.modules.twin.openstack import control, installing, instance, processes


@pytest.fixture(autouse=True)
def own_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "s"))
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "c"))
    monkeypatch.setattr(instance, "_SOCKET_LIMIT", 1000)


def test_without_an_instance_status_says_how_to_get_one(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["twin", "status"]) == 3
    assert capsys.readouterr().out == "none is up (virgem twin up)\n"


def test_what_was_ended_from_outside_is_an_error(capsys: pytest.CaptureFixture[str]) -> None:
    instance.write(instance.State(name="one", token=instance.new_token(), port_base=15000))
    assert main(["twin", "status", "--json"]) == 1
    (found,) = json.loads(capsys.readouterr().out)["instances"]
    assert (found["name"], found["phase"], found["processes"]) == ("one", "stopped", 0)


def test_what_is_not_up_cannot_be_emptied(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["twin", "reset"]) == 1
    assert "openstack is not up" in capsys.readouterr().err


def test_what_is_not_up_can_be_stopped(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["twin", "down", "--name", "one"]) == 0
    assert capsys.readouterr().out == "one is down: 0 processes ended\n"


def test_ports_are_chosen_when_an_instance_is_started_only(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["twin", "down", "--port-base", "20000"]) == 1
    assert "--port-base says nothing to down" in capsys.readouterr().err


def test_without_mariadb_nothing_is_installed_and_the_package_is_named(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(installing.shutil, "which", lambda *_, **__: None)
    monkeypatch.setattr(installing.sys, "platform", "linux")
    assert main(["twin", "up"]) == 1
    assert "apt install mariadb-server-core mariadb-client-core" in capsys.readouterr().err
    assert not installing.home().exists()


def test_a_launcher_that_fails_is_told_with_its_last_lines(tmp_path: Path) -> None:
    python = tmp_path / "environment" / "bin" / "python"
    python.parent.mkdir(parents=True)
    python.write_text("#!/bin/sh\necho 'first'\necho 'no such module'\nexit 1\n")
    python.chmod(0o755)
    folder, token = tmp_path / "one", instance.new_token()
    instance.make_folders(folder)
    launcher = control._start(folder, tmp_path / "environment", token)
    with pytest.raises(Exception, match="did not start: first\nno such module"):
        control._follow(launcher, folder, token, print)
    assert processes.of(token) == ()
