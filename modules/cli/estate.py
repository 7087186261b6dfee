"""The argument that most verbs share: which estate, read and checked."""

from __future__ import annotations

import argparse
import os
from pathlib import Path

from virgem.modules.cli.console import Console
from virgem.modules.estate import problem_formats
from virgem.modules.estate.model import Estate
from virgem.modules.estate.validation import Validated, validate
from virgem.modules.problem import Problem, Severity, UserError


def add_estate(to: argparse.ArgumentParser) -> None:
    """Add the ESTATE argument."""
    to.add_argument("estate", nargs="?", metavar="ESTATE", help="folder with an estate.yaml")


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


def output_folder(args: argparse.Namespace, estate: Estate) -> Path:
    """Return the folder for results."""
    return Path(args.output) if args.output else Path("build") / estate.name


def show_problems(problems: tuple[Problem, ...], checked: Validated, out: Console) -> None:
    """Print problems with their lines, on stderr."""
    if problems:
        out.note(problem_formats.text(problems, checked.sources, colour=out.colour))


def valid_estate(folder: Path, out: Console) -> tuple[Estate, Validated]:
    """Return the estate when it has no errors; show what is wrong with it and stop otherwise."""
    checked = validate(folder)
    show_problems(checked.problems, checked, out)
    errors = sum(problem.severity is Severity.ERROR for problem in checked.problems)
    if checked.estate is None or errors:
        raise UserError(f"the estate has {errors} error{'s' if errors != 1 else ''}", "mend the lines above first")
    return checked.estate, checked
