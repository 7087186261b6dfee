"""The typed confirmation of a plan that deletes much."""

from __future__ import annotations

from virgem.modules.changes import Changes
from virgem.modules.cli.console import Console
from virgem.modules.governance.guard import PROTECTED_IN_NETWORK, check_guard
from virgem.modules.problem import UserError


def confirm_deletions(changes: Changes, confirmed: int | None, out: Console) -> None:
    """Go on when the guard has nothing against it or the count was typed; refuse otherwise."""
    finding = check_guard(changes.before, changes.deleted(), PROTECTED_IN_NETWORK, confirmed)
    if finding and not out.confirm(finding.message, str(finding.count)):
        raise UserError(finding.message, finding.hint)
