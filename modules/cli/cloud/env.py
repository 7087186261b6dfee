"""`virgem cloud env`: what the plain `pulumi` needs to work on the same stacks, for a shell."""

from __future__ import annotations

import os
import re
import shlex
import sys
from pathlib import Path

from virgem.modules import files
from virgem.modules.cli.cloud.action import Action, Work
from virgem.modules.cli.verb import DONE

_ROOT = Path(__file__).resolve().parents[3]
_ONLY_SALT, _LIMIT = re.compile(rb"\s*encryptionsalt: \S+\s*"), 2**16


def _run(work: Work) -> int:
    from virgem.modules.cloud.engine.place import VARIABLE

    forget_salts(_ROOT)
    state = os.environ.get(VARIABLE, "")
    lines = [f"export {name}={quoted(value, VARIABLE, state)}" for name, value in variables(work).items()]
    work.out.say("\n".join(lines))
    work.out.document("CloudEnvironment", {"shell": lines})
    return DONE


def forget_salts(root: Path) -> None:
    """Remove the notes of the plain pulumi beside Pulumi.yaml that hold a salt alone, which the state has too.

    They may be of another estate: its passphrase would be asked for.
    """
    for file in root.glob("Pulumi.*.yaml"):
        if _ONLY_SALT.fullmatch(files.read_bytes(file, _LIMIT) or b""):
            file.unlink(missing_ok=True)


def quoted(value: str, variable: str, state: str) -> str:
    """Return a value for a shell; a password in the URL of a state stays in the variable that it came by."""
    if "://" not in state or not value.startswith(state):
        return shlex.quote(value)
    rest = value.removeprefix(state)
    return f'"${variable}"{shlex.quote(rest) if rest else ""}'


def variables(work: Work) -> dict[str, str]:
    """Return the engine's variables; Python is that of this environment, as the programs need its packages."""
    own = {name: value for name, value in work.site.engine.variables.items() if os.environ.get(name) != value}
    path = os.pathsep.join((str(Path(sys.executable).parent), own.get("PATH", os.environ.get("PATH", ""))))
    return {**own, "PATH": path, "VIRGEM_ESTATE": str(work.ready.folder.resolve())}


ACTION = Action(
    name="env",
    help="what the plain pulumi needs to work on the same stacks, for a shell to evaluate",
    run=_run,
    alone=False,
)
