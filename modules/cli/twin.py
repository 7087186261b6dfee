"""virgem twin: a cloud to try things on, on this machine."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import TYPE_CHECKING

from virgem.modules.cli.console import Console
from virgem.modules.cli.verb import DONE, FAILED, NOTHING, Verb
from virgem.modules.problem import UserError

if TYPE_CHECKING:
    from virgem.modules.twin.openstack.control import Status
    from virgem.modules.twin.openstack.places import Places

_DEFAULT = "openstack"


def _arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "action",
        choices=("install", "up", "status", "reset", "down"),
        help="install what is missing; start; say how it is; empty it in about a second; stop and remove it",
    )
    parser.add_argument("--name", metavar="NAME", help=f"one of several that run side by side (default: {_DEFAULT})")
    parser.add_argument(
        "--port-base", type=int, metavar="N", help="up: the first of its nine ports (default: the first that are free)"
    )
    parser.add_argument(
        "--zones",
        metavar="NAME",
        nargs="+",
        help="up: its availability zones; they are the datacentres of an estate (default: west east)",
    )
    parser.add_argument(
        "--estate",
        metavar="ESTATE",
        help="up: a zone for each datacentre of this estate, and by name the hosts of those it makes (`aggregate`)",
    )


def _run(args: argparse.Namespace, out: Console) -> int:
    if args.port_base is not None and args.action != "up":
        raise UserError(f"--port-base says nothing to {args.action}", "it belongs to up")
    for option in ("zones", "estate"):
        if getattr(args, option) and args.action != "up":
            raise UserError(f"--{option} says nothing to {args.action}", "it belongs to up")
    if args.zones and args.estate:
        raise UserError("--estate names the zones already", "leave --zones out")
    return {"install": _install, "up": _up, "status": _status, "reset": _reset, "down": _down}[args.action](args, out)


def _install(args: argparse.Namespace, out: Console) -> int:
    from virgem.modules.twin.openstack import control

    with out.step("Install the local OpenStack"):
        environment = control.install(out.note)
    out.say(f"installed in {environment}")
    out.document("TwinInstalled", {"environment": str(environment)})
    return DONE


def _up(args: argparse.Namespace, out: Console) -> int:
    from virgem.modules.twin.openstack import control

    places = _places(args, out)
    with out.step("Start the local OpenStack"):
        found = control.up(args.name or _DEFAULT, args.port_base, out.note, places)
    out.say(f"{_text(found)}\n{_legend(found)}")
    out.document("TwinStatus", {"instances": [_body(found)]})
    return DONE


def _places(args: argparse.Namespace, out: Console) -> Places | None:
    from virgem.modules.cli.estate import estate_of
    from virgem.modules.twin.openstack.instance import check_zones
    from virgem.modules.twin.openstack.places import Places
    from virgem.modules.twin.places import of_estate

    if args.estate:
        return of_estate(estate_of(Path(args.estate), out))
    return Places(zones=check_zones(args.zones)) if args.zones else None


def _status(args: argparse.Namespace, out: Console) -> int:
    from virgem.modules.twin.openstack import control, instance

    names = (args.name,) if args.name else tuple(state.name for state in instance.every())
    found = [status for name in names if (status := control.status(name))]
    out.say("\n".join(map(_text, found)) or "none is up (virgem twin up)")
    out.document("TwinStatus", {"instances": [_body(status) for status in found]})
    if not found:
        return NOTHING
    return DONE if all(status.phase in ("ready", "starting") for status in found) else FAILED


def _reset(args: argparse.Namespace, out: Console) -> int:
    from virgem.modules.twin.openstack import control

    name = args.name or _DEFAULT
    seconds = control.reset(name)
    out.say(f"{name} is empty again, after {seconds:.1f} s")
    out.document("TwinReset", {"name": name, "seconds": round(seconds, 2)})
    return DONE


def _down(args: argparse.Namespace, out: Console) -> int:
    from virgem.modules.twin.openstack import control

    name = args.name or _DEFAULT
    ended = control.down(name)
    out.say(f"{name} is down: {ended} processes ended")
    out.document("TwinDown", {"name": name, "processes": ended})
    return DONE


def _text(status: Status) -> str:
    base = status.state.port_base
    lines = [f"{status.state.name}: {status.phase}, from port {base} on, {status.mebibytes:.0f} MiB"]
    lines += [f"  {name}: {state}" for name, state in status.services.items() if state != "ready"]
    lines += [f"  {line}" for problem in status.problems for line in problem.splitlines()]
    return "\n".join(lines)


def _legend(status: Status) -> str:
    from virgem.modules.twin.openstack.installing import place
    from virgem.modules.twin.openstack.parts import PARTS, REAL

    base = status.state.port_base
    services = [f"  127.0.0.1:{base + part.offset}  {part.name}, {part.what}" for part in PARTS]
    stubs = "; ".join(part.stub for part in PARTS if part.stub)
    return "\n".join(
        (
            *services,
            f"for a shell:       . {status.environment_file}",
            f"for openstacksdk:  OS_CLIENT_CONFIG_FILE={status.clouds_file} OS_CLOUD=virgem",
            f"its command line:  {place()}/bin/openstack",
            f"real: {REAL}.",
            f"stub: {stubs}.",
        )
    )


def _body(status: Status) -> dict[str, object]:
    return {
        "name": status.state.name,
        "phase": status.phase,
        "portBase": status.state.port_base,
        "services": status.services,
        "problems": list(status.problems),
        "processes": status.processes,
        "mebibytes": round(status.mebibytes),
        "folder": str(status.folder),
        "environment": str(status.environment_file),
        "clouds": str(status.clouds_file),
    }


VERB = Verb(
    name="twin",
    help="a local OpenStack to try things on: the real control plane, with nothing behind it",
    arguments=_arguments,
    run=_run,
    example="virgem twin up",
)
