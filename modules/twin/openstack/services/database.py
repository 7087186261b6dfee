"""MariaDB on a socket in the instance's folder, and the way back to empty.

When all services stand, the rows that make up the empty cloud are copied beside; a reset puts them back while the
services go on.
"""

from __future__ import annotations

import os
import subprocess
import time
from collections.abc import Iterable
from contextlib import closing
from pathlib import Path
from typing import Any

import pymysql

from . import processes
from .launch import Launch

# The data are thrown away with the instance, so nothing waits for the disk.
_OPTIONS = (
    "--no-defaults",
    "--skip-networking",
    "--skip-log-bin",
    "--performance-schema=off",
    "--innodb-flush-log-at-trx-commit=0",
    "--innodb-doublewrite=0",
    "--innodb-flush-method=nosync",
    "--innodb-log-file-size=32M",
    "--innodb-buffer-pool-size=192M",
    "--max-connections=1000",
    "--character-set-server=utf8mb4",
    "--collation-server=utf8mb4_general_ci",
    # Services that work at once would else wait for each other's gaps.
    "--transaction-isolation=READ-COMMITTED",
)
_START_SECONDS = 120
_STOP_SECONDS = 60
_SAVED = "virgem_saved_"
# What says that a service is alive; old rows would have it taken for dead.
_ALIVE = {("nova", "services"), ("cinder", "services"), ("designate", "service_statuses")}


def start(launch: Launch) -> subprocess.Popen[bytes]:
    """Start the server and return when it answers; raises RuntimeError with its last lines when it does not."""
    data, log = launch.data("mysql"), launch.log("database.log")
    if not data.exists():
        _install(launch, data)
    user = ("--user=root",) if os.geteuid() == 0 else ()
    places = (f"--datadir={data}", f"--socket={socket(launch)}", f"--pid-file={launch.folder}/database.pid")
    parent = os.getpid()
    with log.open("ab") as output:
        server = subprocess.Popen(
            [launch.database_server, *_OPTIONS, *user, *places],
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=output,
            preexec_fn=lambda: processes.end_with(parent),
        )
    _wait(launch, server, log)
    return server


def stop(server: subprocess.Popen[bytes]) -> None:
    """End the server in order, so that its files can be copied."""
    server.terminate()
    server.wait(_STOP_SECONDS)


def socket(launch: Launch) -> Path:
    """Return the path of the server's socket."""
    return launch.folder / "database.sock"


def connect(launch: Launch, **more: Any) -> Any:
    """Return a connection as the server's administrator; the socket's folder keeps others out."""
    return pymysql.connect(unix_socket=str(socket(launch)), user="root", **more)


def create(launch: Launch) -> None:
    """Create every service's databases, empty."""
    with closing(connect(launch)) as connection, connection.cursor() as cursor:
        for names in launch.databases.values():
            for name in names:
                cursor.execute(f"CREATE DATABASE `{name}` CHARACTER SET utf8mb3")


def _install(launch: Launch, data: Path) -> None:
    user = ("--user=root",) if os.geteuid() == 0 else ()
    command = (
        *(launch.database_installer, "--no-defaults", f"--datadir={data}", *user),
        *("--auth-root-authentication-method=normal", "--skip-test-db"),
        *("--innodb-flush-log-at-trx-commit=0", "--innodb-doublewrite=0", "--innodb-log-file-size=32M"),
    )
    with launch.log("database.log").open("ab") as output:
        done = subprocess.run(command, stdin=subprocess.DEVNULL, stdout=output, stderr=output, check=False)
    if done.returncode:
        raise RuntimeError(f"the database could not be made: {last_lines(launch.log('database.log'))}")


def _wait(launch: Launch, server: subprocess.Popen[bytes], log: Path) -> None:
    deadline = time.monotonic() + _START_SECONDS
    while server.poll() is None and time.monotonic() < deadline:
        try:
            connect(launch).close()
            return
        except pymysql.err.OperationalError:
            time.sleep(0.05)
    raise RuntimeError(f"the database does not start: {last_lines(log)}")


def last_lines(path: Path, count: int = 5) -> str:
    """Return the last lines of a log that hold something."""
    try:
        lines = [line.rstrip() for line in path.read_text("utf-8", "replace").splitlines() if line.strip()]
    except OSError:
        lines = []
    return "\n".join(lines[-count:]) or "it wrote nothing"


# ---- back to empty


def save(launch: Launch) -> None:
    """Copy the rows of every table that holds any."""
    with closing(connect(launch)) as connection, connection.cursor() as cursor:
        for name in _names(launch):
            cursor.execute(f"CREATE DATABASE `{_SAVED}{name}` CHARACTER SET utf8mb3")
            for table in _filled(cursor, name, _tables(cursor, name)):
                cursor.execute(f"CREATE TABLE `{_SAVED}{name}`.`{table}` AS SELECT * FROM `{name}`.`{table}`")
        connection.commit()


def restore(launch: Launch) -> None:
    """Put those rows back, and only those, all at once."""
    with closing(connect(launch)) as connection, connection.cursor() as cursor:
        cursor.execute("SET SESSION foreign_key_checks = 0, unique_checks = 0, innodb_lock_wait_timeout = 10")
        cursor.execute("SET SESSION sql_mode = 'NO_AUTO_VALUE_ON_ZERO'")
        for name in _names(launch):
            _restore(cursor, name)
        connection.commit()


def _restore(cursor: Any, name: str) -> None:
    tables = [table for table in _tables(cursor, name) if (name, table) not in _ALIVE]
    columns = _columns(cursor, name)
    for table in _filled(cursor, name, tables):
        cursor.execute(f"DELETE FROM `{name}`.`{table}`")
    for table in _tables(cursor, f"{_SAVED}{name}"):
        if (name, table) not in _ALIVE:
            listed = ", ".join(f"`{column}`" for column in columns[table])
            rows = f"SELECT {listed} FROM `{_SAVED}{name}`.`{table}`"
            cursor.execute(f"INSERT INTO `{name}`.`{table}` ({listed}) {rows}")


def _names(launch: Launch) -> list[str]:
    return [name for names in launch.databases.values() for name in names]


def _tables(cursor: Any, name: str) -> list[str]:
    cursor.execute(
        "SELECT table_name FROM information_schema.tables WHERE table_schema = %s AND table_type = 'BASE TABLE'", name
    )
    return [row[0] for row in cursor.fetchall()]


def _filled(cursor: Any, name: str, tables: Iterable[str]) -> list[str]:
    """Return the tables with rows in them; the server's own count is an estimate."""
    asked = [f"SELECT '{table}' FROM DUAL WHERE EXISTS (SELECT 1 FROM `{name}`.`{table}`)" for table in tables]
    if not asked:
        return []
    cursor.execute(" UNION ALL ".join(asked))
    return [row[0] for row in cursor.fetchall()]


def _columns(cursor: Any, name: str) -> dict[str, list[str]]:
    """Return the columns of each table that take a value: others are computed."""
    cursor.execute(
        "SELECT table_name, column_name FROM information_schema.columns WHERE table_schema = %s"
        " AND COALESCE(generation_expression, '') = '' ORDER BY table_name, ordinal_position",
        name,
    )
    found: dict[str, list[str]] = {}
    for table, column in cursor.fetchall():
        found.setdefault(table, []).append(column)
    return found
