"""virgem cloud: what the shared cloud would become."""

from __future__ import annotations

import argparse

from virgem.modules.cli.changes import add_changes, confirm_deletions, face, warn_of_deletions
from virgem.modules.cli.console import Console
from virgem.modules.cli.estate import add_estate, add_output, output_folder, prepared_estate
from virgem.modules.cli.verb import CHANGES, DONE, Verb


def _arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("action", choices=("preview",), help="preview: what would be created, updated and deleted")
    add_estate(parser)
    add_output(parser, "the saved cloud plan")
    parser.add_argument("--tenant", metavar="NIS", nargs="+", help="only these municipalities, or `shared`")
    parser.add_argument(
        "--engine", choices=("embedded",), default="embedded", help="embedded: in this process, no cloud is asked"
    )
    add_changes(parser, default="table")
    parser.add_argument("--save-plan", action="store_true", help="save it as the plan that later previews compare with")


def _run(args: argparse.Namespace, out: Console) -> int:
    from virgem.modules.changes.faces import as_data
    from virgem.modules.cloud import saved
    from virgem.modules.cloud.previewing import preview
    from virgem.stacks.program import run

    ready = prepared_estate(args, out)
    folder = output_folder(args, ready.estate)
    tenants = tuple(args.tenant) if args.tenant else None
    found = preview(ready.estate, ready.plan, saved.read(folder), tenants, program=run)
    out.say(face(args.diff, found.changes, "CloudChanges", "Cloud plan"))
    if args.save_plan:
        confirm_deletions(found.changes, args.confirm, out)
        out.note(f"saved {saved.write(folder, found.document)}")
    else:
        warn_of_deletions(found.changes, args.confirm, out)
    out.document("CloudPreviewResult", as_data(found.changes))
    return CHANGES if found.changes.total.changed else DONE


VERB = Verb(
    name="cloud",
    help="preview the shared cloud of an estate",
    arguments=_arguments,
    run=_run,
    example="virgem cloud preview inventories/zuid-west-vlaanderen --tenant 34022",
)
