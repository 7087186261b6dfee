"""`virgem cloud env`: what the plain `pulumi` needs to work on the same stacks, for a shell."""

from __future__ import annotations

import os
import shlex
import sys
from pathlib import Path

from virgem.modules.cli.cloud.action import Action, Work
from virgem.modules.cli.verb import DONE


def _run(work: Work) -> int:
    from virgem.modules.cloud.engine.place import VARIABLE

    lines = []
    for name, value in variables(work).items():
        # A password in the place of the state stays in the variable that it came by.
        told = f'"${VARIABLE}"' if value == os.environ.get(VARIABLE) else shlex.quote(value)
        lines.append(f"export {name}={told}")
    work.out.say("\n".join(lines))
    work.out.document("CloudEnvironment", {"shell": lines})
    return DONE


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
