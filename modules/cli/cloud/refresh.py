"""`virgem cloud refresh`: take into the state what the cloud has become."""

from __future__ import annotations

from virgem.modules.cli.cloud.action import Action, Work
from virgem.modules.cli.verb import DONE


def _run(work: Work) -> int:
    from virgem.modules.cloud import applying

    found = applying.refresh(work.site, work.names)
    work.show(found)
    work.tell(found)
    return DONE


ACTION = Action(name="refresh", help="take into the state what the cloud has become", run=_run)
