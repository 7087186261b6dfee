"""The guard against mass deletion and renumbering: a plan that takes or moves much is refused until its size is typed.

One rule and one table of what is protected, for every plan: more than 30 % of any kind deleted or given other numbers,
any tenant, network, key or protected data deleted, any number moved while the file that kept them is missing.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass

from virgem.modules.changes import Changes

SHARE_PERCENT = 30

# Kinds of every plan of which not one goes without being confirmed: tenants, networks, what holds data, keys.
PROTECTED = frozenset(
    {
        "cloud-network",
        "municipality",
        "openstack:blockstorage/volume:Volume",
        "openstack:compute/keypair:Keypair",
        "openstack:dns/zone:Zone",
        "openstack:identity/project:Project",
        "openstack:networking/network:Network",
        "vrf",
    }
)


@dataclass(frozen=True, slots=True, kw_only=True)
class GuardFinding:
    """Why a plan is refused: a person must type how many objects it deletes and moves together to go on."""

    deleted: int
    moved: int = 0
    reasons: tuple[str, ...]
    missing: str = ""

    @property
    def count(self) -> int:
        """The number to type."""
        return self.deleted + self.moved

    @property
    def summary(self) -> str:
        """What the plan does, without why it is refused."""
        acts = [f"deletes {_things(self.deleted)}"] if self.deleted or not self.moved else []
        acts += [f"gives {_things(self.moved)} other numbers or addresses"] if self.moved else []
        return f"the plan {' and '.join(acts)}"

    @property
    def message(self) -> str:
        """For the user: one sentence, or where it is about several kinds a line for each."""
        if len(self.reasons) == 1:
            return f"{self.summary}: {self.reasons[0]}"
        return "\n  - ".join((f"{self.summary}:", *self.reasons))

    @property
    def sentence(self) -> str:
        """The same on one line, for where there is no other."""
        return f"{self.summary}: {'; '.join(self.reasons)}"

    @property
    def hint(self) -> str:
        """The way out."""
        first = f"take {self.missing} back from version control" if self.missing else "look at what goes or moves"
        return f"{first}; if it is meant, confirm with the number: --confirm {self.count}"


def check_changes(changes: Changes, confirmed: int | None = None) -> GuardFinding | None:
    """Return why these changes must be confirmed by the number that go or move, or None when they may go on."""
    deleted, moved, missing = changes.deleted(), changes.moved(), changes.nature.missing
    reasons = (*_deletions(changes.before, deleted, PROTECTED), *_moves(changes.before, moved, missing))
    found = GuardFinding(
        deleted=sum(deleted.values()), moved=sum(moved.values()), reasons=reasons, missing=missing if moved else ""
    )
    return found if reasons and confirmed != found.count else None


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
    found = GuardFinding(
        deleted=sum(deletions.values()), reasons=tuple(_deletions(counts_by_kind, deletions, protected))
    )
    return found if found.reasons and confirmed != found.count else None


def _deletions(before: Mapping[str, int], gone: Mapping[str, int], protected: Collection[str]) -> Iterator[str]:
    # What holds data or tenants is read first.
    for kind in sorted((kind for kind in gone if gone[kind] > 0), key=lambda kind: (kind not in protected, kind)):
        share = f"{gone[kind]} of {before.get(kind, 0)} {_named(kind)}"
        if kind in protected:
            yield f"{share}, which is protected"
        elif _is_much(gone[kind], before.get(kind, 0)):
            yield f"{share}, over {SHARE_PERCENT} %"


def _moves(before: Mapping[str, int], moved: Mapping[str, int], missing: str) -> Iterator[str]:
    if moved and missing:
        yield f"{missing}, which keeps those given, is missing"
        return
    for kind in sorted(moved):
        if _is_much(moved[kind], before.get(kind, 0)):
            yield f"{moved[kind]} of {before.get(kind, 0)} {kind} renumbered, over {SHARE_PERCENT} %"


def _is_much(part: int, whole: int) -> bool:
    # Whole numbers: no rounding decides whether a plan is refused.
    return part * 100 > whole * SHARE_PERCENT


def _named(kind: str) -> str:
    """Return a kind as people know it: the provider's `openstack:blockstorage/volume:Volume` is `Volume`."""
    service, _, name = kind.partition(":")[2].partition(":")
    # QuotaV2 and the like are several kinds of several services.
    return f"{name} ({service.partition('/')[0]})" if name else kind


def _things(count: int) -> str:
    return f"{count} object{'' if count == 1 else 's'}"
