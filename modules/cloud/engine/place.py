"""Where the state of an estate's stacks lies, and the folder in which this machine works on it.

State is in files unless a URL says otherwise. The folder also holds the passphrase of the state's secrets, the engine's
own settings, what was applied last (see applied) and the logs; nobody else may look into it.
"""

from __future__ import annotations

import json
import os
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

from virgem.modules import files
from virgem.modules.cloud.engine.access import Access
from virgem.modules.problem import UserError

PROJECT = "virgem"
VARIABLE = "VIRGEM_STATE"
_SECRETS = ("PULUMI_CONFIG_PASSPHRASE", "PULUMI_CONFIG_PASSPHRASE_FILE")


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
    def stacks(self) -> Path:
        """Return the folder in which the engine keeps one file for each stack."""
        return Path(self.backend.removeprefix("file://")) / ".pulumi" / "stacks" / PROJECT

    @property
    def locks(self) -> Path:
        """Return the folder of the engine's own locks."""
        return Path(self.backend.removeprefix("file://")) / ".pulumi" / "locks" / "organization" / PROJECT


def place(estate: str, state: str | None, environment: Mapping[str, str] = os.environ) -> Place:
    """Return where an estate's state lies: as the option says, else $VIRGEM_STATE, else in files of this user."""
    if state and "@" in state and urlsplit(state).password:
        raise UserError("a password does not belong on a command line", f"set {VARIABLE} instead of --state")
    wanted = state or environment.get(VARIABLE) or ""
    home = environment.get("XDG_STATE_HOME") or os.path.join(
        environment.get("HOME") or os.path.expanduser("~"), ".local", "state"
    )
    own = Path(home) / "virgem" / "cloud" / estate
    if "://" in wanted and not wanted.startswith("file://"):
        return Place(folder=own, backend=wanted)
    folder = Path(wanted.removeprefix("file://")).absolute() if wanted else own
    return Place(folder=folder, backend=f"file://{folder}")


def prepare(where: Place, access: Access) -> None:
    """Make the folder ready; UserError when what lies there is the state of another cloud."""
    try:
        where.folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        where.folder.chmod(0o700)
        for name in ("home", "log", "applied"):
            (where.folder / name).mkdir(exist_ok=True)
        if not (where.folder / "passphrase").exists():
            _write_private(where.folder / "passphrase", secrets.token_urlsafe(32))
    except OSError as error:
        raise files.explain(error, where.folder) from error
    files.write_atomic(where.folder / "Pulumi.yaml", f"name: {PROJECT}\nruntime: python\n".encode())
    _bind(where, access)


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
        "PULUMI_HOME": str(where.folder / "home"),
        "PULUMI_SKIP_UPDATE_CHECK": "true",
        # The provider is the one that was found or built; none is fetched in its place.
        "PULUMI_DISABLE_AUTOMATIC_PLUGIN_ACQUISITION": "true",
    }
