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
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

from virgem.modules.problem import UserError

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
    hint = _WAYS_OUT.get(error.errno or 0, "check the folder and run the command again")
    return UserError(f"cannot write {path}: {(error.strerror or 'unknown error').lower()}", hint)


def write_atomic(path: Path, data: bytes) -> bool:
    """Write a file so that it is old or new; return False when it held these bytes already."""
    try:
        if path.exists() and not path.is_file():
            return _write_into(path, data)
        if _same(path, data):
            return False
        path.parent.mkdir(parents=True, exist_ok=True)
        beside = path.with_name(f".{path.name}.{os.getpid()}.new")
        try:
            _write_flushed(beside, data)
            os.replace(beside, path)
        finally:
            beside.unlink(missing_ok=True)
        _flush_folder(path.parent)
    except OSError as error:
        raise explain(error, path) from error
    return True


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
    new: list[str] = []
    try:
        root.mkdir(parents=True, exist_ok=True)
        with locked(root):
            return _write_tree(root, files, within, new)
    except OSError as error:
        refused = explain(error, root)
        raise UserError(refused.message, f"{refused.hint}, or choose another folder with -o; {_told(new)}") from error


def _told(new: list[str]) -> str:
    return f"{len(new)} files are new there, each of them whole" if new else "no file there was changed"


def _write_tree(root: Path, files: Mapping[str, bytes], within: tuple[str, ...], new: list[str]) -> Written:
    _check_inside(root, files)
    differing = [name for name in sorted(files) if not _same(f"{root}/{name}", files[name])]
    created = tuple(name for name in differing if not os.path.exists(f"{root}/{name}"))
    listed = _listed(root)
    gone = [name for name in listed if name not in files]
    removed = tuple(sorted(name for name in gone if name.startswith(within or "") and (root / name).is_file()))
    if differing or removed:
        # The intent first: whatever is on disk after a kill stands in the manifest, so the next write can remove it.
        _write_manifest(root, {*listed, *files})
        _swap(root, {name: files[name] for name in differing}, removed, new)
    kept = {name for name in gone if within and not name.startswith(within)}
    _write_manifest(root, {*files, *kept})
    fresh = set(created)
    changed = tuple(name for name in differing if name not in fresh)
    return Written(created=created, changed=changed, removed=removed, unchanged=len(files) - len(differing))


def _write_manifest(root: Path, names: set[str]) -> None:
    write_atomic(root / MANIFEST, json.dumps(sorted(names), indent=0).encode() + b"\n")


def _swap(root: Path, files: Mapping[str, bytes], removed: tuple[str, ...], new: list[str]) -> None:
    staging = root / _STAGING
    shutil.rmtree(staging, ignore_errors=True)
    try:
        staging.mkdir()
        _stage(staging, files)
        for folder in {name.rpartition("/")[0] for name in files}:
            (root / folder).mkdir(parents=True, exist_ok=True)
        for index, name in enumerate(files):
            os.replace(f"{staging}/{index}", f"{root}/{name}")
            new.append(name)
        for name in removed:
            (root / name).unlink()
            _prune(root, (root / name).parent)
    finally:
        shutil.rmtree(staging, ignore_errors=True)
    _flush_folder(root)


def _stage(staging: Path, files: Mapping[str, bytes]) -> None:
    for index, data in enumerate(files.values()):
        target = staging / str(index)
        if len(files) > _FLUSH_EACH:
            target.write_bytes(data)
        else:
            _write_flushed(target, data)
    if len(files) > _FLUSH_EACH:
        os.sync()


def _prune(root: Path, folder: Path) -> None:
    """Remove folders that became empty, up to but not including the root."""
    while folder != root:
        try:
            folder.rmdir()
        except OSError:
            return
        folder = folder.parent


def _check_inside(root: Path, names: Iterable[str]) -> None:
    for name in names:
        if name.startswith("/") or ".." in name.split("/") or not name.strip("./"):
            raise UserError(f"refusing to write {name!r}: it is outside {root}")
    holding = {PurePosixPath(folder) for folder in {name.rpartition("/")[0] for name in names}}
    for folder in sorted({root / part for held in holding for part in (held, *held.parents)} - {root}):
        if folder.is_symlink():
            raise UserError(f"refusing to write through the link {folder}", "remove the link or choose another folder")


def _listed(root: Path) -> tuple[str, ...]:
    try:
        names = json.loads((root / MANIFEST).read_bytes())
    except (OSError, ValueError):
        return ()
    inside = (n for n in names if isinstance(n, str)) if isinstance(names, list) else ()
    return tuple(n for n in inside if not PurePosixPath(n).is_absolute() and ".." not in PurePosixPath(n).parts)


def _same(path: Path | str, data: bytes) -> bool:
    try:
        found = os.stat(path)
        if not stat.S_ISREG(found.st_mode) or found.st_size != len(data):
            return False
        with open(path, "rb") as file:
            return file.read() == data
    except OSError:
        return False


def _write_flushed(path: Path, data: bytes) -> None:
    with path.open("wb") as file:
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
