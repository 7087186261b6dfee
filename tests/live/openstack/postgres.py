"""A PostgreSQL of a test's own, on this machine only."""

from __future__ import annotations

import os
import pwd
import shutil
import socket
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from support import missing, need_tool

PASSWORD = "CANARY-of-the-database"


@dataclass(frozen=True, slots=True, kw_only=True)
class Database:
    """Where it listens."""

    port: int

    @property
    def access(self) -> dict[str, str]:
        """Return the variables with which it is entered: the URL holds all."""
        return {}

    def url(self, table: str, password: str = PASSWORD) -> str:
        return f"postgres://virgem:{password}@127.0.0.1:{self.port}/postgres?sslmode=disable&table={table}"

    def refusals(self) -> Iterator[tuple[str, dict[str, str], str, str]]:
        """Yield a URL and variables that do not enter, what is said of it and of the way out."""
        wrong = self.url("klein", password="CANARY-wrong")
        yield wrong, {}, "password authentication failed", "check the user and the password"
        absent = self.url("klein").replace("/postgres?", "/absent?")
        yield absent, {}, 'database "absent" does not exist', "make the database"
        nobody = "postgres://virgem@127.0.0.1:9/postgres?sslmode=disable"
        yield nobody, {}, "connection refused", "is the store up and reachable"


@contextmanager
def database() -> Iterator[Database]:
    """Start one, with a password, and take it away afterwards; it does not run as root, so it needs an account."""
    found = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"))
    programs = (found[-1] if found else need_tool("initdb", "postgresql")).parent
    # A socket's path may not be long.
    folder, port = Path(tempfile.mkdtemp(prefix="virgem-")), free_port()
    try:
        (folder / "password").write_text(PASSWORD)
        who = _account(folder)
        data = str(folder / "data")
        made = [f"{programs}/initdb", "-D", data, "-A", "scram-sha-256", "-U", "virgem", "-N"]
        subprocess.run([*made, f"--pwfile={folder}/password"], cwd=folder, check=True, stdout=subprocess.DEVNULL, **who)
        options = f"-p {port} -c listen_addresses=127.0.0.1 -c unix_socket_directories={folder} -c fsync=off"
        control = [f"{programs}/pg_ctl", "-D", data, "-w", "-l", f"{folder}/log"]
        subprocess.run([*control, "-o", options, "start"], cwd=folder, check=True, stdout=subprocess.DEVNULL, **who)
        try:
            yield Database(port=port)
        finally:
            stop = [*control, "-m", "immediate", "stop"]
            subprocess.run(stop, cwd=folder, check=True, stdout=subprocess.DEVNULL, **who)
    finally:
        shutil.rmtree(folder)


def _account(folder: Path) -> dict[str, Any]:
    """Return who runs it: root may not, so then the account of the package."""
    if os.geteuid() != 0:
        return {}
    try:
        entry = pwd.getpwnam("postgres")
    except KeyError:
        missing("needs the account postgres: apt-get install postgresql")
    for path in (folder, *folder.iterdir()):
        os.chown(path, entry.pw_uid, entry.pw_gid)
    return {"user": entry.pw_uid, "group": entry.pw_gid, "extra_groups": []}


def free_port() -> int:
    """Return a port of this machine on which nothing listens."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        return int(free.getsockname()[1])
