"""The parent of an instance's processes: starts the database and every service, watches them, and empties the cloud.

What it knows stands in status.json; what it is asked comes over control.sock. When it ends, however, all others do.
"""

from __future__ import annotations

import json
import os
import socket
import subprocess
import time
import traceback
from dataclasses import dataclass, field
from functools import partial
from multiprocessing.connection import Connection, wait
from pathlib import Path

from . import (
    asking,
    balancing,
    child,
    compute,
    database,
    dns,
    equipping,
    identity,
    image,
    networks,
    patches,
    placing,
    processes,
    volumes,
)
from .launch import Launch, read
from .service import Service

SERVICES: tuple[Service, ...] = (
    identity.SERVICE,
    placing.SERVICE,
    networks.SERVICE,
    compute.SERVICE,
    volumes.SERVICE,
    image.SERVICE,
    dns.SERVICE,
    balancing.SERVICE,
)
_FORGET_SECONDS = 60
_ORDER_SECONDS = 5


@dataclass(kw_only=True)
class Watch:
    """The running services and what is known of them."""

    launch: Launch
    began: float = field(default_factory=time.monotonic)
    children: dict[Connection, str] = field(default_factory=dict)
    numbers: dict[str, int] = field(default_factory=dict)
    states: dict[str, str] = field(default_factory=dict)
    phase: str = "starting"
    problems: list[str] = field(default_factory=list)

    def tell(self, name: str, state: str) -> None:
        """Note what a service is doing and let the world read it."""
        self.states[name] = state
        self.write()

    def fail(self, problem: str) -> None:
        """Note what went wrong, once: from here on the instance is of no use."""
        self.phase = "failed"
        if problem not in self.problems:
            self.problems.append(problem)
        self.write()

    def write(self) -> None:
        """Write the status, old or new, never half."""
        body = {
            "phase": self.phase,
            "services": self.states,
            "problems": self.problems,
            "seconds": round(time.monotonic() - self.began, 1),
        }
        beside = self.launch.folder / ".status.new"
        beside.write_text(json.dumps(body))
        os.replace(beside, self.launch.folder / "status.json")


def main(folder: Path) -> int:
    """Run an instance, or make the empty databases; return the exit code."""
    watch = Watch(launch=read(folder))
    processes.call_itself("virgem-openstack")
    try:
        patches.block_eventlet()
        patches.prepare()
        patches.preload()
        watch.tell("database", "starting")
        with_database = database.start(watch.launch)
        watch.tell("database", "ready")
        {"migrate": _migrate, "serve": _serve}[watch.launch.mode](watch, with_database)
    except Exception as error:
        traceback.print_exc()
        watch.fail(str(error))
        return 1
    return 0


# ---- the empty databases


def _migrate(watch: Watch, server: subprocess.Popen[bytes]) -> None:
    launch = watch.launch
    database.create(launch)
    numbers: dict[int, Service] = {}
    for service in SERVICES:
        numbers[processes.fork(partial(_migrate_one, service, launch))] = service
        watch.tell(service.name, "migrating")
    while numbers:
        number, status = os.waitpid(-1, 0)
        if number not in numbers:
            raise RuntimeError(f"the database ended: {database.last_lines(launch.log('database.log'))}")
        service = numbers.pop(number)
        if status:
            raise RuntimeError(f"{service.name} could not make its tables: {_told(launch, service.name)}")
        watch.tell(service.name, "ready")
    database.stop(server)
    watch.phase = "ready"
    watch.write()


def _migrate_one(service: Service, launch: Launch) -> None:
    child.redirect_output(launch, service.name)
    if not service.native_threads_only:
        patches.allow_eventlet()
    service.migrate(launch)


def _told(launch: Launch, name: str) -> str:
    return database.last_lines(launch.log(f"{name}.out"))


# ---- the running cloud


def _serve(watch: Watch, server: subprocess.Popen[bytes]) -> None:
    for service in SERVICES:
        number, connection = child.start(service, watch.launch)
        watch.children[connection], watch.numbers[service.name] = service.name, number
        watch.tell(service.name, "starting")
    _until_ready(watch, server)
    equipping.equip(watch.launch, *asking.ask_all(watch.launch))
    database.save(watch.launch)
    with socket.socket(socket.AF_UNIX) as listener:
        listener.bind(str(watch.launch.folder / "control.sock"))
        listener.listen()
        watch.phase = "ready"
        watch.write()
        while True:
            _attend(watch, server, listener)


def _until_ready(watch: Watch, server: subprocess.Popen[bytes]) -> None:
    waiting = dict(watch.children)
    while waiting:
        for connection in wait(list(waiting), 0.5):
            assert isinstance(connection, Connection)
            name = waiting.pop(connection)
            _hear(watch, connection)
            watch.tell(name, "ready")
        if server.poll() is not None:
            raise RuntimeError(f"the database ended: {database.last_lines(watch.launch.log('database.log'))}")


def _hear(watch: Watch, connection: Connection) -> None:
    """Take a service's answer; raises RuntimeError with the last lines of its log when it is no more."""
    try:
        connection.recv_bytes()
    except (EOFError, OSError):
        problem = _obituary(watch, connection)
        watch.fail(problem)
        raise RuntimeError(problem) from None


def _obituary(watch: Watch, connection: Connection) -> str:
    name = watch.children.pop(connection)
    _, status = os.waitpid(watch.numbers[name], 0)
    code = os.waitstatus_to_exitcode(status)
    how = f"was ended by signal {-code}" if code < 0 else f"ended with {code}"
    watch.tell(name, how)
    return f"{name} {how}: {_told(watch.launch, name)}"


def _attend(watch: Watch, server: subprocess.Popen[bytes], listener: socket.socket) -> None:
    """Wait for an order or for a process to end, and see to it."""
    for ready in wait([listener, *watch.children], 1):
        if isinstance(ready, Connection):
            watch.fail(_obituary(watch, ready))
        else:
            with Connection(listener.accept()[0].detach()) as asker:
                _answer(watch, asker)
    if server.poll() is not None and watch.states["database"] == "ready":
        watch.states["database"] = f"ended with {server.returncode}"
        watch.fail(f"the database ended: {database.last_lines(watch.launch.log('database.log'))}")


def _answer(watch: Watch, asker: Connection) -> None:
    try:
        # One who asks nothing must not keep it from the others.
        order = asker.recv_bytes(100) if asker.poll(_ORDER_SECONDS) else b""
        if order == b"reset":
            _reset(watch)
        asker.send_bytes(b"done")
    except (EOFError, OSError):
        return
    except Exception as error:
        traceback.print_exc()
        asker.send_bytes(f"failed: {error}".encode())


def _reset(watch: Watch) -> None:
    """Put the rows of the empty cloud back, then let every service drop what it remembers of others."""
    if watch.phase != "ready":
        raise RuntimeError("; ".join(watch.problems) or "it is not ready")
    database.restore(watch.launch)
    for connection in watch.children:
        connection.send_bytes(b"forget")
    for connection in list(watch.children):
        if not connection.poll(_FORGET_SECONDS):
            watch.fail(f"{watch.children[connection]} does not answer")
            raise RuntimeError(watch.problems[-1])
        _hear(watch, connection)
