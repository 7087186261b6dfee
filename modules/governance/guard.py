"""The guard against mass deletion: a plan that takes much away is refused until its size is typed.

One rule and one table of what is protected, for every plan: more than 30 % of any kind, or any tenant, network or
protected data.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass

from virgem.modules.changes import Changes

SHARE_PERCENT = 30

# Kinds of every plan of which not one goes without being confirmed: tenants, networks, and what holds data.
PROTECTED = frozenset(
    {
        "cloud-network",
        "municipality",
        "openstack:blockstorage/volume:Volume",
        "openstack:dns/zone:Zone",
        "openstack:identity/project:Project",
        "openstack:networking/network:Network",
        "vrf",
    }
)


@dataclass(frozen=True, slots=True, kw_only=True)
class GuardFinding:
    """Why a plan is refused: `count` is the number of deletions that a person must type to go on."""

    count: int
    reasons: tuple[str, ...]

    @property
    def message(self) -> str:
        """One sentence for the user."""
        return f"the plan deletes {self.count} {_things(self.count)}: {'; '.join(self.reasons)}"

    @property
    def hint(self) -> str:
        """The way out."""
        return f"look at what goes; if it is meant, confirm with the number: --confirm {self.count}"


def check_changes(changes: Changes, confirmed: int | None = None) -> GuardFinding | None:
    """Return why these changes must be confirmed by the number of objects that go, or None when they may go on."""
    return check_guard(changes.before, changes.deleted(), PROTECTED, confirmed)


def check_guard(
    counts_by_kind: Mapping[str, int],
    deletions: Mapping[str, int],
    protected: Collection[str],
    confirmed: int | None = None,
) -> GuardFinding | None:
    """Return why the plan must be confirmed, or None when it may go on.

    `counts_by_kind` is how many objects of each kind there were before, `deletions` how many of them are deleted or
    replaced, `protected` the kinds of which any deletion counts, `confirmed` the number a person typed.
    """
    total = sum(deletions.values())
    reasons = tuple(
        reason
        for kind in sorted(deletions)
        if (reason := _reason(kind, deletions[kind], counts_by_kind.get(kind, 0), kind in protected))
    )
    return GuardFinding(count=total, reasons=reasons) if reasons and confirmed != total else None


def _reason(kind: str, gone: int, before: int, protected: bool) -> str:
    if gone <= 0:
        return ""
    if protected:
        return f"{gone} of {before} {kind}, which is protected"
    # Whole numbers: no rounding decides whether a plan is refused.
    return f"{gone} of {before} {kind}, over {SHARE_PERCENT} %" if gone * 100 > before * SHARE_PERCENT else ""


def _things(count: int) -> str:
    return "object" if count == 1 else "objects"
