"""The argument that most verbs share: which estate, read and checked."""

from __future__ import annotations

import argparse
import os
from pathlib import Path

from virgem.modules import planning
from virgem.modules.cli.console import Console
from virgem.modules.cli.day import add_as_of, as_of
from virgem.modules.estate import problem_formats
from virgem.modules.estate.model import Estate
from virgem.modules.estate.sources import is_read, lies_among
from virgem.modules.problem import UserError


def add_estate(to: argparse.ArgumentParser) -> None:
    """Add the ESTATE argument."""
    to.add_argument("estate", nargs="?", metavar="ESTATE", help="folder with an estate.yaml")
    add_as_of(to)


def add_output(to: argparse.ArgumentParser, what: str) -> None:
    """Add the -o option for a folder of results."""
    to.add_argument("-o", "--output", metavar="DIR", help=f"folder for {what}; default: build/<estate name>")


def estate_folder(args: argparse.Namespace) -> Path:
    """Return the estate's folder: the argument, this folder, or $VIRGEM_ESTATE."""
    if args.estate:
        return Path(args.estate)
    if Path("estate.yaml").is_file():
        return Path()
    if named := os.environ.get("VIRGEM_ESTATE"):
        return Path(named)
    raise UserError("no estate was named", "give its folder, or stand in a folder with an estate.yaml")


def shown_folder(folder: Path) -> str:
    """Return the path from the current folder to an estate below it, "" for one elsewhere: its own paths must do."""
    here, there = Path.cwd(), folder.resolve()
    return there.relative_to(here).as_posix() if here in there.parents else ""


def output_folder(args: argparse.Namespace, estate: Estate) -> Path:
    """Return the folder for results."""
    folder = Path(args.output) if args.output else planning.default_output(estate)
    if lies_among(folder):
        raise UserError(
            f"{folder} is part of an estate: results do not go among its files", "choose another folder with -o"
        )
    return folder


def output_file(name: str) -> Path:
    """Return the file for a result that was asked for; refuse one that an estate is made of."""
    file = Path(name)
    if is_read(file) or (file.name == planning.LOCK and lies_among(file.parent)):
        raise UserError(f"{file} is a file of an estate: a result does not go there", "choose another file with -o")
    return file


def prepared_estate(args: argparse.Namespace, out: Console, renamed_from: str = "") -> planning.Ready:
    """Return the estate and its plan when there are no errors; show what is wrong and stop otherwise.

    What only a day decides is a warning, so it is shown and stops nothing.
    """
    prepared = planning.prepare(estate_folder(args), as_of(args), renamed_from)
    _tell_problems(prepared, out)
    tell_lost_lock(prepared, args.output, out)
    return planning.ready(prepared)


def estate_of(folder: Path, out: Console) -> Estate:
    """Return the estate of a folder when there are no errors, of which nothing is written; show what is wrong."""
    prepared = planning.prepare(folder)
    _tell_problems(prepared, out)
    return planning.ready(prepared).estate


def _tell_problems(prepared: planning.Prepared, out: Console) -> None:
    if prepared.problems:
        out.note(problem_formats.render("text", prepared, colour=out.colour, folder=shown_folder(prepared.folder)))


def tell_lost_lock(prepared: planning.Prepared, output: str | None, out: Console) -> None:
    """Say when the numbers are gone that an earlier plan was made with; the estate's text alone cannot know."""
    if not prepared.afresh or prepared.estate is None:
        return
    planned = (Path(output) if output else planning.default_output(prepared.estate)) / planning.PLAN
    if planned.exists():
        lost = f"{planning.LOCK} is missing, but {planned} was made with one"
        out.note(f"note: {lost}: take it back from version control, or its numbers are given anew")
