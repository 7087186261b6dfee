"""virgem cloud: what the shared cloud would become, and its becoming that."""

from __future__ import annotations

import argparse
from typing import TYPE_CHECKING

from virgem.modules.changes import Changes
from virgem.modules.cli.changes import add_changes, confirm_deletions, face, warn_of_deletions
from virgem.modules.cli.console import Console, counted
from virgem.modules.cli.day import as_of
from virgem.modules.cli.estate import add_estate, add_output, output_folder, prepared_estate
from virgem.modules.cli.judged import Judged, judged, refusal, tell
from virgem.modules.cli.judged import as_data as policies_data
from virgem.modules.cli.verb import CHANGES, DONE, FAILED, Verb
from virgem.modules.problem import UserError

if TYPE_CHECKING:
    from pathlib import Path

    from virgem.modules.cloud.applying import Site
    from virgem.modules.cloud.approved import Approved
    from virgem.modules.cloud.removal import Removal
    from virgem.modules.planning import Ready

ACTIONS = {
    "preview": "what would be created, updated and deleted",
    "up": "make the cloud what the estate says",
    "refresh": "take into the state what the cloud has become",
    "drift": "what the cloud has become since",
    "import": "take into the state what is declared, lies in the cloud already and is not in the state",
    "destroy": "take all away",
    "credentials": "write the access of tenants' own programs to files",
    "isolation": "ask as every tenant for what is another's",
}


def _arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "action", choices=tuple(ACTIONS), help="; ".join(f"{name}: {text}" for name, text in ACTIONS.items())
    )
    add_estate(parser)
    add_output(parser, "the saved cloud plan; credentials: for one folder a tenant, by default beside the state")
    parser.add_argument("--tenant", metavar="NIS", nargs="+", help="only these municipalities, or `shared`")
    parser.add_argument(
        "--engine",
        choices=("embedded", "pulumi"),
        help="embedded: in this process, no cloud is asked (default of preview); pulumi: the real one (of all others)",
    )
    add_changes(parser, default="table")
    parser.add_argument(
        "--save-plan",
        action="store_true",
        help="preview: save it as the plan that later previews compare with; with --engine pulumi as what "
        "`up --as-saved` does",
    )
    parser.add_argument(
        "--as-saved",
        action="store_true",
        help="up: what the saved preview lists, for the tenants it is of; nothing when that is otherwise now",
    )
    parser.add_argument(
        "--remove",
        metavar="NIS",
        action="append",
        default=[],
        help="up: agree that this tenant, which the estate has no more, is removed with all its data; may be repeated",
    )
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
    parser.add_argument(
        "--attempts",
        action="store_true",
        help="isolation: try also to join, change and delete; where a tenant is not kept out, that does harm",
    )
    parser.add_argument(
        "--applications", action="store_true", help="destroy: only what can be built anew; data and projects stay"
    )


def _run(args: argparse.Namespace, out: Console) -> int:
    real = args.engine == "pulumi" or args.action != "preview"
    if real and args.engine == "embedded":
        raise UserError(f"the embedded engine has no {args.action}: it asks no cloud", "leave --engine out")
    if args.save_plan and args.action != "preview":
        raise UserError(f"--save-plan says nothing to {args.action}", "it belongs to preview")
    if args.as_saved and (args.action != "up" or args.tenant):
        raise UserError("--as-saved belongs to up, for all that was saved", "leave it or --tenant out")
    if args.remove and args.action != "up":
        raise UserError(f"--remove says nothing to {args.action}", "it belongs to up")
    if args.applications and args.action != "destroy":
        raise UserError(f"--applications says nothing to {args.action}", "it belongs to destroy")
    if args.attempts and args.action != "isolation":
        raise UserError(f"--attempts says nothing to {args.action}", "it belongs to isolation")
    return _real(args, out) if real else _embedded(args, out)


def _embedded(args: argparse.Namespace, out: Console) -> int:
    from virgem.modules.changes.faces import as_data
    from virgem.modules.cloud import saved
    from virgem.modules.cloud.plan import cloud_plan
    from virgem.modules.cloud.previewing import preview
    from virgem.stacks.program import run

    ready = prepared_estate(args, out)
    folder = output_folder(args, ready.estate)
    tenants = tuple(args.tenant) if args.tenant else None
    found = preview(ready.estate, ready.plan, saved.read(folder), tenants, program=run)
    out.say(face(args.diff, found.changes, "CloudChanges", "Cloud plan"))
    verdict = judged(args, ready, cloud_plan(ready.estate, ready.plan), found.preview)
    tell(verdict, out)
    if args.save_plan:
        confirm_deletions(found.changes, args.confirm, out)
        out.note(f"saved {saved.write(folder, found.document)}")
    else:
        warn_of_deletions(found.changes, args.confirm, out)
    out.document("CloudPreviewResult", {**as_data(found.changes), "policies": policies_data(verdict.verdicts)})
    return FAILED if verdict.errors else CHANGES if found.changes.total.changed else DONE


# ---- the real engine


