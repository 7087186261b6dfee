"""Starts, empties and stops local OpenStacks."""

from __future__ import annotations

import contextlib
import json
import os
import shutil
import subprocess
import time
from collections.abc import Iterator
from dataclasses import dataclass
from multiprocessing.connection import Client
from pathlib import Path
from typing import Any

from virgem.modules import files
from virgem.modules.problem import UserError
from virgem.modules.twin.openstack import installing, instance, processes, settings
from virgem.modules.twin.openstack.installing import Report
from virgem.modules.twin.openstack.instance import State
from virgem.modules.twin.openstack.parts import HOSTS_OF_A_ZONE, PARTS
from virgem.modules.twin.openstack.places import Places

_READY_SECONDS = 600
_RESET_SECONDS = 120
# What belongs to virgem's own Python would be read by the other one too.
_OWN_VARIABLES = ("PYTHONPATH", "PYTHONHOME", "PYTHONPYCACHEPREFIX", "PYTHONDONTWRITEBYTECODE", "VIRTUAL_ENV")


@dataclass(frozen=True, slots=True, kw_only=True)
class Status:
    """An instance as it is now; `phase` is ready, starting, failed or stopped."""

    state: State
    folder: Path
    phase: str
    services: dict[str, str]
    problems: tuple[str, ...]
    processes: int
    mebibytes: float

    @property
    def environment_file(self) -> Path:
        """Return the file with the administrator's access as variables."""
        return self.folder / "environment"

    @property
    def clouds_file(self) -> Path:
        """Return the same for openstacksdk."""
        return self.folder / "clouds.yaml"


def install(report: Report) -> Path:
    """Install the services and make the empty databases, whatever of it is not there yet."""
    installing.database_programs()
    environment = installing.install(report)
    _template(environment, report)
    return environment


def up(name: str, port_base: int | None, report: Report, places: Places | None = None) -> Status:
    """Start an instance unless it is up; what an earlier one of this name left is removed first.

    Raises UserError where one of this name is up on other ports or in other places than these, where they are given.
    """
    environment = install(report)
    with _alone(name):
        found = status(name)
        if found and found.phase == "ready":
            _check_same(found.state, port_base, places)
            return found
        instance.clean(name)
        with instance.held_ports(port_base, instance.every()) as base:
            wanted = places or Places()
            state = State(name=name, token=instance.new_token(), port_base=base, zones=wanted.zones, hosts=wanted.hosts)
            folder = instance.write(state)
            _prepare(state, environment)
            shutil.copytree(_template(environment, report), folder / "data" / "mysql")
            launcher = _start(folder, environment, state.token)
            _follow(launcher, folder, state.token, report)
    return _status(state)


def _check_same(state: State, port_base: int | None, places: Places | None) -> None:
    if port_base not in (None, state.port_base):
        other = f"on the ports from {state.port_base} on"
    elif places and (places.zones, places.hosts) != (state.zones, state.hosts):
        other = f"with the zones {', '.join(state.zones)}" + (" and other hosts" if places.zones == state.zones else "")
    else:
        return
    raise UserError(f"{state.name} is up {other}", f"virgem twin down --name {state.name}, or choose another --name")


def down(name: str) -> int:
    """Stop an instance and remove all of it; return how many processes were ended."""
    with _alone(name):
        return instance.clean(name)


def reset(name: str) -> float:
    """Empty the cloud of an instance; return the seconds it took."""
    began = time.monotonic()
    with _alone(name):
        found = status(name)
        if found is None or found.phase != "ready":
            reason = "; ".join(found.problems) if found else ""
            raise UserError(f"{name} is not up{': ' if reason else ''}{reason}", f"virgem twin up --name {name}")
        answer = _ask(found.folder / "control.sock", b"reset")
    if answer != b"done":
        raise UserError(f"{name} could not be emptied: {answer.decode(errors='replace')}", "stop it and start it again")
    return time.monotonic() - began


def _ask(path: Path, order: bytes) -> bytes:
    try:
        with Client(str(path), "AF_UNIX") as connection:
            connection.send_bytes(order)
            return connection.recv_bytes(2**16) if connection.poll(_RESET_SECONDS) else b"it does not answer"
    except (OSError, EOFError) as error:
        return f"its launcher cannot be reached ({error})".encode()


def status(name: str) -> Status | None:
    """Return how an instance is, None where there is none."""
    state = instance.read(name)
    return _status(state) if state else None


def _status(state: State) -> Status:
    folder = instance.folder_of(state.name)
    told, running = _told(folder), processes.of(state.token)
    phase = told.get("phase", "starting") if running else "stopped"
    problems = tuple(told.get("problems", ()))
    if not running and not problems:
        problems = ("its processes were ended from outside",)
    return Status(
        state=state,
        folder=folder,
        phase=phase,
        services=told.get("services", {}),
        problems=problems,
        processes=len(running),
        mebibytes=processes.mebibytes(state.token),
    )


def _told(folder: Path) -> dict[str, Any]:
    """Return what the launcher last said of itself."""
    try:
        found: dict[str, Any] = json.loads((folder / "status.json").read_bytes())
    except (OSError, ValueError):
        return {}
    return found


@contextlib.contextmanager
def _alone(name: str) -> Iterator[None]:
    """Keep others from starting or stopping the same instance."""
    folder = instance.root() / ".locks" / name
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    except OSError as error:
        raise files.explain(error, folder) from error
    with files.locked(folder):
        yield


# ---- the empty databases


