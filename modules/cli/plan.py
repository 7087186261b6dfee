"""virgem plan: the network plan, its rendered files and what changed since the last plan."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import TYPE_CHECKING

from virgem.modules.changes import Changes, faces
from virgem.modules.cli.changes import add_changes, confirm_deletions, face, warn_of_deletions
from virgem.modules.cli.console import Console, counted
from virgem.modules.cli.estate import add_estate, add_output, output_folder, prepared_estate
from virgem.modules.cli.verb import CHANGES, DONE, Verb
from virgem.modules.files import Written
from virgem.network.model import NetworkPlan

if TYPE_CHECKING:
    from virgem.modules.planning import Proof


def _arguments(parser: argparse.ArgumentParser) -> None:
    add_estate(parser)
    add_output(parser, "the plan and the rendered files")
    parser.add_argument("--municipality", metavar="NIS", nargs="+", default=(), help="write only these; the rest waits")
    add_changes(parser)
    parser.add_argument(
        "--renamed-from", metavar="NAME", default="", help="keep the numbers that it had as this estate"
    )
    parser.add_argument(
        "--prove",
        action="store_true",
        help="read back all firewalls and security groups; refuse unless they let pass exactly the matrix of flows",
    )
    parser.add_argument("--dry-run", action="store_true", help="write nothing")


def _run(args: argparse.Namespace, out: Console) -> int:
    from virgem.modules import planning

    prepared = prepared_estate(args, out, args.renamed_from)
    plan = prepared.plan
    only = planning.known_towns(plan, args.municipality)
    proof = planning.prove(prepared) if args.prove else None
    output = output_folder(args, prepared.estate)
    changed = planning.changes(prepared, output, only)
    waiting = planning.waiting(prepared, output, only) if only else 0
    if args.diff:
        out.say(face(args.diff, changed, "PlanChanges", "Network plan"))
    if proof:
        out.say(_proved(proof))
    if waiting:
        out.note(f"{waiting} changes are not in files of these municipalities alone: they wait for a plan of all.")
    body = {"estate": plan.estate, "output": str(output), "waiting": waiting, **faces.as_data(changed)}
    if proof:
        body["proof"] = {"firewalls": proof.firewalls, "servers": proof.servers, "idle": proof.idle}
    if args.dry_run:
        stale = planning.outdated(plan, output, only)
        warn_of_deletions(changed, args.confirm, out)
        if not args.diff:
            waits = f"{counted(stale, 'file')} to write"
            out.say(f"Since the last plan: {faces.summary(changed)}; {waits}. Nothing was written.")
        out.document("PlanResult", {**body, "outdated": stale})
        return CHANGES if changed.items or stale else DONE
    confirm_deletions(changed, args.confirm, out)
    written = planning.write(prepared, output, only)
    if not args.diff:
        out.say(_report(plan, changed, written, output))
    out.document("PlanResult", {**body, "files": written.touched, "unchanged": written.unchanged})
    return CHANGES if changed.items or written.touched else DONE


def _proved(proof: Proof) -> str:
    exactly = f"{counted(proof.firewalls, 'firewall')} and the groups of {counted(proof.servers, 'server')}"
    return "\n".join([*proof.idle, f"Read back: {exactly} let pass exactly the matrix of flows."])


def _report(plan: NetworkPlan, changed: Changes, written: Written, output: Path) -> str:
    # What no object of the plan has, such as a label, still stands in files.
    alone = f"; other text in {counted(written.touched, 'file')}" if written.touched and not changed.items else ""
    zones = sum(len(router.zones) for router in plan.routers)
    return (
        f"{plan.estate}: {counted(len(plan.towns), 'municipality', 'municipalities')}, "
        f"{counted(len(plan.routers), 'site router')}, {counted(zones, 'zone')}, {counted(len(plan.links), 'link')}.\n"
        f"Since the last plan: {faces.summary(changed)}{alone}.\n"
        f"{output}: {counted(written.touched, 'file')} written, {written.unchanged} unchanged."
    )


VERB = Verb(
    name="plan",
    help="plan the network, render every router's files and show what changed since the last plan",
    arguments=_arguments,
    run=_run,
    example="virgem plan inventories/zuid-west-vlaanderen -o build/zwv --diff markdown",
)
