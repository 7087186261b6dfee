"""virgem costs: what the shared cloud costs each municipality in a month, and what changed in that."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import TYPE_CHECKING

from virgem.modules.cli.console import Console, document
from virgem.modules.cli.estate import add_estate, add_output, output_folder, prepared_estate
from virgem.modules.cli.verb import CHANGES, DONE, NOTHING, Verb
from virgem.modules.problem import UserError

if TYPE_CHECKING:
    from virgem.modules.costs.model import Costs

FORMATS = ("table", "markdown", "json", "csv")


def _arguments(parser: argparse.ArgumentParser) -> None:
    add_estate(parser)
    add_output(parser, "the saved costs")
    parser.add_argument("--tenant", metavar="NIS", nargs="+", default=(), help="show only these municipalities")
    parser.add_argument("--format", choices=FORMATS, default="table", help="default: table")
    parser.add_argument(
        "--changes",
        action="store_true",
        help="show what differs from the costs that were saved last, instead of every line; exit code 2 when any does",
    )
    parser.add_argument(
        "--since", metavar="FILE", help="show what differs from these costs (written by --save-plan or --format json)"
    )
    parser.add_argument("--save-plan", action="store_true", help="save them as the costs that --changes compares with")


def _run(args: argparse.Namespace, out: Console) -> int:
    from virgem.modules import planning
    from virgem.modules.costs import saved
    from virgem.modules.costs.monthly import monthly

    ready = prepared_estate(args, out)
    only = planning.known_towns(ready.plan, args.tenant)
    if ready.estate.prices is None:
        out.note(f"{ready.estate.name} has no price list, so nothing has a cost: write `prices:` (docs/estate.md)")
        out.document(saved.KIND, {"estate": ready.estate.name, "tenants": []})
        return NOTHING
    folder = output_folder(args, ready.estate)
    costs = monthly(ready.estate, ready.plan)
    if args.changes or args.since:
        code = _changes(args, out, _before(args, out, folder, costs), costs, only)
    else:
        code = _costs(args, out, costs.only(only))
    if args.save_plan:
        out.note(f"saved {saved.write(folder, costs)}")
    return code


def _costs(args: argparse.Namespace, out: Console, costs: Costs) -> int:
    from virgem.modules.costs import faces

    body = faces.as_data(costs)
    out.say(document("Costs", body) if args.format == "json" else faces.COSTS[args.format](costs))
    out.document("Costs", body)
    return DONE


def _before(args: argparse.Namespace, out: Console, folder: Path, costs: Costs) -> Costs | None:
    """Return the costs to compare with: those of the file that was named, else those saved last, if any."""
    from virgem.modules.costs import saved

    file = Path(args.since) if args.since else folder / saved.SAVED
    found = saved.read(file, costs.estate)
    if found is None and args.since:
        raise UserError(f"there is no file {file}", "write it with --save-plan, or with --format json")
    if found is None:
        out.note(f"note: no costs were saved in {folder}, so all is new; --save-plan saves them")
    return found


def _changes(args: argparse.Namespace, out: Console, before: Costs | None, costs: Costs, only: tuple[str, ...]) -> int:
    from virgem.modules.costs import faces
    from virgem.modules.costs.changes import compare

    found = compare(before.only(only) if before else None, costs.only(only))
    body = faces.changes_data(found)
    out.say(document("CostChanges", body) if args.format == "json" else faces.CHANGES[args.format](found))
    out.document("CostChanges", body)
    return CHANGES if found.differs else DONE


VERB = Verb(
    name="costs",
    help="count what the shared cloud costs each municipality in a month, and what a change does to that",
    arguments=_arguments,
    run=_run,
    example="virgem costs inventories/zuid-west-vlaanderen --tenant 34022 --format markdown",
)
