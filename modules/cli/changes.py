"""What the verbs that plan share: the form of a difference, and the typed confirmation of a large one."""

from __future__ import annotations

import argparse

from virgem.modules.changes import Changes, faces
from virgem.modules.cli.console import Console, document
from virgem.modules.governance.guard import check_changes
from virgem.modules.problem import UserError

FORMS = ("table", "text", "json", "markdown")


def add_changes(to: argparse.ArgumentParser, default: str | None = None) -> None:
    """Add the options --diff and --confirm."""
    to.add_argument(
        "--diff",
        choices=FORMS,
        nargs="?",
        const="text",
        default=default,
        help="print what changed since the last plan: counts only (table), or every object in this form "
        "(by itself: text)" + (f"; default: {default}" if default else ""),
    )
    add_confirm(to)


def add_confirm(to: argparse.ArgumentParser) -> None:
    """Add the option --confirm."""
    to.add_argument(
        "--confirm", metavar="COUNT", type=int, help="confirm a plan that deletes or renumbers this many objects"
    )


def face(form: str, changes: Changes, kind: str, title: str) -> str:
    """Return the changes in one of FORMS; `kind` is that of the JSON document, `title` opens the comment."""
    finding = check_changes(changes)
    if form == "json":
        return document(kind, faces.as_data(changes))
    if form == "markdown":
        warning = f"{finding.sentence}; carrying it out needs --confirm {finding.count}" if finding else ""
        return faces.as_markdown(changes, title, warning)
    return {"table": faces.as_table, "text": faces.as_text}[form](changes)


def confirm_deletions(changes: Changes, confirmed: int | None, out: Console) -> None:
    """Go on when the guard has nothing against it or the count was typed; refuse otherwise."""
    finding = check_changes(changes, confirmed)
    if finding and not out.confirm(finding.message, str(finding.count)):
        raise UserError(finding.message, finding.hint)


def warn_of_deletions(changes: Changes, confirmed: int | None, out: Console) -> None:
    """Say beforehand what would have to be confirmed when the plan is carried out."""
    if finding := check_changes(changes, confirmed):
        separator = "; " if len(finding.reasons) == 1 else "\n  "
        out.note(f"note: {finding.message}{separator}carrying it out needs --confirm {finding.count}")
