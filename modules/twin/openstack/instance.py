"""One local OpenStack: its folder, its state and its ports.

The state is written before anything is started, so whatever happens afterwards can be cleaned up by it alone.
"""

from __future__ import annotations

import json
import os
import re
import secrets
import shutil
import socket
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from virgem.modules import files
from virgem.modules.problem import UserError
from virgem.modules.twin.openstack import processes
from virgem.modules.twin.openstack.parts import PARTS, PORTS_NEEDED, ZONES
from virgem.modules.twin.openstack.settings import Secrets, Setting

DEFAULT_NAME = "openstack"
FIRST_PORT, PORT_STEP, LAST_PORT = 15000, 10, 65000
_ZONE = re.compile(r"[a-z0-9][a-z0-9-]{0,59}")
# Sections of cinder's configuration, or a zone of nova's own.
_NO_ZONE = frozenset({"coordination", "database", "internal", "nova"})
_NAME = re.compile(r"[a-z][a-z0-9-]{0,19}")
# It stands in configuration files and in the addresses of databases.
_PLAIN_PATH = re.compile(r"/[A-Za-z0-9._/@+-]*")
# The kernel's limit on the path of a socket, with its closing zero.
_SOCKET_LIMIT = 108
_STATE = "state.json"


@dataclass(frozen=True, slots=True, kw_only=True)
class State:
    """What is known of an instance that is up, or was."""

    name: str
    token: str
    port_base: int
    zones: tuple[str, ...] = ZONES
    # Compute hosts of a zone that is none yet: whoever applies an estate makes it of them.
    hosts: Mapping[str, tuple[str, ...]] = field(default_factory=dict)


def root(environment: Mapping[str, str] = os.environ) -> Path:
    """Return the folder of this user for all instances."""
    home = environment.get("HOME") or os.path.expanduser("~")
    return Path(environment.get("XDG_STATE_HOME") or os.path.join(home, ".local", "state")) / "virgem" / "openstack"


def folder_of(name: str) -> Path:
    """Return the folder of an instance; raises UserError for a name or a place that cannot be one."""
    if not _NAME.fullmatch(name):
        raise UserError(f"{name!r} is no name for an instance", "use up to 20 small letters, digits and hyphens")
    folder = root() / name
    check_path(folder)
    return folder


def check_path(folder: Path) -> None:
    """Raise UserError where a folder cannot hold sockets or cannot stand in the configuration."""
    if not _PLAIN_PATH.fullmatch(str(folder)):
        raise UserError(
            f"{folder} has characters that the configuration of OpenStack cannot hold",
            "point XDG_STATE_HOME and XDG_CACHE_HOME at folders with plain names",
        )
    if len(os.fsencode(folder / "database.sock")) >= _SOCKET_LIMIT:
        raise UserError(
            f"{folder} is too long a path for a socket", "point XDG_STATE_HOME at a folder nearer to the root"
        )


def new_token() -> str:
    """Return a mark for the processes of one start; it is no secret."""
    return secrets.token_hex(8)


def new_secrets() -> Secrets:
    """Return the passwords of one instance."""
    # Octavia takes 32 characters of this alphabet.
    return Secrets(
        admin=secrets.token_urlsafe(24),
        service=secrets.token_urlsafe(24),
        certificates=secrets.token_urlsafe(24),
        heartbeat=secrets.token_urlsafe(24),
        volumes=secrets.token_hex(32),
    )


def read(name: str) -> State | None:
    """Return the state of an instance, None where there is none."""
    data = files.read_bytes(folder_of(name) / _STATE, 2**16)
    try:
        return _state(json.loads(data)) if data else None
    except (AttributeError, KeyError, TypeError, ValueError) as error:
        raise UserError(
            f"{folder_of(name) / _STATE} is no state of an instance", "remove that folder, then run the command again"
        ) from error


