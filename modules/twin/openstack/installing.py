"""Brings the services of the local OpenStack onto a machine: an environment of their own, apart from virgem's.

Every package is pinned by version and hash in requirements.lock. The environment is made beside its place and renamed
when it is whole; an installation that was stopped is made anew from what uv or pip had fetched already.
"""

from __future__ import annotations

import hashlib
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path

from virgem.modules import files
from virgem.modules.problem import UserError

Report = Callable[[str], None]
HERE = Path(__file__).resolve().parent
LOCK = HERE / "requirements.lock"
SERVICES = HERE / "services"
# Measured: packages 0.4 GB, their compiled modules 0.2 GB, the empty databases 0.2 GB.
GIGABYTES = 1.5
_REPORT_EVERY = 40
# How neutron finds the driver in services/, which is put in sys.modules under this name (see services/__main__.py).
_ENTRY_POINT = "[neutron.ml2.mechanism_drivers]\nvirgem = virgem_services.mechanism_driver:NoDatapathDriver\n"


def home(environment: Mapping[str, str] = os.environ) -> Path:
    """Return the folder of this user for exactly these packages and this Python."""
    base = environment.get("XDG_CACHE_HOME") or os.path.join(
        environment.get("HOME") or os.path.expanduser("~"), ".cache"
    )
    version = ".".join(map(str, sys.version_info[:2]))
    return Path(base) / "virgem" / "openstack" / f"{files.digest(LOCK.read_bytes())[:12]}-{version}"


def place() -> Path:
    """Return where the environment lies, or is to lie."""
    return home() / "environment"


def is_installed() -> bool:
    """Tell whether the environment is there; it is never there in part."""
    return (place() / "bin" / "python").exists()


def install(report: Report) -> Path:
    """Make the environment unless it is there and return its folder; raises UserError with what the machine lacks."""
    folder = home()
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise files.explain(error, folder) from error
    if not is_installed():
        with files.locked(folder):
            # Another may have made it just before the lock was to be had.
            if not is_installed():
                _install(folder, report)
    return place()


def _install(folder: Path, report: Report) -> None:
    _check_disk(folder)
    beside = folder / "environment.new"
    shutil.rmtree(beside, ignore_errors=True)
    report(f"installing {count()} locked packages into {place()} (0.4 GB)")
    uv = shutil.which("uv")
    for command in _commands(uv, beside):
        _run(command, report)
    try:
        _add_driver(beside)
        _move_scripts(beside, place())
        os.replace(beside, place())
    except OSError as error:
        raise files.explain(error, beside) from error


def count() -> int:
    """Return how many packages the lock names."""
    return len(re.findall(r"^[\w.-]+==", LOCK.read_text(), re.MULTILINE))


def _check_disk(folder: Path) -> None:
    free = shutil.disk_usage(folder).free / 2**30
    if free < GIGABYTES:
        raise UserError(
            f"the local OpenStack needs {GIGABYTES} GB in {folder}, {free:.1f} GB are free",
            "free some space, or point XDG_CACHE_HOME at another disk",
        )


def _commands(uv: str | None, folder: Path) -> tuple[tuple[str, ...], ...]:
    python, locked = str(folder / "bin" / "python"), ("--require-hashes", "--requirement", str(LOCK))
    if uv:
        return (
            (uv, "venv", "--quiet", "--python", sys.executable, str(folder)),
            (uv, "pip", "install", "--python", python, *locked),
        )
    pip = (python, "-m", "pip", "--no-input", "--disable-pip-version-check", "install", "--progress-bar", "off")
    return ((sys.executable, "-m", "venv", str(folder)), (*pip, *locked))


def _run(command: tuple[str, ...], report: Report) -> None:
    # What is set for another environment would lead the tool astray.
    environment = {name: value for name, value in os.environ.items() if name not in ("PYTHONPATH", "VIRTUAL_ENV")}
    with subprocess.Popen(
        command,
        env={**environment, "PIP_USER": "0"},
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        errors="replace",
    ) as running:
        assert running.stdout is not None
        try:
            lines = _followed(running.stdout, report)
            code = running.wait()
        except BaseException:
            running.terminate()
            raise
    if code:
        raise failure("\n".join(lines[-40:]))


