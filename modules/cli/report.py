"""virgem report: the inventory for auditors, as one page and as data."""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from typing import TYPE_CHECKING

from virgem.modules.cli.console import Console, counted
from virgem.modules.cli.day import as_of
from virgem.modules.cli.estate import add_estate, add_output, output_folder, prepared_estate
from virgem.modules.cli.verb import DONE, Verb
from virgem.modules.files import digest
from virgem.modules.problem import UserError

if TYPE_CHECKING:
    from virgem.modules.governance.judging import Verdict
    from virgem.modules.planning import Ready

# More municipalities than this make a folder's name too long.
_MOST_NAMED = 13


def _arguments(parser: argparse.ArgumentParser) -> None:
    add_estate(parser)
    add_output(parser, "the report")
    parser.add_argument(
        "--format", default="html,csv,json", metavar="LIST", help="html, csv, json (default: all three)"
    )
    parser.add_argument("--lang", choices=("nl", "en"), action="append", help="language (default: both)")
    parser.add_argument(
        "--tenant",
        metavar="NIS",
        nargs="+",
        default=(),
        help="only these municipalities, in a folder of its own (report-NIS)",
    )
    parser.add_argument(
        "--policies",
        action="store_true",
        help="evaluate the policies too: runs the programs of the cloud, which takes as long as `cloud preview`",
    )


def _verdicts(args: argparse.Namespace, ready: Ready) -> Sequence[Verdict]:
    """Return what the policies say of all stacks, whatever municipalities the report is about."""
    from virgem.modules.cli.judged import of_estate

    return of_estate(args, ready, None, output_folder(args, ready.estate)).verdicts


def _run(args: argparse.Namespace, out: Console) -> int:
    from virgem.modules import planning, reports

    formats = tuple(dict.fromkeys(args.format.split(",")))
    if unknown := sorted(set(formats) - set(reports.FORMATS)):
        raise UserError(f"no report format {unknown[0]!r}", f"known: {', '.join(reports.FORMATS)}")
    ready = prepared_estate(args, out)
    only = planning.known_towns(ready.plan, args.tenant)
    folder = output_folder(args, ready.estate) / _folder(only)
    languages = tuple(args.lang or ("nl", "en"))
    verdicts = _verdicts(args, ready) if args.policies else None
    made = reports.inventory_report(
        ready, formats=formats, languages=languages, as_of=as_of(args), tenants=only, verdicts=verdicts
    )
    written = reports.write(folder, made)
    out.say("\n".join([*(f"{folder / name}" for name in sorted(made)), f"{counted(written.touched, 'file')} written."]))
    out.document("Report", {"folder": str(folder), "files": sorted(made), "written": written.touched})
    return DONE


def _folder(only: Sequence[str]) -> str:
    """Return a folder for what the report tells of: that of some municipalities does not replace that of all."""
    codes = sorted(set(only))
    if len(codes) > _MOST_NAMED:
        return f"report-{len(codes)}-municipalities-{digest(' '.join(codes).encode())[:8]}"
    return "-".join(("report", *codes))


VERB = Verb(
    name="report",
    help="write the inventory of an estate for auditors, in Dutch and English",
    arguments=_arguments,
    run=_run,
    example="virgem report inventories/middenkust --lang nl --as-of 2026-06-30",
)
