"""The command line: finds the verb, runs it, turns every failure into one sentence and an exit code."""

from __future__ import annotations

import argparse
import contextlib
import difflib
import importlib
import os
import sys
import traceback
from collections.abc import Sequence
from importlib.metadata import PackageNotFoundError, version
from typing import NoReturn

from virgem.modules.cli.console import Console, console
from virgem.modules.cli.verb import DONE, FAILED, Verb
from virgem.modules.problem import ProblemsFound, UserError

# The order of the help; each is a module of this folder that defines VERB.
VERBS = (
    "demo",
    "init",
    "validate",
    "plan",
    "explain",
    "policy",
    "capacity",
    "costs",
    "cloud",
    "engine",
    "twin",
    "report",
    "export",
    "schema",
)

FLAGS = (
    ("--json", "one JSON document on stdout, progress on stderr"),
    ("--no-color", "no colours"),
    ("--non-interactive", "never ask; what needs an answer is refused"),
    ("--yes", "answer yes to questions that delete nothing"),
    ("--verbose", "say more, and show where an internal error came from"),
)


def verb(name: str) -> Verb:
    """Return a verb by name."""
    found: Verb = importlib.import_module(f"virgem.modules.cli.{name}").VERB
    return found


def tool_version() -> str:
    """Return the installed version."""
    try:
        return version("virgem")
    except PackageNotFoundError:
        return "0"


class _Parser(argparse.ArgumentParser):
    """A parser whose mistakes are told like all others: 2 would mean that there are changes."""

    def error(self, message: str) -> NoReturn:
        self.print_usage(sys.stderr)
        raise UserError(message, f"{self.prog} --help says more")


def parser(names: Sequence[str] = VERBS) -> argparse.ArgumentParser:
    """Return the parser with these verbs."""
    top = _Parser(
        prog="virgem",
        description="Infrastructure as code for shared municipal ICT: from one text estate to network, cloud, "
        "devices and evidence.",
        epilog="ESTATE is a folder with an estate.yaml; default: this folder, else $VIRGEM_ESTATE. "
        "Exit codes: 0 done, nothing to do; 1 error; 2 there are changes; 3 nothing was tested; "
        "130 interrupted, 143 terminated.",
    )
    top.add_argument("--version", action="version", version=f"virgem {tool_version()}")
    _add_flags(top, suppress=False)
    verbs = top.add_subparsers(dest="verb", metavar="VERB")
    for name in names:
        found = verb(name)
        own = verbs.add_parser(found.name, help=found.help, description=found.help, epilog=found.example or None)
        _add_flags(own, suppress=True)
        found.arguments(own)
    return top


def _add_flags(to: argparse.ArgumentParser, *, suppress: bool) -> None:
    """Global flags stand before or after the verb; after it they must not reset what stood before."""
    group = to.add_argument_group("global options")
    default = argparse.SUPPRESS if suppress else False
    for flag, text in FLAGS:
        short = ("-v",) if flag == "--verbose" else ()
        group.add_argument(flag, *short, action="store_true", default=default, help=text)


def main(argv: Sequence[str]) -> int:
    """Run one command line and return its exit code."""
    named = [word for word in argv if not word.startswith("-")]
    # Only the verb asked for is imported, so that a small verb starts quickly.
    names = (named[0],) if named and named[0] in VERBS else VERBS
    try:
        args = _parsed(parser(names), argv, named)
    except UserError as error:
        given = argparse.Namespace(**{flag[2:].replace("-", "_"): flag in argv for flag, _ in FLAGS})
        return _failed(_console(given), error.message, error.hint)
    return guarded(args, _console(args))


def _parsed(top: argparse.ArgumentParser, argv: Sequence[str], named: Sequence[str]) -> argparse.Namespace:
    """Return what the words say; the first that is no flag names the verb, as no global flag takes a value."""
    if named and named[0] not in VERBS:
        raise UserError(f"there is no command {named[0]!r}", _known(named[0]))
    args, unknown = top.parse_known_args(argv)
    if args.verb is None:
        top.print_help(sys.stderr)
        raise UserError("no command was given", "name one of those above")
    if unknown:
        raise UserError(f"{args.verb} does not know {unknown[0]!r}", f"virgem {args.verb} --help names what it knows")
    return args


def _known(word: str) -> str:
    close = difflib.get_close_matches(word, VERBS, n=1)
    return f"did you mean {close[0]}?" if close else f"known: {', '.join(VERBS)}"


def _console(args: argparse.Namespace) -> Console:
    """Return the console that the global flags ask for, also where not all of the words were understood."""
    flags = {name: getattr(args, name, False) for name in ("json", "no_color", "non_interactive", "yes", "verbose")}
    return console(**flags)


def guarded(args: argparse.Namespace, out: Console) -> int:
    """Run a verb; whatever goes wrong becomes a sentence and an exit code."""
    try:
        return verb(args.verb).run(args, out)
    except UserError as error:
        return _failed(out, error.message, error.hint)
    except ProblemsFound as error:
        return _failed(out, str(error))
    except BrokenPipeError:
        # The reader went away (virgem ... | head): not a failure. Keep the interpreter from flushing into it again.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return DONE
    except MemoryError:
        return _failed(out, "out of memory", "close other programs, or render fewer municipalities (--municipality)")
    except OSError as error:
        return _failed(out, f"cannot write the output: {(error.strerror or str(error)).lower()}", "is the disk full?")
    except Exception as error:
        if args.verbose:
            traceback.print_exc()
        return _failed(
            out,
            f"internal error: {type(error).__name__}: {error}",
            "this is a defect of virgem, not of your estate: run again with --verbose and report what it prints",
        )


def _failed(out: Console, message: str, hint: str = "") -> int:
    """Tell a failure on stderr, and as the one document where a document is wanted."""
    out.error(message, hint)
    with contextlib.suppress(OSError):
        out.document("Error", {"message": message, "hint": hint})
    return FAILED
