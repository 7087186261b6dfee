"""`virgem cloud up`: make the cloud what the estate says."""

from __future__ import annotations

import argparse
from typing import TYPE_CHECKING

from virgem.modules.cli.changes import confirm_deletions
from virgem.modules.cli.cloud.action import Action, Work
from virgem.modules.cli.cloud.preview import judge, with_drift
from virgem.modules.cli.console import Console, counted
from virgem.modules.cli.estate import output_folder
from virgem.modules.cli.judged import refusal as refused_by
from virgem.modules.cli.judged import tell
from virgem.modules.cli.verb import DONE
from virgem.modules.problem import UserError

if TYPE_CHECKING:
    from virgem.modules.cloud.applying import Site
    from virgem.modules.cloud.approved import Approved
    from virgem.modules.cloud.removal import Removal
    from virgem.modules.planning import Ready


def saved(args: argparse.Namespace, ready: Ready) -> Approved:
    """Return the preview that was saved to be carried out; raises UserError."""
    from virgem.modules import files
    from virgem.modules.cloud import approved

    file = output_folder(args, ready.estate) / approved.SAVED
    return approved.parse(files.read_bytes(file, approved.LIMIT), str(file))


def _check_saved(work: Work) -> None:
    from virgem.modules.cloud import applying, approved

    now = with_drift(work, applying.preview(work.site, work.names))
    approved.check_moved(saved(work.args, work.ready), now)


def _agree_to_removals(out: Console, found: tuple[Removal, ...], named: list[str]) -> None:
    """Go on when every tenant that goes was named; --yes is no name."""
    from virgem.modules.cloud.removal import check_named, refusal

    check_named(found, named)
    for removal in found:
        if removal.tenant not in named and not out.confirm(removal.message, removal.tenant):
            raise refusal(removal)


def _check_nothing_else(site: Site, gone: tuple[Removal, ...]) -> None:
    """Go on when the projects that go hold nothing that nobody declared."""
    from virgem.modules.cloud import applying
    from virgem.modules.cloud.removal import check_nothing_else

    going, of = {removal.tenant: removal for removal in gone}, site.tenant_of()
    others = applying.undeclared(site, [name for name in applying.leftovers(site) if of[name] in going])
    check_nothing_else(others, {tenant for tenant, removal in going.items() if removal.whole})


def _run(work: Work) -> int:
    from virgem.modules.changes.faces import summary
    from virgem.modules.cloud import applying

    site, out = work.site, work.out
    verdict = judge(work)
    tell(verdict, out)
    if verdict.errors:
        raise UserError(*refused_by(verdict))
    if work.args.as_saved:
        _check_saved(work)
    elif others := applying.moved(site, work.names):
        with out.step(f"Look again at {counted(sum(map(len, others.values())), 'object')} that others changed"):
            applying.refresh(site, tuple(others), others)
    with out.step("Find out what differs"):
        found = applying.foresee(site, work.names)
    work.show(found)
    gone = applying.removed(site, found)
    _agree_to_removals(out, gone, work.args.remove)
    if gone:
        _check_nothing_else(site, gone)
    if found.total.changed:
        confirm_deletions(found, work.args.confirm, out)
        work.agree(f"This changes the cloud at {site.access.url}: {summary(found)}.")
    with out.step(f"Apply {len(work.names)} stacks to {site.access.url}"):
        done = applying.up(site, work.names)
    out.say(summary(done))
    work.tell(done, verdict)
    return DONE


ACTION = Action(
    name="up",
    help="make the cloud what the estate says",
    run=_run,
    options={
        "--as-saved": {
            "action": "store_true",
            "help": "what the saved preview lists, for the tenants it is of; nothing when that is otherwise now",
        },
        "--remove": {
            "metavar": "NIS",
            "action": "append",
            "default": [],
            "help": "agree that this tenant, which the estate has no more, goes with all its data; may be repeated",
        },
    },
)