def _template(environment: Path, report: Report) -> Path:
    """Return the files of MariaDB with every table of every service and no rows; they are made once."""
    home = installing.home()
    template = home / f"template-{installing.recipe()}"
    if not template.exists():
        with files.locked(home):
            if not template.exists():
                report("making the empty databases (once; half a minute of processor time)")
                _make_template(home, template, environment, report)
    return template


def _make_template(home: Path, template: Path, environment: Path, report: Report) -> None:
    """Let every service make its tables in an instance that serves nobody."""
    folder, token = home / "making", f"making-{files.digest(os.fsencode(home))[:12]}"
    processes.end(token)
    shutil.rmtree(folder, ignore_errors=True)
    instance.check_path(folder)
    instance.make_folders(folder)
    setting = settings.Setting(
        folder=folder, environment=environment, port_base=instance.FIRST_PORT, secrets=instance.new_secrets()
    )
    _write_files(setting, "migrate")
    launcher = _start(folder, environment, token)
    _follow(launcher, folder, token, report)
    os.replace(folder / "data" / "mysql", template)
    shutil.rmtree(folder)


# ---- a start


def _prepare(state: State, environment: Path) -> None:
    setting = instance.setting(state, environment, instance.new_secrets())
    _write_files(setting, "serve")
    _write_private(setting.folder / "environment", settings.environment_file(setting))
    _write_private(setting.folder / "clouds.yaml", settings.clouds_file(setting))


def _write_files(setting: settings.Setting, mode: str) -> None:
    for path, text in settings.config_files(setting).items():
        (setting.folder / path).parent.mkdir(parents=True, exist_ok=True)
        _write_private(setting.folder / path, text)
    _write_private(setting.folder / "launch.json", json.dumps(launch(setting, mode)))


def launch(setting: settings.Setting, mode: str) -> dict[str, object]:
    """Return what the launcher is told (see services/launch.py)."""
    server, installer = installing.database_programs()
    return {
        "mode": mode,
        "ports": {part.name: setting.port(part.name) for part in PARTS},
        "databases": {part.name: part.databases for part in PARTS},
        "endpoints": [
            {"name": part.name, "kind": kind, "url": setting.url(part.name) + part.path}
            for part in PARTS
            for kind in (part.kind, part.other_kind)
            if kind
        ],
        "region": settings.REGION,
        "zones": {
            zone: setting.hosts.get(zone) or [f"{zone}-{n + 1}" for n in range(HOSTS_OF_A_ZONE)]
            for zone in setting.zones
        },
        "bare": sorted(setting.hosts),
        "admin_password": setting.secrets.admin,
        "service_password": setting.secrets.service,
        "certificates_password": setting.secrets.certificates,
        "database_server": str(server),
        "database_installer": str(installer),
    }


def _write_private(path: Path, text: str) -> None:
    """Write a file that holds a password: nobody else may read it, not even while it is written."""
    try:
        handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        with os.fdopen(handle, "w") as file:
            file.write(text)
    except OSError as error:
        raise files.explain(error, path) from error


def _start(folder: Path, environment: Path, token: str) -> subprocess.Popen[bytes]:
    """Start the launcher in a session of its own: it outlives this command."""
    inherited = {name: value for name, value in os.environ.items() if name not in _OWN_VARIABLES}
    # Clients among the services would else take a user's access for theirs.
    kept = {name: value for name, value in inherited.items() if not name.startswith("OS_")}
    kept |= {processes.MARK: token, "XDG_CACHE_HOME": str(installing.home() / "cache"), "PYTHONUNBUFFERED": "1"}
    # A service that gives itself a title would write it over its environment, and with it over the mark.
    kept["SPT_NOENV"] = "1"
    with (folder / "log" / "launcher.out").open("ab") as output:
        return subprocess.Popen(
            [environment / "bin" / "python", installing.SERVICES / "__main__.py", folder],
            env=kept,
            cwd=folder,
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=output,
            start_new_session=True,
        )


def _follow(launcher: subprocess.Popen[bytes], folder: Path, token: str, report: Report) -> None:
    """Wait until all is ready, telling what is; whatever fails or interrupts it ends what was started."""
    seen: set[str] = set()
    deadline = time.monotonic() + _READY_SECONDS
    try:
        while True:
            # Looked at first: it may say why, or that all is ready, just before it ends. Its mark would not do: a
            # program that has only just begun has no environment yet.
            ended = launcher.poll() is not None
            told = _told(folder)
            _report_ready(told, seen, report)
            if told.get("phase") == "ready":
                return
            if ended or told.get("phase") == "failed":
                raise _failed(folder, told)
            if time.monotonic() > deadline:
                raise UserError(f"not ready after {_READY_SECONDS} s", f"look at the logs in {folder / 'log'}")
            time.sleep(0.1)
    except BaseException:
        processes.end(token)
        raise


def _report_ready(told: dict[str, Any], seen: set[str], report: Report) -> None:
    for name, state in told.get("services", {}).items():
        if state == "ready" and name not in seen:
            seen.add(name)
            report(f"  {name} ready after {told['seconds']} s")


def _failed(folder: Path, told: dict[str, Any]) -> UserError:
    reasons = told.get("problems") or [_last_lines(folder / "log" / "launcher.out")]
    return UserError(f"the local OpenStack did not start: {'; '.join(reasons)}", f"its logs lie in {folder / 'log'}")


def _last_lines(path: Path) -> str:
    try:
        lines = [line.rstrip() for line in path.read_text("utf-8", "replace").splitlines() if line.strip()]
    except OSError:
        lines = []
    return "\n".join(lines[-5:]) or "its launcher ended and wrote nothing"
