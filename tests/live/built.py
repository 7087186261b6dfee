"""Programs for tests that are built from Go modules, once per user, and kept beside the test hosts."""

from __future__ import annotations

import hashlib
import subprocess
import tempfile
from pathlib import Path

from support import missing

from virgem.modules.cloud.engine.building import Workshop, toolchain
from virgem.modules.problem import UserError

from .images import cache_root


def program(sources: Path, package: str, need: str) -> Path:
    """Return the program of a package in a Go module of its own, whose go.sum pins all that is built.

    Without it the test is skipped (or fails under CI=true), naming the `need`.
    """
    digest = hashlib.sha256(b"".join(path.read_bytes() for path in sorted(sources.iterdir()))).hexdigest()[:16]
    built = cache_root() / sources.name / digest
    if not built.exists():
        _build(built, sources, package, need)
    return built


def _build(built: Path, sources: Path, package: str, need: str) -> None:
    """Build beside the final name and rename at the end, so that a half-built program is never used."""
    built.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=built.parent) as folder:
        new = Path(folder) / sources.name
        shop = Workshop(folder=Path(folder), bin=Path(folder), report=print)
        try:
            command = [toolchain(shop), "build", "-ldflags", "-s -w", "-o", new, package]
        except UserError as error:
            missing(f"needs {need}, or Go to build {sources.name}: {error}")
        done = subprocess.run(command, cwd=sources, env=shop.environment(), capture_output=True, text=True)
        if done.returncode:
            missing(f"needs {need}, or {sources.name}, which cannot be built: {done.stderr.strip()}")
        new.rename(built)
