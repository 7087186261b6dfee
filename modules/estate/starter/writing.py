"""Writing a new estate: the whole folder or nothing, and never over something that is there."""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Mapping
from pathlib import Path

from virgem.modules import files
from virgem.modules.problem import UserError


def write_estate(made: Mapping[str, bytes], folder: Path) -> bool:
    """Write the files into a folder that is empty or does not exist, and tell whether anything had to be written.

    UserError when it cannot be done; nothing is left half. A folder that holds all of it already is left as it is.
    """
    try:
        if _holds(folder, made):
            return False
        _refuse_what_is_there(folder)
        _write(made, folder)
    except OSError as error:
        raise files.explain(error, folder) from error
    return True


def _holds(folder: Path, made: Mapping[str, bytes]) -> bool:
    return all((folder / name).is_file() and (folder / name).read_bytes() == data for name, data in made.items())


def _refuse_what_is_there(folder: Path) -> None:
    if os.path.lexists(folder) and not folder.is_dir():
        raise UserError(f"{folder} is not a folder", "choose another name")
    if folder.is_dir() and any(folder.iterdir()):
        raise UserError(f"{folder} is not empty", "choose a new folder; virgem never writes over an estate")


def _write(made: Mapping[str, bytes], folder: Path) -> None:
    there = folder.is_dir()
    beside = folder if there else folder.absolute().parent
    beside.mkdir(parents=True, exist_ok=True)
    staging = Path(tempfile.mkdtemp(prefix=".virgem-new-", dir=beside))
    try:
        for name, data in made.items():
            target = staging / name
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_bytes(data)
        os.sync()
        _move(staging, folder, there)
    finally:
        shutil.rmtree(staging, ignore_errors=True)


def _move(staging: Path, folder: Path, there: bool) -> None:
    staging.chmod(0o777 & ~_umask())
    if not there:
        staging.rename(folder)
        return
    # estate.yaml last: without it the folder is no estate yet.
    for name in sorted(os.listdir(staging), key=lambda name: (name == "estate.yaml", name)):
        os.replace(staging / name, folder / name)


def _umask() -> int:
    mask = os.umask(0)
    os.umask(mask)
    return mask
