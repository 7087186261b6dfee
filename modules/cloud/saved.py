"""The saved cloud plan in a folder of results."""

from __future__ import annotations

from pathlib import Path

from virgem.modules import files
from virgem.modules.cloud.previewing import SAVED

_LIMIT = 2**30


def read(folder: Path) -> bytes | None:
    """Return the saved plan's bytes, None when there is none."""
    return files.read_bytes(folder / SAVED, _LIMIT)


def write(folder: Path, document: bytes) -> Path:
    """Save the plan, old or new and never half; return where."""
    files.write_atomic(folder / SAVED, document)
    return folder / SAVED