def _state(told: dict[str, Any]) -> State:
    if "zones" in told:
        told |= {"zones": tuple(told["zones"]), "hosts": {zone: (*names,) for zone, names in told["hosts"].items()}}
    return State(**told)


def check_zones(zones: Iterable[str]) -> tuple[str, ...]:
    """Return the availability zones; raises UserError for names that cannot be some."""
    found = tuple(zones)
    for zone in found:
        if not _ZONE.fullmatch(zone) or zone in _NO_ZONE:
            raise UserError(f"{zone!r} is no name for a zone", "use up to 60 small letters, digits and hyphens")
    if len(set(found)) < len(found):
        raise UserError("a zone is named twice", "name each once")
    return found


def every() -> tuple[State, ...]:
    """Return the states of all instances of this user."""
    try:
        names = sorted(path.name for path in root().iterdir() if _NAME.fullmatch(path.name))
    except OSError:
        return ()
    return tuple(state for name in names if (state := read(name)))


def write(state: State) -> Path:
    """Make the folder of an instance with its state in it; nobody else may look into it."""
    folder = folder_of(state.name)
    make_folders(folder)
    files.write_atomic(folder / _STATE, json.dumps(asdict(state)).encode())
    return folder


def make_folders(folder: Path) -> None:
    """Make the folders that the services expect."""
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        folder.chmod(0o700)
        for part in PARTS:
            (folder / "data" / part.name).mkdir(parents=True, exist_ok=True)
        for name in ("log", "data/lock", "data/glance/images", "data/glance/staging", "data/nova/instances"):
            (folder / name).mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise files.explain(error, folder) from error


def clean(name: str) -> int:
    """End what an instance started and remove its folder; return how many processes there were."""
    state, folder = read(name), folder_of(name)
    ended = processes.end(state.token) if state else 0
    try:
        if folder.exists():
            shutil.rmtree(folder)
    except OSError as error:
        raise files.explain(error, folder) from error
    return ended


# ---- ports


@contextmanager
def held_ports(wanted: int | None, others: Iterable[State]) -> Iterator[int]:
    """Yield the first port of an instance, and keep its ports from every other start while this one lasts.

    A socket that listens behind the ports says that they are taken until the services listen themselves, also to
    whoever starts an instance in another place, of which nothing is known here.
    """
    known = tuple(others)
    while True:
        base = choose_ports(wanted, known)
        with socket.socket() as guard:
            guard.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                guard.bind(("127.0.0.1", base + PORTS_NEEDED))
                guard.listen()
            except OSError:
                continue  # another start was quicker, and is seen when looked again
            yield base
            return


def choose_ports(wanted: int | None, others: Iterable[State]) -> int:
    """Return the first port of an instance: the wanted one if it is free, else the first that is."""
    taken = {state.port_base: state.name for state in others}
    if wanted is None:
        free = (base for base in range(FIRST_PORT, LAST_PORT, PORT_STEP) if not _conflict(base, taken))
        return next(free)
    if not 1024 <= wanted <= LAST_PORT:
        raise UserError(f"{wanted} cannot be a port base", f"choose one from 1024 to {LAST_PORT}")
    if reason := _conflict(wanted, taken):
        raise UserError(reason, "choose another --port-base, or none to have a free one chosen")
    return wanted


def _conflict(base: int, taken: Mapping[int, str]) -> str:
    for other, name in taken.items():
        if abs(base - other) <= PORTS_NEEDED:
            return f"the ports from {base} on are those of the instance {name}"
    used = next((port for port in range(base, base + PORTS_NEEDED + 1) if not _is_free(port)), None)
    return "" if used is None else f"port {used} is in use"


def _is_free(port: int) -> bool:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError:
            return False
    return True


def setting(state: State, environment: Path, made: Secrets) -> Setting:
    """Return what the configuration of an instance depends on."""
    return Setting(
        folder=folder_of(state.name),
        environment=environment,
        port_base=state.port_base,
        secrets=made,
        zones=state.zones,
        hosts=state.hosts,
    )
