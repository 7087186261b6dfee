"""What a verb of the command line is made of."""

from __future__ import annotations

import argparse
from collections.abc import Callable
from dataclasses import dataclass

from virgem.modules.cli.console import Console

DONE, FAILED, CHANGES, NOTHING = 0, 1, 2, 3


@dataclass(frozen=True, slots=True, kw_only=True)
class Verb:
    """One verb: its help, its arguments and what it runs; `run` returns the exit code."""

    name: str
    help: str
    arguments: Callable[[argparse.ArgumentParser], None]
    run: Callable[[argparse.Namespace, Console], int]
    example: str = ""