def _real(args: argparse.Namespace, out: Console) -> int:
    from virgem.modules import files
    from virgem.modules.cloud import applying

    ready = prepared_estate(args, out)
    site = _site(args, out, ready)
    if args.as_saved:
        args.tenant = list(_saved(args, ready).tenants)
    names = applying.chosen(site, args.tenant)
    # Whoever comes second is told who holds it; the lock goes with the process.
    with files.locked(site.where.folder):
        if args.action in ("preview", "up", "drift"):
            act = {"preview": _preview, "up": _up, "drift": _drift}[args.action]
            return act(args, out, site, names, ready)
        if args.action in ("credentials", "isolation"):
            results = output_folder(args, ready.estate)
            if args.action == "isolation":
                return _isolation(args, out, site, names, results / "cloud" / "isolation.json")
            return _credentials(out, site, names, results if args.output else site.where.folder / "credentials")
        return {
            "refresh": _refresh,
            "import": _import,
            "destroy": _destroy,
        }[args.action](args, out, site, names)


def _saved(args: argparse.Namespace, ready: Ready) -> Approved:
    from virgem.modules import files
    from virgem.modules.cloud import approved

    file = output_folder(args, ready.estate) / approved.SAVED
    return approved.parse(files.read_bytes(file, approved.LIMIT), str(file))


def _with_drift(args: argparse.Namespace, out: Console, site: Site, names: tuple[str, ...], found: Changes) -> Approved:
    """Return what would be done with what others have changed in the cloud."""
    from virgem.modules.cloud import applying, approved

    with out.step("Look what others changed"):
        drift = applying.drift(site, names)
    return approved.approved(site.cloud.estate, site.access.url, args.tenant or (), found, drift)


def _save(args: argparse.Namespace, out: Console, ready: Ready, found: Approved) -> None:
    from virgem.modules import files
    from virgem.modules.cloud import approved

    file = output_folder(args, ready.estate) / approved.SAVED
    files.write_atomic(file, approved.dump(found))
    out.note(f"saved {file}: `virgem cloud up --as-saved` does this or nothing")


def _check_saved(args: argparse.Namespace, out: Console, site: Site, names: tuple[str, ...], ready: Ready) -> None:
    from virgem.modules.cloud import applying, approved

    now = _with_drift(args, out, site, names, applying.preview(site, names))
    approved.check_moved(_saved(args, ready), now)


def _judged(args: argparse.Namespace, ready: Ready, site: Site, names: tuple[str, ...]) -> Judged:
    """Return what the policies say of all that these stacks declare, whatever of it is applied already."""
    from virgem.modules.cloud import applying

    return judged(args, ready, site.cloud, applying.declared(site, names))


def _site(args: argparse.Namespace, out: Console, ready: Ready) -> Site:
    from virgem.modules.cloud import applying
    from virgem.modules.cloud.engine import place, store
    from virgem.modules.cloud.engine.access import access
    from virgem.modules.cloud.plan import cloud_plan
    from virgem.stacks import program

    who, where = access(), place.place(ready.estate.name, args.state)
    engine = applying.engine(where, who)
    place.prepare(where, who)
    program.load()
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
    )


def _show(args: argparse.Namespace, out: Console, changes: Changes) -> None:
    out.say(face(args.diff, changes, "CloudChanges", "Cloud plan"))


def _tell(out: Console, changes: Changes, verdict: Judged | None = None) -> None:
    from virgem.modules.changes.faces import as_data

    policies = {"policies": policies_data(verdict.verdicts)} if verdict else {}
    out.document("CloudPreviewResult", {**as_data(changes), **policies})


def _preview(args: argparse.Namespace, out: Console, site: Site, names: tuple[str, ...], ready: Ready) -> int:
    from virgem.modules.cloud import applying

    verdict = _judged(args, ready, site, names)
    found = applying.preview(site, names)
    _show(args, out, found)
    tell(verdict, out)
    for removal in applying.removed(site, found):
        out.note(f"note: {removal.message}\n  carrying it out needs --remove {removal.tenant}")
    warn_of_deletions(found, args.confirm, out)
    if args.save_plan:
        _save(args, out, ready, _with_drift(args, out, site, names, found))
    _tell(out, found, verdict)
    return FAILED if verdict.errors else CHANGES if found.total.changed else DONE


def _up(args: argparse.Namespace, out: Console, site: Site, names: tuple[str, ...], ready: Ready) -> int:
    from virgem.modules.changes.faces import summary
    from virgem.modules.cloud import applying

    verdict = _judged(args, ready, site, names)
    tell(verdict, out)
    if verdict.errors:
        raise UserError(*refusal(verdict))
    if args.as_saved:
        _check_saved(args, out, site, names, ready)
    with out.step("Find out what differs"):
        found = applying.foresee(site, names)
    _show(args, out, found)
    _agree_to_removals(out, applying.removed(site, found), args.remove)
    if found.total.changed:
        confirm_deletions(found, args.confirm, out)
        _agree(out, f"This changes the cloud at {site.access.url}: {summary(found)}.")
    with out.step(f"Apply {len(names)} stacks to {site.access.url}"):
        done = applying.up(site, names)
    out.say(f"{summary(done)}")
    _tell(out, done, verdict)
    return DONE


