"""virgem schema: the JSON Schema of the estate, for editors and CI."""

from __future__ import annotations

import argparse
import json

from virgem.modules import files
from virgem.modules.cli.console import Console
from virgem.modules.cli.verb import DONE, Verb


def _arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("-o", "--output", metavar="FILE", help="write to a file instead of stdout")


def _run(args: argparse.Namespace, out: Console) -> int:
    from virgem.modules.cli.estate import output_file
    from virgem.modules.estate.schema import json_schema

    text = json.dumps(json_schema(), indent=2) + "\n"
    if args.output:
        files.write_atomic(output_file(args.output), text.encode())
        out.note(f"wrote {args.output}")
    else:
        # The schema is JSON already: it is printed as it is with or without --json.
        print(text, end="")
    return DONE


VERB = Verb(
    name="schema",
    help="print the JSON Schema of the estate",
    arguments=_arguments,
    run=_run,
    example="virgem schema -o estate.schema.json",
)
