"""One service in its own process: it is loaded, answers on its port, starts its workers and takes orders."""

from __future__ import annotations

import logging
import os
import socket
import sys
import threading
import time
import traceback
from collections.abc import Callable
from functools import partial
from multiprocessing.connection import Connection, Pipe
from typing import TYPE_CHECKING

from . import patches, processes

if TYPE_CHECKING:
    from .launch import Launch
    from .service import Application, Service

_CONNECTIONS = 400
_PEER_SECONDS = 180


def start(service: Service, launch: Launch) -> tuple[int, Connection]:
    """Fork a service; return its process number and the end of a pipe that it reports to."""
    own, its = Pipe()

    def run() -> None:
        own.close()
        _run(service, launch, its)

    number = processes.fork(run)
    its.close()
    return number, own


def wait_for(port: int) -> None:
    """Return when something answers on a port of this machine."""
    deadline = time.monotonic() + _PEER_SECONDS
    while time.monotonic() < deadline:
        try:
            socket.create_connection(("127.0.0.1", port), 1).close()
            return
        except OSError:
            time.sleep(0.1)
    raise RuntimeError(f"nothing answers on port {port}")


def redirect_output(launch: Launch, name: str) -> None:
    """Let all that this process writes go to a file of its own."""
    with launch.log(f"{name}.out").open("ab", 0) as output:
        os.dup2(output.fileno(), 1)
        os.dup2(output.fileno(), 2)


def _run(service: Service, launch: Launch, reports: Connection) -> None:
    redirect_output(launch, service.name)
    processes.call_itself(f"virgem-{service.name}")
    if not service.native_threads_only:
        patches.allow_eventlet()
    processes.in_fork(lambda: service.seed(launch))
    application = service.load(launch)
    # Some services give themselves another name.
    processes.call_itself(f"virgem-{service.name}")
    listener = socket.create_server(("127.0.0.1", launch.ports[service.name]), backlog=_CONNECTIONS)
    others = _fork_others(service, lambda: _answer(service, application, listener))
    _in_thread(lambda: _serve_orders(service, launch, reports))
    for number in others:
        _in_thread(partial(_end_with, number))
    _answer(service, application, listener)


def _fork_others(service: Service, run: Callable[[], None]) -> list[int]:
    """Start the other processes that answer at the same port, while this one has no threads and no connections."""
    if service.processes > 1:
        service.part()
    return [processes.fork(run) for _ in range(service.processes - 1)]


def _end_with(number: int) -> None:
    """Let the service end when this other process of it did."""
    _, status = os.waitpid(number, 0)
    raise RuntimeError(f"another process of it ended with {os.waitstatus_to_exitcode(status)}")


def _answer(service: Service, application: Application, listener: socket.socket) -> None:
    """Answer what is asked; the first process that is free takes a new connection."""
    from waitress.server import create_server

    logging.getLogger("waitress.queue").setLevel(logging.ERROR)
    create_server(
        application,
        sockets=[listener],
        threads=service.threads,
        connection_limit=_CONNECTIONS,
        channel_timeout=300,
        ident="",
    ).run()


def _serve_orders(service: Service, launch: Launch, reports: Connection) -> None:
    """Start the workers, then do what the launcher asks; without it there is nothing left to do."""
    service.start(launch)
    reports.send_bytes(b"ready")
    while True:
        try:
            order = reports.recv_bytes()
        except EOFError:
            os._exit(0)
        if order == b"forget":
            service.forget(launch)
        reports.send_bytes(b"done")


def _in_thread(run: Callable[[], None]) -> None:
    def guarded() -> None:
        try:
            run()
        except BaseException:
            traceback.print_exc()
            sys.stderr.flush()
            os._exit(1)

    threading.Thread(target=guarded, daemon=True).start()