def _agree_to_removals(out: Console, found: tuple[Removal, ...], named: list[str]) -> None:
    """Go on when every tenant that goes was named; --yes is no name."""
    from virgem.modules.cloud.removal import check_named, refusal

    check_named(found, named)
    for removal in found:
        if removal.tenant not in named and not out.confirm(removal.message, removal.tenant):
            raise refusal(removal)


def _agree(out: Console, question: str) -> None:
    if not out.yes and not out.confirm(question, "yes"):
        raise UserError("nothing was changed: nobody agreed", "answer yes, or give --yes")


def _refresh(args: argparse.Namespace, out: Console, site: Site, names: tuple[str, ...]) -> int:
    from virgem.modules.cloud import applying

    found = applying.refresh(site, names)
    _show(args, out, found)
    _tell(out, found)
    return DONE


def _drift(args: argparse.Namespace, out: Console, site: Site, names: tuple[str, ...], ready: Ready) -> int:
    from virgem.modules.changes.faces import as_data
    from virgem.modules.cloud import applying
    from virgem.modules.governance import drift

    changes = applying.drift(site, names)
    found = drift.differences(ready.estate, changes.items, as_of(args))
    _show(args, out, changes)
    if args.diff in ("table", "text"):
        for line in drift.lines(found):
            out.say(line)
    out.document("CloudDriftResult", {**as_data(changes), "differences": drift.as_data(found)})
    return CHANGES if any(one.waiver is None for one in found) else DONE


def _import(args: argparse.Namespace, out: Console, site: Site, names: tuple[str, ...]) -> int:
    from virgem.modules.changes.faces import as_data
    from virgem.modules.cloud import applying

    with out.step(f"Look in {site.access.url} for what the state does not hold"):
        found = applying.take_in(site, names)
    taken = as_data(found)["changes"]
    for one in taken:
        out.say(f"{one['place']} {one['kind'].rpartition(':')[2]} {one['name']}: {one['fields']['id']['new']}")
    out.say(f"{counted(len(taken), 'object')} taken in; nothing in the cloud has changed")
    shown = ("place", "group", "kind", "name", "key")
    out.document(
        "CloudImportResult",
        {"taken": [{**{key: one[key] for key in shown}, "id": one["fields"]["id"]["new"]} for one in taken]},
    )
    return DONE


def _tenants(site: Site, names: tuple[str, ...]) -> list[str]:
    return sorted({site.cloud.tenant_of[name] for name in names if name in site.cloud.tenant_of})


def _credentials(out: Console, site: Site, names: tuple[str, ...], root: Path) -> int:
    from virgem.modules import files
    from virgem.modules.cloud import applying
    from virgem.modules.cloud.credentials import files_of

    written = {}
    for found in applying.credentials(site, _tenants(site, names)):
        for name, data in files_of(found).items():
            files.write_private(root / found.nis / name, data)
        written[found.nis] = {"project": found.project, "folder": str(root / found.nis)}
        out.say(f"{root / found.nis}: access to {found.project}")
    out.document("CloudCredentials", {"credentials": written})
    return DONE


def _isolation(args: argparse.Namespace, out: Console, site: Site, names: tuple[str, ...], file: Path) -> int:
    from virgem.modules import files
    from virgem.modules.cloud import applying, isolating, isolation
    from virgem.modules.cloud.engine import client

    if args.attempts:
        _agree(out, f"This tries to change in {site.access.url} what is another's: where it is let, it does harm.")
    credentials = applying.credentials(site, _tenants(site, names))
    with out.step("Find out what there is"):
        found = isolating.census(client.operator(site.access.variables()))
    with out.step(f"Ask for all {len(found)} objects as {len(credentials)} tenants"):
        results = isolating.prove(credentials, found, harmful=args.attempts, report=out.note)
    out.say(isolation.face(results))
    told = isolating.document(site.access.url, results, harmful=args.attempts)
    files.write_atomic(file, isolating.as_bytes(told))
    out.note(f"every attempt is in {file}")
    out.document("CloudIsolation", told)
    return FAILED if {"hole", "unclear"} & set(told["verdicts"]) else DONE


def _destroy(args: argparse.Namespace, out: Console, site: Site, names: tuple[str, ...]) -> int:
    from virgem.modules.changes.faces import summary
    from virgem.modules.cloud import applying
    from virgem.modules.cloud.removal import removals

    wanted = applying.destructible(site, names, applications=args.applications)
    with out.step("Find out what there is"):
        found = applying.destruction(site, wanted)
    _show(args, out, found)
    for removal in removals(found, {name: site.tenant_of()[name] for name in wanted}):
        out.note(removal.message)
    confirm_deletions(found, args.confirm, out)
    with out.step(f"Take it away from {site.access.url}"):
        done = applying.destroy(site, wanted)
    out.say(summary(done))
    _tell(out, done)
    return DONE


VERB = Verb(
    name="cloud",
    help="preview the shared cloud of an estate, apply it, see what has become of it, take it away",
    arguments=_arguments,
    run=_run,
    example="virgem cloud preview inventories/zuid-west-vlaanderen --tenant 34022",
)
