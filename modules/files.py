"""Durable writes: a file is old or new, never half; a folder of results is brought up to date file by file.

Every write goes beside its target, is flushed to disk and renamed over it (reliability: killed, disk full, read-only).
"""

from __future__ import annotations

import contextlib
import errno
import fcntl
import hashlib
import json
import os
import shutil
import stat
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path, PurePosixPath

from virgem.modules.problem import UserError
from virgem.modules.workers import side_by_side

MANIFEST = ".virgem-files.json"
_STAGING = ".virgem-staging"
# Above this many changed files one sync of all disks is cheaper than a flush for each.
_FLUSH_EACH = 64

_WAYS_OUT = {
    errno.ENOSPC: "the disk is full: free some space and run the command again",
    errno.EDQUOT: "your disk quota is used up: free some space and run the command again",
    errno.EROFS: "the disk is mounted read-only: make it writable",
    errno.EACCES: "no permission to write there: ask for it",
    errno.EPERM: "no permission to write there: ask for it",
    errno.EFBIG: "a limit on file sizes stopped it (ulimit -f)",
    errno.ENOTDIR: "a file stands where a folder is needed: move it away",
    errno.EISDIR: "a folder stands where a file is needed: move it away",
    errno.ENAMETOOLONG: "the path is too long: take a folder nearer to the root",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Written:
    """What a write of a folder did, as sorted relative paths."""

    created: tuple[str, ...]
    changed: tuple[str, ...]
    removed: tuple[str, ...]
    unchanged: int

    @property
    def touched(self) -> int:
        """How many files are other than before."""
        return len(self.created) + len(self.changed) + len(self.removed)


def explain(error: OSError, path: Path) -> UserError:
    """Return a disk failure as a sentence with its way out."""
    if error.errno in (errno.EEXIST, errno.ENOTDIR) and (file := next(filter(_is_other, (path, *path.parents)), None)):
        return UserError(f"cannot write {path}: {file} is no folder", "name another folder, or take that file away")
    hint = _WAYS_OUT.get(error.errno or 0, "check the folder and run the command again")
    return UserError(f"cannot write {path}: {(error.strerror or 'unknown error').lower()}", hint)


def _is_other(path: Path) -> bool:
    return path.exists() and not path.is_dir()


def write_atomic(path: Path, data: bytes) -> bool:
    """Write a file so that it is old or new; return False when it held these bytes already."""
    try:
        if path.exists() and not path.is_file():
            return _write_into(path, data)
        if _held(path, data):
            return False
        path.parent.mkdir(parents=True, exist_ok=True)
        _put_in_place(path, data, 0o666)
    except OSError as error:
        raise explain(error, path) from error
    return True


def write_private(path: Path, data: bytes) -> None:
    """Write a file that nobody but its owner may read, old or new; so is a folder that is not there yet."""
    try:
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        _put_in_place(path, data, 0o600)
    except OSError as error:
        raise explain(error, path) from error


def _put_in_place(path: Path, data: bytes, mode: int) -> None:
    beside = path.with_name(f".{path.name}.{os.getpid()}.new")
    try:
        _write_flushed(beside, data, mode)
        os.replace(beside, path)
    finally:
        beside.unlink(missing_ok=True)
    _flush_folder(path.parent)


def _write_into(path: Path, data: bytes) -> bool:
    """Write to a device or a pipe (-o /dev/stdout): what is no file is never replaced by one."""
    if path.is_dir() or path.is_socket():
        raise UserError(f"cannot write {path}: it is no file", "name a file")
    with path.open("wb", buffering=0) as target:
        target.write(data)
    return True


def write_tree(root: Path, files: Mapping[str, bytes], within: tuple[str, ...] = ()) -> Written:
    """Make `root` hold exactly these files (relative POSIX paths), touching only what differs.

    Files of somebody else are left alone: only what an earlier write listed in its manifest is removed, and with
    `within` only what starts with one of these prefixes. A refusal says how many files are new before it.
    """
    return write_shares(root, [files.items()], within)


def write_shares(root: Path, shares: Sequence[Iterable[tuple[str, bytes]]], within: tuple[str, ...] = ()) -> Written:
    """Do the same with files that are made on the way, in shares that are made and laid ready side by side."""
    new: list[str] = []
    try:
        root.mkdir(parents=True, exist_ok=True)
        with locked(root):
            return _write_shares(root, shares, within, new)
    except OSError as error:
        refused = explain(error, root)
        raise UserError(refused.message, f"{refused.hint}, or choose another folder with -o; {_told(new)}") from error


def _told(new: list[str]) -> str:
    return f"{len(new)} files are new there, each of them whole" if new else "no file there was changed"


def _write_shares(
    root: Path, shares: Sequence[Iterable[tuple[str, bytes]]], within: tuple[str, ...], new: list[str]
) -> Written:
    staging = f"{root}/{_STAGING}"
    shutil.rmtree(staging, ignore_errors=True)
    try:
        jobs = [partial(_lay_ready, root, f"{staging}/{number}", share) for number, share in enumerate(shares)]
        ready = side_by_side(jobs)
        if any(len(share.beside) > _FLUSH_EACH for share in ready):
            os.sync()
        return _swap(root, ready, within, new)
    finally:
        shutil.rmtree(staging, ignore_errors=True)


@dataclass(frozen=True, slots=True)
class _Ready:
    """The names of some files and, of those that differ, the file that lies ready beside; which of them are created."""

    names: list[str]
    beside: dict[str, str]
    created: list[str]


def _lay_ready(root: Path, staging: str, files: Iterable[tuple[str, bytes]]) -> _Ready:
    """Lay those files that differ in a folder beside, on disk or for one sync of all; nothing is replaced yet."""
    ready = _Ready([], {}, [])
    folders = {""}
    for name, data in files:
        _check_inside(root, name, folders)
        ready.names.append(name)
        held = _held(f"{root}/{name}", data)
        if held is None:
            ready.created.append(name)
        if not held:
            ready.beside[name] = _lay(staging, len(ready.beside), data)
    return ready


def _lay(staging: str, number: int, data: bytes) -> str:
    if not number:
        os.makedirs(staging)
    target = f"{staging}/{number}"
    if number < _FLUSH_EACH:
        _write_flushed(target, data)
    else:
        with open(target, "wb", buffering=0) as file:
            file.write(data)
    return target


def _swap(root: Path, ready: Iterable[_Ready], within: tuple[str, ...], new: list[str]) -> Written:
    """Put what lies ready in its place, file by file, and remove what is no longer there."""
    names = {name for share in ready for name in share.names}
    beside = dict(sorted(pair for share in ready for pair in share.beside.items()))
    created = sorted(name for share in ready for name in share.created)
    listed = _listed(root)
    gone = [name for name in listed if name not in names]
    removed = sorted(name for name in gone if name.startswith(within or "") and (root / name).is_file())
    if beside or removed:
        # The intent first: whatever is on disk after a kill stands in the manifest, so the next write can remove it.
        _write_manifest(root, {*listed, *names})
        _make_folders(root, created)
        _replace(root, beside, new)
        _remove(root, removed)
        _flush_folder(root)
    _write_manifest(root, {*names, *(name for name in gone if within and not name.startswith(within))})
    changed = sorted(beside.keys() - set(created))
    return Written(
        created=tuple(created), changed=tuple(changed), removed=tuple(removed), unchanged=len(names) - len(beside)
    )


def _write_manifest(root: Path, names: set[str]) -> None:
    write_atomic(root / MANIFEST, json.dumps(sorted(names), indent=0).encode() + b"\n")


def _make_folders(root: Path, names: Iterable[str]) -> None:
    for folder in sorted({name.rpartition("/")[0] for name in names}):
        os.makedirs(f"{root}/{folder}", exist_ok=True)


def _replace(root: Path, beside: Mapping[str, str], new: list[str]) -> None:
    for name, ready in beside.items():
        os.replace(ready, f"{root}/{name}")
        new.append(name)


def _remove(root: Path, names: Iterable[str]) -> None:
    for name in names:
        (root / name).unlink()
        _prune(root, (root / name).parent)


def _prune(root: Path, folder: Path) -> None:
    """Remove folders that became empty, up to but not including the root."""
    while folder != root:
        try:
            folder.rmdir()
        except OSError:
            return
        folder = folder.parent


def _check_inside(root: Path, name: str, known: set[str]) -> None:
    """Refuse a name outside the root or behind a link; `known` holds the folders that were looked at."""
    folder = name.rpartition("/")[0]
    if name.startswith("/") or ".." in name.split("/") or not name.strip("./"):
        raise UserError(f"refusing to write {name!r}: it is outside {root}")
    while folder not in known:
        if os.path.islink(f"{root}/{folder}"):
            raise UserError(
                f"refusing to write through the link {root / folder}", "remove the link or choose another folder"
            )
        known.add(folder)
        folder = folder.rpartition("/")[0]


def _listed(root: Path) -> tuple[str, ...]:
    try:
        names = json.loads((root / MANIFEST).read_bytes())
    except (OSError, ValueError):
        return ()
    inside = (n for n in names if isinstance(n, str)) if isinstance(names, list) else ()
    return tuple(n for n in inside if not PurePosixPath(n).is_absolute() and ".." not in PurePosixPath(n).parts)


def _held(path: Path | str, data: bytes) -> bool | None:
    """Tell whether a file holds these bytes; None where there is nothing."""
    try:
        found = os.stat(path)
        if not stat.S_ISREG(found.st_mode) or found.st_size != len(data):
            return False
        with open(path, "rb") as file:
            return file.read() == data
    except (FileNotFoundError, NotADirectoryError):
        return None
    except OSError:
        return False


def _write_flushed(path: Path | str, data: bytes, mode: int = 0o666) -> None:
    with open(path, "wb", opener=lambda name, flags: os.open(name, flags, mode)) as file:
        file.write(data)
        file.flush()
        os.fsync(file.fileno())


def _flush_folder(folder: Path) -> None:
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


@contextlib.contextmanager
def locked(folder: Path) -> Iterator[None]:
    """Hold the folder against a second writer; the lock goes with the process, even after kill -9."""
    holder = folder / ".virgem-holder"
    # The folder itself is locked, so that nothing of the lock is left among the results.
    handle = os.open(folder, os.O_RDONLY)
    try:
        _lock(handle, folder, holder)
        try:
            holder.write_text(f"process {os.getpid()}")
            yield
        finally:
            holder.unlink(missing_ok=True)
    finally:
        os.close(handle)


def _lock(handle: int, folder: Path, holder: Path) -> None:
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        raise UserError(f"{folder} is being written by {_holder(holder)}", "wait until it is done") from None


def _holder(file: Path) -> str:
    try:
        return file.read_text()
    except OSError:
        return "another process"


def read_bytes(path: Path, limit: int) -> bytes | None:
    """Return a regular file's bytes, or None when there is none; refuse more than `limit` bytes."""
    try:
        if not path.exists():
            return None
        if not path.is_file():
            raise UserError(f"{path} is no regular file")
        if path.stat().st_size > limit:
            raise UserError(f"{path} is larger than {limit // 2**20} MiB", "is it the right file?")
        return path.read_bytes()
    except OSError as error:
        reason = (error.strerror or "unknown error").lower()
        raise UserError(f"cannot read {path}: {reason}", "check its permissions") from error


def digest(data: bytes) -> str:
    """Return the SHA-256 of some bytes in hexadecimal."""
    return hashlib.sha256(data).hexdigest()
