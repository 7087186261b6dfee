"""The files of an estate as bytes: the only part of loading that touches the disk, and it trusts nothing it finds."""

from __future__ import annotations

import errno
import hashlib
import os
import re
import stat
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from types import MappingProxyType

from virgem.modules.codes import problem
from virgem.modules.estate.hiding import masked
from virgem.modules.estate.strays import (
    DEVICES,
    ENDINGS,
    MUNICIPALITIES,
    folders_meant,
    is_beside,
    is_meant,
    printable,
    way_out,
)
from virgem.modules.problem import Mark, Problem, UserError

MAIN = "estate.yaml"
YAML_LIMIT = 8 * 2**20
CSV_LIMIT = 64 * 2**20
ESTATE_LIMIT = 512 * 2**20
FILE_LIMIT = 5_000

_LIMITS = {".yaml": (YAML_LIMIT, "8 MiB"), ".csv": (CSV_LIMIT, "64 MiB")}
_JOIN = "put the devices of several sites in one file"
_PLAIN_NAME = re.compile(r"[A-Za-z0-9_][A-Za-z0-9._-]{0,150}")


@dataclass(frozen=True)
class SourceFiles:
    """The bytes of an estate by path relative to its folder ("municipalities/34022-kortrijk.yaml"), sorted by path.

    `problems` says which files were refused and why; those are not in `files`.
    """

    files: Mapping[str, bytes]
    problems: tuple[Problem, ...] = ()
    _lines: dict[str, list[str]] = field(default_factory=dict, compare=False, repr=False)
    _shown: dict[tuple[str, int], str] = field(default_factory=dict, compare=False, repr=False)

    def line(self, mark: Mark) -> str:
        """Return the line of the text that a mark points into, without its line end; "" when there is none.

        Secrets in it are masked: what is shown of an estate ends up in logs and reports.
        """
        if mark.file not in self._lines:
            text = self.files.get(mark.file, b"").removeprefix(b"\xef\xbb\xbf").decode("utf-8", "replace")
            self._lines[mark.file] = text.split("\n")
        lines = self._lines[mark.file]
        if not 0 < mark.line <= len(lines):
            return ""
        key = (mark.file, mark.line)
        if key not in self._shown:
            self._shown[key] = masked(lines, mark.line - 1).rstrip("\r")
        return self._shown[key]

    @cached_property
    def digest(self) -> str:
        """The SHA-256 over all names and contents, in hexadecimal."""
        total = hashlib.sha256()
        for name, data in self.files.items():
            total.update(f"{len(name)}:{name}:{len(data)}:".encode())
            total.update(data)
        return total.hexdigest()


def read_folder(path: Path) -> SourceFiles:
    """Read the files of the estate in folder `path`.

    What is wrong with one file becomes a problem; a folder that is no estate raises UserError.
    """
    root = _estate_folder(path)
    reader = _Reader(root)
    for folder, ending in ENDINGS.items():
        reader.read(folder, ending)
    reader.look_around()
    return SourceFiles(MappingProxyType(dict(sorted(reader.files.items()))), tuple(sorted(reader.problems)))


def is_read(file: Path) -> bool:
    """Tell whether a file of this path would be read as part of the estate around it, there or not."""
    around = file.parent.resolve()
    places = [(around, ""), (around.parent, around.name)]
    return any(
        folder in ENDINGS and (root / MAIN).is_file() and not is_beside(file.name) and is_meant(folder, file.name)
        for root, folder in places
    )


def lies_among(folder: Path) -> bool:
    """Tell whether a folder is an estate, or lies in one of the folders that an estate is read from."""
    here = folder.resolve()
    inside = (each.parent for each in (here, *here.parents) if each.name in (MUNICIPALITIES, DEVICES))
    return any((root / MAIN).is_file() for root in (here, *inside))


def _estate_folder(path: Path) -> Path:
    try:
        root = path.resolve(strict=True)
        if not root.is_dir():
            raise UserError(f"{path} is not a folder", "name the folder that holds the estate.yaml")
        if MAIN not in os.listdir(root):
            raise UserError(
                f"{path} is no estate: it has no {MAIN}", "`virgem init DIR --region CODE` makes a new estate"
            )
    except FileNotFoundError as error:
        raise UserError(f"{path} does not exist", "name the folder that holds the estate.yaml") from error
    except (OSError, ValueError, RuntimeError) as error:
        raise UserError(f"{path} cannot be read: {_reason(error)}", "check the name and the rights") from error
    return root


def _reason(error: Exception) -> str:
    return (error.strerror or str(error)) if isinstance(error, OSError) else str(error)


class _Refused(Exception):
    """One file cannot be used: code, message, hint."""


