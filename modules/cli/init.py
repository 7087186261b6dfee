"""virgem init: a new estate from the public data and the sizing formulas."""

from __future__ import annotations

import argparse
import shlex
from pathlib import Path

from virgem.modules import files
from virgem.modules.cli.console import Console
from virgem.modules.cli.verb import DONE, Verb
from virgem.modules.estate.scalars import PublicKey, ScalarError
from virgem.modules.problem import UserError

_KEY_LIMIT = 2**20


def _arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "folder", metavar="DIR", help="the folder to make, empty or new, or made so before; the estate gets its name"
    )
    which = parser.add_mutually_exclusive_group(required=True)
    which.add_argument("--region", metavar="CODE", help="a Flemish reference region, REFREG01 to REFREG15")
    which.add_argument("--nis", metavar="NIS", nargs="+", help="municipalities by NIS code")
    which.add_argument("--all-flanders", action="store_true", help="all 285 municipalities")
    parser.add_argument(
        "--access-key",
        metavar="FILE",
        help="a public ssh key (.pub) of the operator, for all servers; the comment in it is left out",
    )
    parser.add_argument(
        "--seed", type=int, default=0, metavar="N", help="another seed invents other sites (default: 0)"
    )


def _run(args: argparse.Namespace, out: Console) -> int:
    from virgem.modules.estate import starter

    chosen = starter.select(region=args.region, nis=args.nis, all_flanders=args.all_flanders)
    folder = Path(args.folder)
    key = _access_key(Path(args.access_key)) if args.access_key else None
    made = starter.new_estate(starter.named_after(folder, chosen), seed=args.seed, access_key=key)
    written = starter.write_estate(made, folder)
    towns = sum(name.startswith("municipalities/") for name in made)
    there = "" if written else ", all there already: nothing written"
    out.say(f"{args.folder}: {towns} municipalit{'y' if towns == 1 else 'ies'} in {len(made)} files{there}.")
    quoted = shlex.quote(args.folder)
    out.say(f"Next: virgem validate {quoted} && virgem plan {quoted}")
    out.document("Init", {"folder": args.folder, "written": written, "municipalities": towns, "files": sorted(made)})
    return DONE


def _access_key(file: Path) -> PublicKey:
    """Return the public key in a file without the comment behind it; UserError where there is none."""
    data = files.read_bytes(file, _KEY_LIMIT)
    if data is None:
        raise UserError(f"{file} does not exist", "name the file that ends in .pub")
    try:
        text = data.decode()
        # Anything but one line of a public key is left whole, so that the message is about what is there.
        is_line = len(text.splitlines()) == 1 and text.startswith(("ssh-", "ecdsa-", "sk-"))
        return PublicKey(" ".join(text.split()[:2]) if is_line else text)
    except UnicodeDecodeError as error:
        raise UserError(f"{file} is no public ssh key", "name the file that ends in .pub") from error
    except ScalarError as error:
        hint = error.hint if file.suffix == ".pub" else "name the file that ends in .pub"
        raise UserError(f"{file}: {error.message}", hint) from error


VERB = Verb(
    name="init",
    help="make a new estate from the public data on Flemish municipalities",
    arguments=_arguments,
    run=_run,
    example="virgem init kust --region REFREG09 --seed 7",
)
