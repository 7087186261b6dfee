"""The day that a verb speaks of: one option and one default for every verb, handed to what is pure."""

from __future__ import annotations

import argparse
import datetime
import os

from virgem.modules.problem import UserError


def add_as_of(to: argparse.ArgumentParser) -> None:
    """Add the option --as-of."""
    to.add_argument(
        "--as-of", metavar="DATE", help="the day (YYYY-MM-DD) on which is looked what has ended (default: today)"
    )


def as_of(args: argparse.Namespace) -> datetime.date:
    """Return the day asked for, else today."""
    try:
        return datetime.date.fromisoformat(args.as_of) if args.as_of else today()
    except ValueError as error:
        raise UserError(f"{args.as_of!r} is no date", "write it as YYYY-MM-DD") from error


def today() -> datetime.date:
    """Return the day of SOURCE_DATE_EPOCH (reproducible-builds.org) where set, else today."""
    epoch = os.environ.get("SOURCE_DATE_EPOCH")
    if not epoch:
        return datetime.date.today()
    try:
        return datetime.datetime.fromtimestamp(int(epoch), datetime.UTC).date()
    except (ValueError, OverflowError, OSError) as error:
        raise UserError(f"SOURCE_DATE_EPOCH is no time: {epoch!r}", "seconds since 1970-01-01, or unset it") from error
