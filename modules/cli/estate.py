"""The argument that most verbs share: which estate, read and checked."""

from __future__ import annotations

import argparse
import datetime
import os
from pathlib import Path

from virgem.modules import planning
from virgem.modules.cli.console import Console
from virgem.modules.estate import problem_formats
from virgem.modules.estate.model import Estate
from virgem.modules.problem import UserError


def add_estate(to: argparse.ArgumentParser) -> None:
    """Add the ESTATE argument."""
    to.add_argument("estate", nargs="?", metavar="ESTATE", help="folder with an estate.yaml")


def add_output(to: argparse.ArgumentParser, what: str) -> None:
    """Add the -o option for a folder of results."""
    to.add_argument("-o", "--output", metavar="DIR", help=f"folder for {what}; default: build/<estate name>")


def day(text: str | None) -> datetime.date | None:
    """Return a day given on the command line."""
    try:
        return datetime.date.fromisoformat(text) if text else None
    except ValueError as error:
        raise UserError(f"{text!r} is no date", "write it as YYYY-MM-DD") from error


def estate_folder(args: argparse.Namespace) -> Path:
    """Return the estate's folder: the argument, this folder, or $VIRGEM_ESTATE."""
    if args.estate:
        return Path(args.estate)
    if Path("estate.yaml").is_file():
        return Path()
    if named := os.environ.get("VIRGEM_ESTATE"):
        return Path(named)
    raise UserError("no estate was named", "give its folder, or stand in a folder with an estate.yaml")


def default_output(estate: Estate) -> Path:
    """Return the folder for results where none was named."""
    return Path("build") / estate.name


def output_folder(args: argparse.Namespace, estate: Estate) -> Path:
    """Return the folder for results."""
    folder = Path(args.output) if args.output else default_output(estate)
    if (folder / "estate.yaml").exists():
        raise UserError(f"{folder} is an estate: results do not go among its files", "choose another folder with -o")
    return folder


def prepared_estate(args: argparse.Namespace, out: Console, as_of: datetime.date | None = None) -> planning.Ready:
    """Return the estate and its plan when there are no errors; show what is wrong and stop otherwise."""
    prepared = planning.prepare(estate_folder(args), as_of)
    if prepared.problems:
        out.note(problem_formats.render("text", prepared, colour=out.colour))
    return planning.ready(prepared)
