"""`virgem cloud import`: what is declared and lies in the cloud already joins the state."""

from __future__ import annotations

from virgem.modules.cli.cloud.action import Action, Work
from virgem.modules.cli.console import counted
from virgem.modules.cli.verb import DONE

_SHOWN = ("place", "group", "kind", "name", "key")


def _run(work: Work) -> int:
    from virgem.modules.changes.faces import as_data
    from virgem.modules.cloud import applying

    with work.out.step(f"Look in {work.site.access.url} for what the state does not hold"):
        found = applying.take_in(work.site, work.names)
    taken = as_data(found)["changes"]
    for one in taken:
        work.out.say(f"{one['place']} {one['kind'].rpartition(':')[2]} {one['name']}: {one['fields']['id']['new']}")
    work.out.say(f"{counted(len(taken), 'object')} taken in; nothing in the cloud has changed")
    told = [{**{key: one[key] for key in _SHOWN}, "id": one["fields"]["id"]["new"]} for one in taken]
    work.out.document("CloudImportResult", {"taken": told})
    return DONE


ACTION = Action(
    name="import",
    help="take into the state what is declared, lies in the cloud already and is not in the state",
    run=_run,
)
