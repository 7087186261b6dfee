"""`virgem cloud preview` on the real engine, and what it saves for `up --as-saved`."""

from __future__ import annotations

from typing import TYPE_CHECKING

from virgem.modules.changes import Changes
from virgem.modules.cli.changes import warn_of_deletions
from virgem.modules.cli.cloud.action import Action, Work
from virgem.modules.cli.console import counted
from virgem.modules.cli.estate import output_folder
from virgem.modules.cli.judged import Judged, judged, tell
from virgem.modules.cli.verb import CHANGES, DONE, FAILED

if TYPE_CHECKING:
    from virgem.modules.cloud.approved import Approved


def judge(work: Work) -> Judged:
    """Return what the policies say of all that these stacks declare, whatever of it is applied already."""
    from virgem.modules.cloud import applying

    return judged(work.args, work.ready, work.site.cloud, applying.declared(work.site, work.names))


def with_drift(work: Work, found: Changes) -> Approved:
    """Return what would be done with what others have changed in the cloud."""
    from virgem.modules.cloud import applying, approved

    with work.out.step("Look what others changed"):
        drift = applying.drift(work.site, work.names)
    return approved.approved(work.site.cloud.estate, work.site.access.url, work.args.tenant or (), found, drift)


def _save(work: Work, found: Approved) -> None:
    from virgem.modules import files
    from virgem.modules.cloud import approved

    file = output_folder(work.args, work.ready.estate) / approved.SAVED
    files.write_atomic(file, approved.dump(found))
    work.out.note(f"saved {file}: `virgem cloud up --as-saved` does this or nothing")


def _run(work: Work) -> int:
    from virgem.modules.cloud import applying

    verdict = judge(work)
    found = applying.preview(work.site, work.names)
    work.show(found)
    tell(verdict, work.out)
    others = sum(map(len, applying.moved(work.site, work.names).values()))
    if others:
        work.out.note(
            f"note: drift told of {counted(others, 'object')} that others changed: up looks again and mends them"
        )
    for removal in applying.removed(work.site, found):
        work.out.note(f"note: {removal.message}\n  carrying it out needs --remove {removal.tenant}")
    warn_of_deletions(found, work.args.confirm, work.out)
    if work.args.save_plan:
        _save(work, with_drift(work, found))
    work.tell(found, verdict)
    return FAILED if verdict.errors else CHANGES if found.total.changed or others else DONE


ACTION = Action(
    name="preview",
    help="what would be created, updated and deleted",
    run=_run,
    options={
        "--save-plan": {
            "action": "store_true",
            "help": "save it as the plan that later previews compare with; with --engine pulumi as what "
            "`up --as-saved` does",
        }
    },
)
