"""`virgem cloud preview` without a cloud: the same programs on an engine inside the process."""

from __future__ import annotations

import argparse
from typing import TYPE_CHECKING

from virgem.modules.cli.changes import confirm_deletions, face, warn_of_deletions
from virgem.modules.cli.console import Console
from virgem.modules.cli.estate import output_folder
from virgem.modules.cli.judged import as_data as policies_data
from virgem.modules.cli.judged import judged, tell
from virgem.modules.cli.verb import CHANGES, DONE, FAILED

if TYPE_CHECKING:
    from virgem.modules.planning import Ready


def preview(args: argparse.Namespace, out: Console, ready: Ready) -> int:
    """Preview the cloud of an estate against the last saved plan."""
    from virgem.modules.changes.faces import as_data
    from virgem.modules.cloud import saved
    from virgem.modules.cloud.plan import cloud_plan
    from virgem.modules.cloud.previewing import preview as previewed
    from virgem.stacks.program import load, run

    folder = output_folder(args, ready.estate)
    tenants = tuple(args.tenant) if args.tenant else None
    found = previewed(ready.estate, ready.plan, saved.read(folder), tenants, program=run, load=load)
    out.say(face(args.diff, found.changes, "CloudChanges", "Cloud plan"))
    verdict = judged(args, ready, cloud_plan(ready.estate, ready.plan), found.preview)
    tell(verdict, out)
    if args.save_plan:
        confirm_deletions(found.changes, args.confirm, out)
        out.note(f"saved {saved.write(folder, found.document)}")
    else:
        warn_of_deletions(found.changes, args.confirm, out)
    out.document("CloudPreviewResult", {**as_data(found.changes), "policies": policies_data(verdict.verdicts)})
    return FAILED if verdict.errors else CHANGES if found.changes.total.changed else DONE