def _followed(lines: Iterable[str], report: Report) -> list[str]:
    """Return all lines; every fortieth package that pip collects is progress."""
    seen, collected = [], 0
    for line in lines:
        seen.append(line.rstrip())
        collected += line.startswith("Collecting ")
        if line.startswith("Collecting ") and collected % _REPORT_EVERY == 0:
            report(f"  {collected} of {count()} packages")
    return seen


_REASONS: tuple[tuple[str, str, str], ...] = (
    (
        r"no space left|disk quota|os error 28",
        "the disk is full",
        "free some space, or point XDG_CACHE_HOME at another disk, and run the command again",
    ),
    (
        r"do not match the hashes|hash mismatch",
        "a downloaded package is not the one in the lock",
        "nothing of it is used; look at your package index or mirror",
    ),
    (
        r"ensurepip|no module named (pip|venv)",
        "this Python has no venv and ensurepip modules",
        "Debian, Ubuntu: apt install python3-venv; or install uv (https://docs.astral.sh/uv/)",
    ),
    (
        r"connection|timed? ?out|name resolution|failed to resolve|dns error|proxy|certificate|error sending request"
        r"|failed to fetch|from versions: none",
        "the package registry cannot be reached",
        "check the network, and behind a proxy or mirror set HTTPS_PROXY, PIP_INDEX_URL or UV_DEFAULT_INDEX;"
        " what is fetched already is kept",
    ),
)


def failure(text: str) -> UserError:
    """Return why an installation failed, with the way out."""
    for sign, reason, way in _REASONS:
        if re.search(sign, text, re.IGNORECASE):
            return UserError(f"the local OpenStack could not be installed: {reason}", way)
    lines = [line.strip() for line in text.splitlines() if line.strip()]
    last = lines[-1] if lines else "no reason given"
    return UserError(f"the local OpenStack could not be installed: {last}", "run the command again, or report it")


def _add_driver(environment: Path) -> None:
    """Tell neutron of the driver in services/, as an installed package would."""
    (packages,) = environment.glob("lib/python3*/site-packages")
    about = packages / "virgem_services-1.dist-info"
    about.mkdir()
    (about / "METADATA").write_text("Metadata-Version: 2.1\nName: virgem-services\nVersion: 1\n")
    (about / "entry_points.txt").write_text(_ENTRY_POINT)


def _move_scripts(old: Path, new: Path) -> None:
    """Let the scripts name the Python of the place where the environment will lie."""
    for path in (old / "bin").iterdir():
        if path.is_file() and not path.is_symlink():
            data = path.read_bytes()
            if os.fsencode(old) in data:
                path.write_bytes(data.replace(os.fsencode(old), os.fsencode(new)))


# ---- MariaDB


def database_programs() -> tuple[Path, Path]:
    """Return MariaDB's server and the program that makes its first files; raises UserError without them."""
    folders = os.pathsep.join((os.environ.get("PATH", os.defpath), "/usr/sbin", "/sbin"))
    # The second is a script that calls the third.
    names = ("mariadbd", "mariadb-install-db", "my_print_defaults")
    found = tuple(shutil.which(name, path=folders) for name in names)
    if not sys.platform.startswith("linux"):
        raise UserError("the local OpenStack runs on Linux only", "use a Linux machine, a virtual one will do")
    if found[0] is None or found[1] is None or found[2] is None:
        raise UserError(
            "the local OpenStack needs MariaDB, which is not on this machine",
            "Debian, Ubuntu: sudo apt install mariadb-server-core mariadb-client-core (they start no service); "
            f"elsewhere: the packages with {', '.join(names)}",
        )
    return Path(found[0]), Path(found[1])


def recipe() -> str:
    """Return a digest of all that the empty databases depend on besides the packages."""
    server, _ = database_programs()
    told = subprocess.run([server, "--version"], capture_output=True, text=True, check=False).stdout
    found = hashlib.sha256(told.encode())
    for path in sorted([*SERVICES.glob("*.py"), HERE / "settings.py", HERE / "parts.py"]):
        found.update(path.name.encode() + b"\0" + path.read_bytes() + b"\0")
    return found.hexdigest()[:12]
