"""virgem capacity: whether the hosts carry what is declared and promised when something is lost."""

from __future__ import annotations

import argparse

from virgem.modules.cli.console import Console, document
from virgem.modules.cli.estate import add_estate, prepared_estate
from virgem.modules.cli.verb import DONE, NOTHING, Verb

FORMATS = ("table", "json", "markdown")


def _arguments(parser: argparse.ArgumentParser) -> None:
    add_estate(parser)
    parser.add_argument("--format", choices=FORMATS, default="table", help="how to write it (default: table)")
    parser.set_defaults(output=None)


def _run(args: argparse.Namespace, out: Console) -> int:
    from virgem.modules.cloud import capacity_faces
    from virgem.modules.cloud.capacity import capacity

    ready = prepared_estate(args, out)
    found = capacity(ready.estate, ready.plan)
    body = capacity_faces.as_document(found)
    out.document("Capacity", body)
    if not found.zones:
        out.note("no datacentre of this estate says which hosts it has: write `hosts` there to judge them")
    elif args.format == "json":
        out.say(document("Capacity", body))
    else:
        out.say(capacity_faces.as_markdown(found) if args.format == "markdown" else capacity_faces.as_text(found))
    return DONE if found.zones else NOTHING


VERB = Verb(
    name="capacity",
    help="tell whether the hosts carry all servers and quotas when a host, a rack or a site is lost, and what to buy",
    arguments=_arguments,
    run=_run,
    example="virgem capacity inventories/zuid-west-vlaanderen --format markdown",
)
