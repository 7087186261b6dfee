"""Where a verb's words go: results to stdout, progress to stderr, with --json one document on stdout."""

from __future__ import annotations

import json
import os
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any, TextIO

_RED, _YELLOW, _GREEN, _BOLD, _RESET = "\x1b[31m", "\x1b[33m", "\x1b[32m", "\x1b[1m", "\x1b[0m"


@dataclass(frozen=True, slots=True, kw_only=True)
class Console:
    """The terminal as the global options want it."""

    json: bool = False
    colour: bool = False
    interactive: bool = False
    yes: bool = False
    verbose: bool = False

    def say(self, text: str) -> None:
        """Write a result, unless one JSON document is wanted."""
        if not self.json:
            _write(sys.stdout, text)

    def note(self, text: str) -> None:
        """Write progress."""
        _write(sys.stderr, text)

    def document(self, kind: str, body: dict[str, Any]) -> None:
        """Write the one JSON document when it is wanted."""
        if self.json:
            _write(sys.stdout, document(kind, body))

    def error(self, message: str, hint: str = "") -> None:
        """Write a failure and the way out."""
        self.note(self.paint("error: ", _RED) + message)
        if hint:
            self.note(f"  hint: {hint}")

    def good(self, text: str) -> str:
        """Return text in the colour of success."""
        return self.paint(text, _GREEN)

    def bold(self, text: str) -> str:
        """Return text set off."""
        return self.paint(text, _BOLD)

    def paint(self, text: str, code: str) -> str:
        """Return text in a colour, or as it is."""
        return f"{code}{text}{_RESET}" if self.colour else text

    @contextmanager
    def step(self, title: str) -> Iterator[None]:
        """Show one step of a longer job and how long it took."""
        start = time.monotonic()
        self.note(f"{self.bold(title)} ...")
        yield
        self.note(f"  {self.good('done')} in {time.monotonic() - start:.1f} s")

    def confirm(self, question: str, answer: str) -> bool:
        """Ask for a typed answer; without a terminal the answer is no."""
        if not self.interactive:
            return False
        self.note(f"{question} Type {answer} to go on:")
        return sys.stdin.readline().strip() == answer


def counted(count: int, one: str, many: str = "") -> str:
    """Return a number of things in words: 1 file, 2 files."""
    return f"{count} {one if count == 1 else many or f'{one}s'}"


def document(kind: str, body: dict[str, Any]) -> str:
    """Return one JSON document that says what it is."""
    return json.dumps({"apiVersion": "virgem/v1", "kind": kind, **body}, indent=2, ensure_ascii=False)


def _write(stream: TextIO, text: str) -> None:
    stream.write(text if text.endswith("\n") else text + "\n")
    stream.flush()


def console(*, json: bool, no_color: bool, non_interactive: bool, yes: bool, verbose: bool) -> Console:
    """Return the console for the global options and the terminal it finds (NO_COLOR is honoured)."""
    terminal = sys.stderr.isatty() and sys.stdout.isatty()
    return Console(
        json=json,
        colour=terminal and not no_color and "NO_COLOR" not in os.environ,
        interactive=sys.stdin is not None and sys.stdin.isatty() and not non_interactive and not json,
        yes=yes,
        verbose=verbose,
    )
