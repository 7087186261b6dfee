"""`virgem cloud drift`: what others changed in the cloud, with the ways out of each difference."""

from __future__ import annotations

from virgem.modules.cli.cloud.action import Action, Work
from virgem.modules.cli.day import as_of
from virgem.modules.cli.verb import CHANGES, DONE


def _run(work: Work) -> int:
    from virgem.modules.changes.faces import as_data
    from virgem.modules.cloud import applying
    from virgem.modules.governance import drift

    changes = applying.drift(work.site, work.names)
    found = drift.differences(work.ready.estate, changes.items, as_of(work.args))
    # What is ignored stays as it is until its last day.
    applying.note_moved(work.site, work.names, (one.change for one in found if one.waiver is None))
    work.show(changes)
    if work.args.diff in ("table", "text"):
        for line in drift.lines(found):
            work.out.say(line)
    work.out.document("CloudDriftResult", {**as_data(changes), "differences": drift.as_data(found)})
    return CHANGES if any(one.waiver is None for one in found) else DONE


ACTION = Action(name="drift", help="what the cloud has become since", run=_run)
