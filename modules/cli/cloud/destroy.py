"""`virgem cloud destroy`: take all away."""

from __future__ import annotations

from virgem.modules.cli.changes import confirm_deletions
from virgem.modules.cli.cloud.action import Action, Work
from virgem.modules.cli.verb import DONE


def _run(work: Work) -> int:
    from virgem.modules.changes.faces import summary
    from virgem.modules.cloud import applying
    from virgem.modules.cloud.removal import check_nothing_else, removals

    site, out = work.site, work.out
    wanted = applying.destructible(site, work.names, applications=work.args.applications)
    with out.step("Find out what there is"):
        found = applying.destruction(site, wanted)
        others = applying.undeclared(site, wanted)
    work.show(found)
    for removal in removals(found, {name: site.tenant_of()[name] for name in wanted}):
        out.note(removal.message)
    check_nothing_else(others, {} if work.args.applications else set(work.tenants))
    confirm_deletions(found, work.args.confirm, out)
    with out.step(f"Take it away from {site.access.url}"):
        done = applying.destroy(site, wanted)
    out.say(summary(done))
    work.tell(done)
    return DONE


ACTION = Action(
    name="destroy",
    help="take all away",
    run=_run,
    options={"--applications": {"action": "store_true", "help": "only what can be built anew; data and projects stay"}},
)
