"""A proxy in front of a local OpenStack that fails some requests: seeded, so a run can be had again, and bounded."""

from __future__ import annotations

import http.client
import random
import re
import socket
import struct
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

HERE = "127.0.0.1"
_SECONDS = 120
_HOP = frozenset({"connection", "content-length", "date", "keep-alive", "server", "transfer-encoding"})
_WHERE = re.compile(rb"http://127\.0\.0\.1:(\d+)")

# What can happen to a request. Before it reaches the service: an answer that tells why, or none. Lost: the service did
# what was asked, and the answer never came.
REFUSALS = {"500": (500, {}), "503": (503, {}), "429": (429, {"Retry-After": "1"})}
LOST = "lost"
FAULTS = (*REFUSALS, "reset", "silence", LOST)
_SILENT_SECONDS = 2


@dataclass(kw_only=True)
class Script:
    """Which of the requests that make something go wrong, and how: some of the first ones, by a seed."""

    seed: int
    faults: tuple[str, ...] = FAULTS
    share: float = 0.3
    most: int = 8
    done: list[tuple[str, str]] = field(default_factory=list)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def __post_init__(self) -> None:
        self._random = random.Random(self.seed)

    def next(self, method: str, path: str) -> str:
        """Return what goes wrong with this request, "" for nothing."""
        with self._lock:
            if method != "POST" or "/auth/tokens" in path or len(self.done) >= self.most:
                return ""
            if self._random.random() > self.share:
                return ""
            fault = self._random.choice(self.faults)
            self.done.append((fault, path))
            return fault

    def strike(self) -> None:
        """Do nothing while an answer is lost."""


@dataclass(kw_only=True)
class Ambush:
    """Strikes once, at the `at`-th request that changes something: the service did it, and nobody hears of it."""

    at: int
    strike: Callable[[], None]
    seen: int = 0
    struck: str = ""
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def next(self, method: str, path: str) -> str:
        """Return what goes wrong with this request, "" for nothing."""
        with self._lock:
            if method in ("GET", "HEAD") or "/auth/tokens" in path:
                return ""
            self.seen += 1
            if self.seen != self.at:
                return ""
            self.struck = f"{method} {path}"
            return LOST


class Proxy(ThreadingHTTPServer):
    """Passes on what it is asked: the first part of a path is the port of the service."""

    daemon_threads = True
    request_queue_size = 128
    script: Script | Ambush | None = None

    def handle_error(self, request: object, client_address: object) -> None:
        """Say nothing of a client that was killed."""
        if not isinstance(sys.exception(), ConnectionError):
            super().handle_error(request, client_address)  # type: ignore[arg-type]

    def url(self, url: str) -> str:
        """Return the way to a service through this proxy."""
        return self.through(url.encode()).decode()

    def through(self, text: bytes) -> bytes:
        """Lead all addresses in a text through this proxy."""
        return _WHERE.sub(b"http://%s:%d/\\1" % (HERE.encode(), self.server_address[1]), text)


class _Passing(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server: Proxy

    def _pass(self) -> None:
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        script = self.server.script
        fault = script.next(self.command, self.path) if script else ""
        if fault in REFUSALS:
            status, headers = REFUSALS[fault]
            self._answer(status, headers, b'{"error": {"message": "made to fail"}}')
        elif fault in ("reset", "silence"):
            self._hang_up(_SILENT_SECONDS if fault == "silence" else 0)
        else:
            self._ask(body, script.strike if script and fault == LOST else None)

    do_GET = do_POST = do_PUT = do_PATCH = do_DELETE = do_HEAD = _pass

    def _ask(self, body: bytes, instead: Callable[[], None] | None) -> None:
        """Ask the service and answer what it says, or do this instead and say nothing."""
        _, port, path = (*self.path.split("/", 2), "")[:3]
        if not port.isdigit():
            # Clients that look for a service's versions also ask at the root.
            self._answer(404, {}, b"")
            return
        asked = http.client.HTTPConnection(HERE, int(port), timeout=_SECONDS)
        headers = {name: value for name, value in self.headers.items() if name.lower() not in ("host", "connection")}
        asked.request(self.command, "/" + path, body or None, headers)
        answer = asked.getresponse()
        text = self.server.through(answer.read())
        told = {n: self.server.through(v.encode()).decode() for n, v in answer.getheaders() if n.lower() not in _HOP}
        asked.close()
        if instead:
            instead()
            self._hang_up()
        else:
            self._answer(answer.status, told, text)

    def _answer(self, status: int, headers: dict[str, str], body: bytes) -> None:
        self.send_response(status)
        for name, value in {**headers, "Content-Length": str(len(body))}.items():
            self.send_header(name, value)
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(body)

    def _hang_up(self, seconds: float = 0) -> None:
        """End the connection hard, as a machine does that was switched off."""
        threading.Event().wait(seconds)
        self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        self.connection.close()
        self.close_connection = True

    def finish(self) -> None:
        try:
            super().finish()
        except (OSError, ValueError):
            self.close_connection = True

    def log_message(self, *arguments: object) -> None:
        """Say nothing of each request."""


@contextmanager
def proxy() -> Iterator[Proxy]:
    """Serve until the end; nothing fails as long as there is no script."""
    with Proxy((HERE, 0), _Passing) as found:
        threading.Thread(target=found.serve_forever, daemon=True).start()
        yield found
        found.shutdown()
