"""virgem cloud: what the shared cloud would become, and its becoming that; one module for each action."""

from __future__ import annotations

import argparse
from collections.abc import Mapping
from typing import TYPE_CHECKING

from virgem.modules.cli.changes import add_changes
from virgem.modules.cli.cloud import (
    credentials,
    destroy,
    drift,
    embedded,
    env,
    isolation,
    preview,
    refresh,
    taking,
    up,
)
from virgem.modules.cli.cloud.action import Action, Work
from virgem.modules.cli.console import Console
from virgem.modules.cli.estate import add_estate, add_output, prepared_estate
from virgem.modules.cli.verb import Verb
from virgem.modules.problem import UserError

if TYPE_CHECKING:
    from virgem.modules.cloud.applying import Site
    from virgem.modules.planning import Ready

ACTIONS: Mapping[str, Action] = {
    module.ACTION.name: module.ACTION
    for module in (preview, up, refresh, drift, taking, destroy, credentials, isolation, env)
}


def _arguments(parser: argparse.ArgumentParser) -> None:
    told = "; ".join(f"{name}: {action.help}" for name, action in ACTIONS.items())
    parser.add_argument("action", choices=tuple(ACTIONS), help=told)
    add_estate(parser)
    add_output(parser, "the saved cloud plan; credentials: for one folder a tenant, by default beside the state")
    parser.add_argument("--tenant", metavar="NIS", nargs="+", help="only these municipalities, or `shared`")
    parser.add_argument(
        "--engine",
        choices=("embedded", "pulumi"),
        help="embedded: in this process, no cloud is asked (default of preview until the estate is applied, and with "
        "--save-plan); pulumi: the real one (default of all others)",
    )
    add_changes(parser, default="table")
    parser.add_argument(
        "--state",
        metavar="PLACE",
        help="pulumi: where its state lies, a folder, postgres://HOST/DATABASE or s3://BUCKET; "
        "default: $VIRGEM_STATE, else ~/.local/state/virgem/cloud/<estate name>",
    )
    parser.add_argument("--parallel", metavar="N", type=int, default=4, help="pulumi: how many stacks at a time")
    parser.add_argument(
        "--every", action="store_true", help="pulumi: open also the stacks whose inputs are as they were applied"
    )
    for action in ACTIONS.values():
        for flag, how in action.options.items():
            parser.add_argument(flag, **{**how, "help": f"{action.name}: {how['help']}"})


def _run(args: argparse.Namespace, out: Console) -> int:
    if args.engine == "embedded" and args.action != "preview":
        raise UserError(f"the embedded engine has no {args.action}: it asks no cloud", "leave --engine out")
    _check_options(args)
    ready = prepared_estate(args, out)
    return _real(args, out, ready) if _is_real(args, out, ready) else embedded.preview(args, out, ready)


def _is_real(args: argparse.Namespace, out: Console, ready: Ready) -> bool:
    """Tell whether the real engine is asked, which for a preview is so once there is something to compare with."""
    if args.action != "preview" or args.engine == "pulumi":
        return True
    if args.engine == "embedded" or args.save_plan:
        return False
    return bool(args.state or args.every) or _is_applied(out, ready.estate.name)


def _is_applied(out: Console, estate: str) -> bool:
    """Tell whether an estate has a state on a cloud that can be asked."""
    from virgem.modules.cloud.engine import place
    from virgem.modules.cloud.engine.access import is_given

    if not place.place(estate, None).is_begun:
        return False
    if not is_given():
        out.note("note: no access to a cloud is given, so this compares with the plan that was saved last")
    return is_given()


def _check_options(args: argparse.Namespace) -> None:
    for action in ACTIONS.values():
        for flag in action.options if action.name != args.action else ():
            if getattr(args, flag.removeprefix("--").replace("-", "_")):
                raise UserError(f"{flag} says nothing to {args.action}", f"it belongs to {action.name}")
    if args.as_saved and args.tenant:
        raise UserError("--as-saved is for all that was saved", "leave it or --tenant out")


def _real(args: argparse.Namespace, out: Console, ready: Ready) -> int:
    from virgem.modules import files
    from virgem.modules.cloud import applying

    action = ACTIONS[args.action]
    site = _site(args, out, ready)
    if args.as_saved:
        args.tenant = list(up.saved(args, ready).tenants)
    work = Work(args=args, out=out, ready=ready, site=site, names=applying.chosen(site, args.tenant))
    if not action.alone:
        return action.run(work)
    # Whoever comes second is told who holds it; the lock goes with the process.
    with files.locked(site.where.folder):
        return action.run(work)


def _site(args: argparse.Namespace, out: Console, ready: Ready) -> Site:
    from virgem.modules.cloud import applying
    from virgem.modules.cloud.engine import place, store
    from virgem.modules.cloud.engine.access import access
    from virgem.modules.cloud.plan import cloud_plan
    from virgem.stacks import program

    who, where = access(), place.place(ready.estate.name, args.state)
    engine = applying.engine(where, who)
    place.prepare(where, who)
    shared = frozenset() if where.in_files else store.enter(where, engine, ready.estate.name, who.url)
    return applying.Site(
        cloud=cloud_plan(ready.estate, ready.plan),
        program=program.run,
        where=where,
        engine=engine,
        access=who,
        bound=max(1, args.parallel),
        every=args.every,
        shared=shared,
        report=out.note,
        load=program.load,
    )


VERB = Verb(
    name="cloud",
    help="preview the shared cloud of an estate, apply it, see what has become of it, take it away",
    arguments=_arguments,
    run=_run,
    example="virgem cloud preview inventories/zuid-west-vlaanderen --tenant 34022",
)
