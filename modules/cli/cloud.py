"""virgem cloud: what the shared cloud would become."""

from __future__ import annotations

import argparse
import json
from typing import TYPE_CHECKING

from virgem.modules.cli.console import Console
from virgem.modules.cli.estate import add_estate, add_output, output_folder, prepared_estate
from virgem.modules.cli.verb import CHANGES, DONE, Verb
from virgem.modules.problem import UserError

if TYPE_CHECKING:
    from virgem.modules.cloud.changes import CloudChanges

FORMS = ("table", "text", "json", "markdown")


def _arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("action", choices=("preview",), help="preview: what would be created, updated and deleted")
    add_estate(parser)
    add_output(parser, "the saved cloud plan")
    parser.add_argument("--tenant", metavar="NIS", nargs="+", help="only these municipalities, or `shared`")
    parser.add_argument(
        "--engine", choices=("embedded",), default="embedded", help="embedded: in this process, no cloud is asked"
    )
    parser.add_argument("--diff", choices=FORMS, default="table", help="table, or every resource in this form")
    parser.add_argument("--save-plan", action="store_true", help="save it as the plan that later previews compare with")
    parser.add_argument("--confirm", metavar="COUNT", type=int, help="confirm a plan that deletes this many objects")


def _run(args: argparse.Namespace, out: Console) -> int:
    from virgem.modules.cloud import changes as faces
    from virgem.modules.cloud import saved
    from virgem.modules.cloud.previewing import preview
    from virgem.stacks.program import run

    ready = prepared_estate(args, out)
    folder = output_folder(args, ready.estate)
    tenants = tuple(args.tenant) if args.tenant else None
    found = preview(ready.estate, ready.plan, saved.read(folder), tenants, program=run)
    out.say(_face(args.diff, found.changes))
    finding = found.guard(args.confirm)
    if finding and args.save_plan and not out.confirm(finding.message, str(finding.count)):
        raise UserError(finding.message, finding.hint)
    if finding:
        out.note(f"note: {finding.message}; saving it needs --confirm {finding.count}")
    if args.save_plan:
        out.note(f"saved {saved.write(folder, found.document)}")
    out.document("CloudPreviewResult", faces.as_data(found.changes))
    return CHANGES if found.changes.total.changed else DONE


def _face(form: str, changes: CloudChanges) -> str:
    from virgem.modules.cloud import changes as faces

    if form == "json":
        return json.dumps(faces.as_data(changes), indent=2)
    return {"table": faces.preview_table, "text": faces.as_text, "markdown": faces.as_markdown}[form](changes)


VERB = Verb(
    name="cloud",
    help="preview the shared cloud of an estate",
    arguments=_arguments,
    run=_run,
    example="virgem cloud preview inventories/zuid-west-vlaanderen --tenant 34022",
)
