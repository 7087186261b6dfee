"""The programs that apply a stack for real: which there are, where they are looked for, which one is used.

The Python packages hold no program: the engine (`pulumi`), its provider for OpenStack and, for the plain
`pulumi preview`, its Python language host come from the vendor or are built here (see building).
"""

from __future__ import annotations

import hashlib
import os
import re
import shutil
import subprocess
from collections.abc import Mapping
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path

SOURCES = Path(__file__).resolve().parent / "sources"
_ASK_SECONDS = 60


@dataclass(frozen=True, slots=True, kw_only=True)
class Program:
    """A program of the engine; `module` is its folder under sources/, `package` what is built there."""

    name: str
    what: str
    wanted: str  # version
    oldest: str  # another one found on the machine will do from here on, within its major version
    ask: tuple[str, ...]  # arguments that make it print its version; none: it does not tell
    module: str
    package: str
    stamp: str  # the Go variable that holds its version
    beside: tuple[str, ...] = ()  # files of the built Go module that must lie beside it


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """A program on this machine."""

    program: Program
    path: Path
    version: str
    source: str  # "PATH", "vendor" or "built"


def programs() -> tuple[Program, ...]:
    """Return the programs that fit the installed Python packages."""
    engine, provider = version("pulumi"), version("pulumi-openstack")
    return (
        Program(
            name="pulumi",
            what="Pulumi engine",
            wanted=engine,
            oldest=engine,
            ask=("version",),
            module="engine",
            package="github.com/pulumi/pulumi/pkg/v3/cmd/pulumi",
            stamp="github.com/pulumi/pulumi/sdk/v3/go/common/version.Version=v{version}",
        ),
        Program(
            name="pulumi-resource-openstack",
            what="OpenStack provider",
            wanted=provider,
            oldest=provider,
            ask=("-version",),
            module="provider",
            package=".",
            stamp="main.version={version}",
        ),
        Program(
            name="pulumi-language-python",
            what="Python language host (for the plain `pulumi preview`)",
            wanted=LANGUAGE_VERSION,
            oldest=LANGUAGE_VERSION,
            ask=(),
            module="language",
            package="github.com/pulumi/pulumi/sdk/v3/python/cmd/pulumi-language-python",
            stamp="github.com/pulumi/pulumi/sdk/v3/go/common/version.Version=v{version}",
            beside=("python/cmd/pulumi-language-python-exec",),
        ),
    )


# The newest release of the language host that is published as part of a Go module; it serves newer engines.
LANGUAGE_VERSION = "3.70.0"


def home(environment: Mapping[str, str] = os.environ) -> Path:
    """Return the folder of this user for programs of exactly these versions and sources."""
    base = environment.get("XDG_CACHE_HOME") or os.path.join(
        environment.get("HOME") or os.path.expanduser("~"), ".cache"
    )
    return Path(base) / "virgem" / "engine" / _digest()


def _digest() -> str:
    """Tell one set of sources and versions from another: a change of either is a new folder."""
    found = hashlib.sha256(" ".join(program.wanted for program in programs()).encode())
    for path in sorted(path for path in SOURCES.rglob("*") if path.is_file()):
        found.update(path.relative_to(SOURCES).as_posix().encode() + b"\0" + path.read_bytes() + b"\0")
    return found.hexdigest()[:12]


def find(program: Program, environment: Mapping[str, str] = os.environ) -> Found | None:
    """Return where a program that will do lies: on PATH, else in this user's folders; None when there is none."""
    for source, path in _places(program, environment):
        told = told_version(program, path)
        if told is not None and fits(program, told):
            return Found(program=program, path=path, version=told, source=source)
    return None


def _places(program: Program, environment: Mapping[str, str]) -> list[tuple[str, Path]]:
    on_path = shutil.which(program.name, path=environment.get("PATH", os.defpath))
    own = home(environment)
    vendor = Path(
        environment.get("PULUMI_HOME") or Path(environment.get("HOME") or os.path.expanduser("~")) / ".pulumi"
    )
    plugin = f"plugins/resource-openstack-v{program.wanted}/{program.name}"
    places = [
        *([("PATH", Path(on_path))] if on_path else []),
        ("built", own / "bin" / program.name),
        ("vendor", own / "vendor" / "bin" / program.name),
        ("vendor", own / "vendor" / plugin),
        ("vendor", vendor / "bin" / program.name),
        ("vendor", vendor / plugin),
    ]
    return [(source, path) for source, path in places if os.access(path, os.X_OK) and path.is_file()]


def told_version(program: Program, path: Path) -> str | None:
    """Return the version that a program prints, the wanted one when it never tells, None when it does not run."""
    if not program.ask:
        return program.wanted
    environment = os.environ | {"PULUMI_SKIP_UPDATE_CHECK": "true"}
    try:
        done = subprocess.run(
            [path, *program.ask], capture_output=True, text=True, timeout=_ASK_SECONDS, env=environment, check=False
        )
    except (OSError, subprocess.TimeoutExpired):
        return None
    return done.stdout.strip().removeprefix("v") or None if done.returncode == 0 else None


def fits(program: Program, told: str) -> bool:
    """Tell whether a version will do: the same major one, and not older than the oldest."""
    have, need = _numbers(told), _numbers(program.oldest)
    return bool(have) and have[0] == need[0] and have >= need


def _numbers(text: str) -> tuple[int, ...]:
    found = re.match(r"(\d+)\.(\d+)\.(\d+)", text)
    return tuple(int(part) for part in found.groups()) if found else ()
