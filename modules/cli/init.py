"""virgem init: a new estate from the public data and the sizing formulas."""

from __future__ import annotations

import argparse
import shlex
from pathlib import Path

from virgem.modules.cli.console import Console
from virgem.modules.cli.verb import DONE, Verb


def _arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "folder", metavar="DIR", help="the folder to make, empty or new, or made so before; the estate gets its name"
    )
    which = parser.add_mutually_exclusive_group(required=True)
    which.add_argument("--region", metavar="CODE", help="a Flemish reference region, REFREG01 to REFREG15")
    which.add_argument("--nis", metavar="NIS", nargs="+", help="municipalities by NIS code")
    which.add_argument("--all-flanders", action="store_true", help="all 285 municipalities")
    parser.add_argument(
        "--seed", type=int, default=0, metavar="N", help="another seed invents other sites (default: 0)"
    )


def _run(args: argparse.Namespace, out: Console) -> int:
    from virgem.modules.estate import starter

    chosen = starter.select(region=args.region, nis=args.nis, all_flanders=args.all_flanders)
    folder = Path(args.folder)
    made = starter.new_estate(starter.named_after(folder, chosen), seed=args.seed)
    written = starter.write_estate(made, folder)
    towns = sum(name.startswith("municipalities/") for name in made)
    there = "" if written else ", all there already: nothing written"
    out.say(f"{args.folder}: {towns} municipalit{'y' if towns == 1 else 'ies'} in {len(made)} files{there}.")
    quoted = shlex.quote(args.folder)
    out.say(f"Next: virgem validate {quoted} && virgem plan {quoted}")
    out.document("Init", {"folder": args.folder, "written": written, "municipalities": towns, "files": sorted(made)})
    return DONE


VERB = Verb(
    name="init",
    help="make a new estate from the public data on Flemish municipalities",
    arguments=_arguments,
    run=_run,
    example="virgem init kust --region REFREG09 --seed 7",
)
