"""`virgem cloud credentials`: the access of tenants' own programs, in files."""

from __future__ import annotations

from virgem.modules.cli.cloud.action import Action, Work
from virgem.modules.cli.estate import output_folder
from virgem.modules.cli.verb import DONE


def _run(work: Work) -> int:
    from virgem.modules import files
    from virgem.modules.cloud import applying
    from virgem.modules.cloud.credentials import files_of

    own = work.site.where.folder / "credentials"
    root = output_folder(work.args, work.ready.estate) if work.args.output else own
    written = {}
    for found in applying.credentials(work.site, work.tenants):
        for name, data in files_of(found).items():
            files.write_private(root / found.nis / name, data)
        written[found.nis] = {"project": found.project, "folder": str(root / found.nis)}
        work.out.say(f"{root / found.nis}: access to {found.project}")
    work.out.document("CloudCredentials", {"credentials": written})
    return DONE


ACTION = Action(name="credentials", help="write the access of tenants' own programs to files", run=_run)