class _Reader:
    def __init__(self, root: Path) -> None:
        self.root = root
        self.files: dict[str, bytes] = {}
        self.problems: list[Problem] = []
        self.seen = 0
        self.total = 0

    def read(self, folder: str, ending: str) -> None:
        """Read the files of one folder."""
        twins: dict[str, str] = {}
        for name in self._names(folder):
            if is_beside(name) or not is_meant(folder, name):
                continue
            self.seen += 1
            if self.seen == FILE_LIMIT + 1:
                self._refuse(MAIN, "E109", f"the estate has more than {FILE_LIMIT:,} files", _JOIN)
            if self.seen > FILE_LIMIT:
                return
            path = f"{folder}/{name}" if folder else name
            other = twins.setdefault(name.casefold(), path)
            self._take(path, ending, other if other != path else "")

    def look_around(self) -> None:
        """Tell the folders beside the known ones that look like parts of the estate."""
        for name, message, hint in folders_meant(self.root):
            self._refuse(name, "E110", message, hint)

    def _take(self, path: str, ending: str, twin: str) -> None:
        try:
            if twin:
                raise _Refused(
                    "E108", f"{printable(path)} and {printable(twin)} differ in case only", "rename one of them"
                )
            _check_name(self.root, path, ending)
            data = _content(self.root, path, *_LIMITS[ending])
            self.total += len(data)
            if self.total > ESTATE_LIMIT:
                raise _Refused("E104", "the files of the estate hold more than 512 MiB together", "")
            self.files[path] = data
        except _Refused as refused:
            self._refuse(path, *refused.args)

    def _names(self, folder: str) -> Iterator[str]:
        where = self.root / folder
        try:
            if folder and not where.is_dir():
                if os.path.lexists(where):
                    self._refuse(folder, "E103", f"{folder} is not a folder", "")
                return
            if not where.resolve().is_relative_to(self.root):
                hint = "put the folder itself here, not a link to it"
                self._refuse(folder, "E101", f"the folder {folder} lies outside the estate", hint)
                return
            yield from sorted(os.listdir(where))
        except OSError as error:
            message = f"the folder {folder or '.'} cannot be read: {_reason(error)}"
            self._refuse(folder or MAIN, "E102", message, "check the rights on the folder")

    def _refuse(self, path: str, code: str, message: str, hint: str) -> None:
        self.problems.append(problem(code, Mark(printable(path)), message, hint))


def _check_name(root: Path, path: str, ending: str) -> None:
    folder, _, name = path.rpartition("/")
    if not _PLAIN_NAME.fullmatch(name):
        raise _Refused("E111", f"the file name {printable(name)} has odd characters", "letters, digits and . _ -")
    if name.endswith(ending):
        return
    if (root / path).is_dir():
        message = f"{path} is a folder: what is in it would not be read"
        raise _Refused("E110", message, f"move its files to {folder}/" if folder else "rename it")
    raise _Refused("E110", f"{name} would not be read: files here end in {ending}", way_out(folder, name))


def _content(root: Path, path: str, limit: int, shown: str) -> bytes:
    full = root / path
    try:
        if not full.resolve().is_relative_to(root):
            raise _Refused("E101", f"{path} leads out of the estate", "copy the file into the estate")
        _check_ordinary(path, os.stat(full).st_mode)
        # Non-blocking, and looked at again once open: the file may have been swapped for a pipe in between.
        handle = os.open(full, os.O_RDONLY | os.O_NONBLOCK | os.O_CLOEXEC)
        with os.fdopen(handle, "rb") as file:
            _check_ordinary(path, os.fstat(handle).st_mode)
            data = file.read(limit + 1)
    except (OSError, RuntimeError) as error:
        reason, hint = _why_unread(full, error)
        raise _Refused("E102", f"{path} cannot be read: {reason}", hint) from error
    if len(data) > limit:
        raise _Refused("E104", f"{path} is larger than {shown}", "split the file")
    return data


def _why_unread(full: Path, error: OSError | RuntimeError) -> tuple[str, str]:
    """Return why a file cannot be read, and the way out."""
    if isinstance(error, RuntimeError) or error.errno == errno.ELOOP:
        return "its links lead in a circle", "delete the link, or put the file itself here"
    if error.errno == errno.ENOENT and full.is_symlink():
        return "it is a link to a file that does not exist", "delete the link, or put the file itself here"
    return _reason(error), "check the rights on the file"


def _check_ordinary(path: str, mode: int) -> None:
    if not stat.S_ISREG(mode):
        what = "a folder" if stat.S_ISDIR(mode) else "a pipe, a socket or a device"
        raise _Refused("E103", f"{path} is {what}, here a file belongs", "remove it or rename it")
