"""virgem engine: the programs that apply the cloud for real."""

from __future__ import annotations

import argparse
from typing import TYPE_CHECKING

from virgem.modules.cli.console import Console
from virgem.modules.cli.verb import DONE, NOTHING, Verb

if TYPE_CHECKING:
    from virgem.modules.cloud.engine.installing import Status


def _arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("action", choices=("install", "status"), help="install what is missing, or say what is there")
    parser.add_argument(
        "--from",
        dest="way",
        choices=("vendor", "modules"),
        help="only this way: the vendor's download, or built from Go modules (default: the first that works)",
    )


def _run(args: argparse.Namespace, out: Console) -> int:
    from virgem.modules.cloud.engine import installing

    if args.action == "install":
        with out.step("Install the Pulumi engine and the OpenStack provider"):
            installing.install((args.way,) if args.way else installing.WAYS, out.note)
    found = installing.status()
    out.say(_text(found))
    out.document("EngineStatus", _body(found))
    return NOTHING if found.missing else DONE


def _text(status: Status) -> str:
    there = [f"{f.program.what} {f.version}, {f.source}: {f.path}" for f in status.found]
    gone = [f"{program.what} {program.wanted}: missing (virgem engine install)" for program in status.missing]
    return "\n".join([*there, *gone])


def _body(status: Status) -> dict[str, object]:
    return {
        "found": [
            {"name": f.program.name, "version": f.version, "source": f.source, "path": str(f.path)}
            for f in status.found
        ],
        "missing": [{"name": program.name, "version": program.wanted} for program in status.missing],
    }


VERB = Verb(
    name="engine",
    help="install the Pulumi engine and the OpenStack provider, or say which are used",
    arguments=_arguments,
    run=_run,
    example="virgem engine install",
)
