"""Where the state of an estate's stacks lies, and the folder in which this machine works on it.

State is in files unless a URL says otherwise: then several machines may share it, and its passphrase (see store). The
folder also holds the passphrase of the state's secrets, the engine's own settings, what was applied last (see applied)
and the logs; nobody else may look into it.
"""

from __future__ import annotations

import hashlib
import json
import os
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import SplitResult, parse_qs, urlsplit

from virgem.modules import files
from virgem.modules.cloud.engine.access import Access
from virgem.modules.problem import UserError

PROJECT = "virgem"
VARIABLE = "VIRGEM_STATE"
PASSPHRASE = "set PULUMI_CONFIG_PASSPHRASE_FILE to a file that holds it, or PULUMI_CONFIG_PASSPHRASE"
_SECRETS = ("PULUMI_CONFIG_PASSPHRASE", "PULUMI_CONFIG_PASSPHRASE_FILE")
# The stores of state that the engine is tried on (tests/live/openstack); it has more.
_STORES = ("postgres", "s3")
# What of a URL's query says which store it is, and not how it is reached.
_WHICH = ("endpoint", "prefix", "table")
# How the bucket is named when the store is asked: in the path, or as a host of its own. The second is the older name.
_STYLES = ("use_path_style", "s3ForcePathStyle")
_LONGEST = 2**12


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """The folder of this machine, and the URL of the state in the engine's form."""

    folder: Path
    backend: str

    @property
    def in_files(self) -> bool:
        """Whether the state lies in files of this machine."""
        return self.backend.startswith("file://")

    @property
    def shown(self) -> str:
        """Return the URL as it may be shown: without user and password, and without what a query says of access."""
        url = urlsplit(self.backend)
        return f"{url.scheme}://{url.netloc.rpartition('@')[2]}{url.path}{_which(url)}"

    @property
    def marks(self) -> Path | None:
        """Return the folder with the marks of engines at work on a state that others share, None for files."""
        return None if self.in_files else self.folder / "engines"

    @property
    def stacks(self) -> Path:
        """Return the folder in which the engine keeps one file for each stack."""
        return Path(self.backend.removeprefix("file://")) / ".pulumi" / "stacks" / PROJECT

    @property
    def is_begun(self) -> bool:
        """Whether some stack lies in it, or may: what is in a store elsewhere nobody knows before it is asked."""
        return not self.in_files or any(self.stacks.glob("*.json"))

    @property
    def locks(self) -> Path:
        """Return the folder of the engine's own locks."""
        return Path(self.backend.removeprefix("file://")) / ".pulumi" / "locks" / "organization" / PROJECT


def place(estate: str, state: str | None, environment: Mapping[str, str] = os.environ) -> Place:
    """Return where an estate's state lies: as the option says, else $VIRGEM_STATE, else in files of this user."""
    if state and "://" in state and _holds_password(urlsplit(state)):
        raise UserError("a password does not belong on a command line", f"set {VARIABLE} instead of --state")
    wanted = state or environment.get(VARIABLE) or ""
    home = environment.get("XDG_STATE_HOME") or os.path.join(
        environment.get("HOME") or os.path.expanduser("~"), ".local", "state"
    )
    own = Path(home) / "virgem" / "cloud" / estate
    if "://" in wanted and not wanted.startswith("file://"):
        return _shared(wanted, own)
    folder = Path(wanted.removeprefix("file://")).absolute() if wanted else own
    return Place(folder=folder, backend=f"file://{folder}")


def _shared(wanted: str, own: Path) -> Place:
    """Return a store elsewhere; each has a folder of its own, in which no settings of another one are left."""
    scheme = wanted.partition("://")[0]
    if scheme not in _STORES:
        known = " or ".join(f"{name}://" for name in _STORES)
        raise UserError(f"state cannot lie in {scheme}://", f"give a folder, or {known}")
    told = Place(folder=own, backend=wanted).shown
    return Place(folder=own / f"{scheme}-{hashlib.sha256(told.encode()).hexdigest()[:12]}", backend=_reached(wanted))


