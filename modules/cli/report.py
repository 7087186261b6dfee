"""virgem report: the inventory for auditors, as one page and as data."""

from __future__ import annotations

import argparse

from virgem.modules.cli.console import Console
from virgem.modules.cli.day import as_of
from virgem.modules.cli.estate import add_estate, add_output, output_folder, prepared_estate
from virgem.modules.cli.verb import DONE, Verb
from virgem.modules.problem import UserError


def _arguments(parser: argparse.ArgumentParser) -> None:
    add_estate(parser)
    add_output(parser, "the report")
    parser.add_argument(
        "--format", default="html,csv,json", metavar="LIST", help="html, csv, json (default: all three)"
    )
    parser.add_argument("--lang", choices=("nl", "en"), action="append", help="language (default: both)")
    parser.add_argument("--tenant", metavar="NIS", nargs="+", default=(), help="only these municipalities")


def _run(args: argparse.Namespace, out: Console) -> int:
    from virgem.modules import planning, reports

    formats = tuple(dict.fromkeys(args.format.split(",")))
    if unknown := sorted(set(formats) - set(reports.FORMATS)):
        raise UserError(f"no report format {unknown[0]!r}", f"known: {', '.join(reports.FORMATS)}")
    ready = prepared_estate(args, out)
    only = planning.known_towns(ready.plan, args.tenant)
    folder = output_folder(args, ready.estate) / "report"
    languages = tuple(args.lang or ("nl", "en"))
    files = reports.inventory_report(ready, formats=formats, languages=languages, as_of=as_of(args), tenants=only)
    written = reports.write(folder, files)
    out.say("\n".join([*(f"{folder / name}" for name in sorted(files)), f"{written.touched} files written."]))
    out.document("Report", {"folder": str(folder), "files": sorted(files), "written": written.touched})
    return DONE


VERB = Verb(
    name="report",
    help="write the inventory of an estate for auditors, in Dutch and English",
    arguments=_arguments,
    run=_run,
    example="virgem report inventories/middenkust --lang nl --as-of 2026-06-30",
)
