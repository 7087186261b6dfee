"""virgem validate: every mistake of an estate in one run."""

from __future__ import annotations

import argparse

from virgem.modules import files
from virgem.modules.cli.console import Console
from virgem.modules.cli.day import as_of
from virgem.modules.cli.estate import add_estate, estate_folder, output_file, shown_folder, tell_lost_lock
from virgem.modules.cli.verb import DONE, FAILED, Verb
from virgem.modules.problem import Problem, Severity

FORMATS = ("text", "json", "sarif", "junit", "github")


def _arguments(parser: argparse.ArgumentParser) -> None:
    add_estate(parser)
    parser.add_argument("--format", choices=FORMATS, default="text", help="how to write the problems (default: text)")
    parser.add_argument("-o", "--output", metavar="FILE", help="write to a file instead of stdout")


def _run(args: argparse.Namespace, out: Console) -> int:
    from virgem.modules.estate import problem_formats
    from virgem.modules.planning import prepare

    file = output_file(args.output) if args.output else None
    checked = prepare(estate_folder(args), as_of(args))
    name = "json" if out.json else args.format
    folder = shown_folder(checked.folder)
    text = problem_formats.render(name, checked, colour=out.colour and not file, folder=folder)
    if file:
        files.write_atomic(file, text.encode())
        out.note(f"wrote {file}")
    else:
        print(text, end="" if text.endswith("\n") else "\n")
    tell_lost_lock(checked, None, out)
    return FAILED if any(_is_error(problem) for problem in checked.problems) else DONE


def _is_error(problem: Problem) -> bool:
    return problem.severity is Severity.ERROR


VERB = Verb(
    name="validate",
    help="check an estate and name every mistake with its place and the way out",
    arguments=_arguments,
    run=_run,
    example="virgem validate inventories/zuid-west-vlaanderen --format sarif -o problems.sarif",
)
