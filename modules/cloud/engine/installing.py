"""Brings the engine's programs onto a machine: what is there is used, else the vendor's, else our own build."""

from __future__ import annotations

import subprocess
import sys
import urllib.error
import urllib.request
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from virgem.modules import files
from virgem.modules.cloud.engine.building import Report, Workshop, build
from virgem.modules.cloud.engine.programs import Found, Program, find, home, programs
from virgem.modules.problem import UserError

WAYS = ("vendor", "modules")
_VENDOR = "https://get.pulumi.com/install.sh"
_ANSWER_SECONDS = 10
_DOWNLOAD_SECONDS = 1800


@dataclass(frozen=True, slots=True, kw_only=True)
class Status:
    """What is on this machine and what is not."""

    found: tuple[Found, ...]
    missing: tuple[Program, ...]


def status() -> Status:
    """Return which programs are used and which are missing."""
    seen = [(program, find(program)) for program in programs()]
    return Status(
        found=tuple(found for _, found in seen if found),
        missing=tuple(program for program, found in seen if not found),
    )


def install(ways: Iterable[str], report: Report) -> Status:
    """Install what is missing in the first of these ways that works; raises UserError when none does."""
    folder = home()
    if not status().missing:
        return status()
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise files.explain(error, folder) from error
    with files.locked(folder):
        failures = [failure for way in ways if (failure := _try(way, folder, report))]
    left = status()
    if left.missing:
        raise failures[-1] if failures else _unfit(left)
    return left


def _try(way: str, folder: Path, report: Report) -> UserError | None:
    """Install what is still missing in one way; return why that failed."""
    missing = status().missing
    if not missing:
        return None
    try:
        {"vendor": _from_vendor, "modules": _from_modules}[way](missing, folder, report)
    except UserError as error:
        report(f"{way}: {error.message}")
        return error
    return None


def _from_modules(missing: tuple[Program, ...], folder: Path, report: Report) -> None:
    build(missing, Workshop(folder=folder / "workshop", bin=folder / "bin", report=report))


def _from_vendor(missing: tuple[Program, ...], folder: Path, report: Report) -> None:
    """Let the vendor's own installer fetch the engine, with its language hosts, and the engine its provider."""
    _check_vendor()
    report(f"fetching {', '.join(program.name for program in missing)} from the vendor")
    root, engine = folder / "vendor", programs()[0]
    _run([sys.executable, "-c", _INSTALL, str(root), engine.wanted], root)
    pulumi = find(engine)
    provider = programs()[1]
    if pulumi and provider in missing:
        command = [str(pulumi.path), "plugin", "install", "resource", "openstack", f"v{provider.wanted}"]
        _run(["env", f"PULUMI_HOME={root}", *command], root)


# The Automation API's installer has no time limit of its own, so it runs in a process that has one.
_INSTALL = """
import sys
from pulumi.automation import PulumiCommand
from semver import VersionInfo
PulumiCommand.install(root=sys.argv[1], version=VersionInfo.parse(sys.argv[2]))
"""


def _check_vendor() -> None:
    try:
        with urllib.request.urlopen(_VENDOR, timeout=_ANSWER_SECONDS) as answer:
            answer.read(1)
    except (OSError, urllib.error.URLError) as error:
        reason = getattr(error, "reason", error)
        raise UserError(
            f"get.pulumi.com cannot be reached ({reason})", "give the machine a way to it, or use --from modules"
        ) from error


def _run(command: list[str], folder: Path) -> None:
    try:
        folder.mkdir(parents=True, exist_ok=True)
        done = subprocess.run(
            command, cwd=folder, capture_output=True, text=True, timeout=_DOWNLOAD_SECONDS, check=False
        )
    except subprocess.TimeoutExpired as error:
        raise UserError(f"the download took more than {_DOWNLOAD_SECONDS} s", "run the command again") from error
    except OSError as error:
        raise files.explain(error, folder) from error
    if done.returncode:
        lines = [line for line in (done.stderr or done.stdout).splitlines() if line.strip()]
        raise UserError(
            f"the vendor's installer failed: {lines[-1] if lines else 'no reason given'}", "try --from modules"
        )


def _unfit(left: Status) -> UserError:
    names = ", ".join(f"{program.name} {program.wanted}" for program in left.missing)
    return UserError(f"{names} could not be installed", "run the command again with --verbose and report it")