def _reached(wanted: str) -> str:
    """Return a URL that names a bucket in the path where the store is not Amazon's: few have a host for each bucket."""
    url = urlsplit(wanted)
    told = parse_qs(url.query)
    if url.scheme != "s3" or "endpoint" not in told or {*_STYLES} & {*told}:
        return wanted
    return f"{wanted}&{_STYLES[0]}=true"


def _which(url: SplitResult) -> str:
    told = parse_qs(url.query)
    return "".join(f"{'&' if n else '?'}{name}={told[name][0]}" for n, name in enumerate(sorted({*_WHICH} & {*told})))


def _holds_password(url: SplitResult) -> bool:
    return bool(url.password or parse_qs(url.query).get("password"))


def prepare(where: Place, access: Access) -> None:
    """Make the folder ready; UserError when what lies there is the state of another cloud."""
    try:
        where.folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        where.folder.chmod(0o700)
        for name in ("home", "log", "applied", "engines"):
            (where.folder / name).mkdir(exist_ok=True)
        if where.in_files and not (where.folder / "passphrase").exists():
            _write_private(where.folder / "passphrase", secrets.token_urlsafe(32))
    except OSError as error:
        raise files.explain(error, where.folder) from error
    files.write_atomic(where.folder / "Pulumi.yaml", f"name: {PROJECT}\nruntime: python\n".encode())
    passphrase(where)
    if where.in_files:
        _bind(where, access)


def passphrase(where: Place, environment: Mapping[str, str] = os.environ) -> str:
    """Return the passphrase of the state's secrets; UserError where it is missing.

    None is made up for a state that several machines share: all of them need the same.
    """
    if told := environment.get(_SECRETS[0]):
        return told
    named = environment.get(_SECRETS[1])
    file = Path(named) if named else where.folder / "passphrase"
    found = (files.read_bytes(file, _LONGEST) or b"").decode("utf-8", "replace").strip()
    if not found and named:
        raise UserError(f"{_SECRETS[1]} names {file}, which holds no passphrase", f"correct it: {PASSPHRASE}")
    if not found:
        raise UserError(
            f"the passphrase of the state in {where.shown} is missing",
            f"all who share it need the same one: {PASSPHRASE}; or put it into {file}",
        )
    return found


def _write_private(path: Path, text: str) -> None:
    handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(handle, "w") as file:
        file.write(text)


def _bind(where: Place, access: Access) -> None:
    """Bind a state to the cloud that it is of: in another one, all it holds would seem lost."""
    file = where.folder / "cloud.json"
    data = files.read_bytes(file, 2**16)
    bound = json.loads(data)["url"] if data else access.url
    if bound != access.url:
        raise UserError(
            f"{where.folder} holds the state of the cloud at {bound}, not of the one at {access.url}",
            f"name another folder with --state or {VARIABLE}; if that cloud is gone for good, remove the folder",
        )
    files.write_atomic(file, json.dumps({"url": access.url}).encode())


def variables(where: Place, programs: tuple[Path, ...], environment: Mapping[str, str] = os.environ) -> dict[str, str]:
    """Return what the engine's process is told beside what this one was."""
    given = any(environment.get(name) for name in _SECRETS)
    own = {} if given else {"PULUMI_CONFIG_PASSPHRASE_FILE": str(where.folder / "passphrase")}
    folders = dict.fromkeys(str(program.parent) for program in programs)
    return {
        **own,
        "PATH": os.pathsep.join((*folders, environment.get("PATH", os.defpath))),
        "PULUMI_BACKEND_URL": where.backend,
        # Listing side by side, the engine waits for ever for a connection to PostgreSQL that it holds itself.
        "PULUMI_DIY_BACKEND_PARALLEL": "1",
        # A machine that has not seen a stack yet takes over how its secrets are kept, and makes no other key.
        "PULUMI_FALLBACK_TO_STATE_SECRETS_MANAGER": "true",
        "PULUMI_HOME": str(where.folder / "home"),
        "PULUMI_SKIP_UPDATE_CHECK": "true",
        # The provider is the one that was found or built; none is fetched in its place.
        "PULUMI_DISABLE_AUTOMATIC_PLUGIN_ACQUISITION": "true",
    }
