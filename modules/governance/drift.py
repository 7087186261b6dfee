"""What of drift is accepted for a while, and what to do with the rest: adopt it, undo it, or ignore it until a day.

A difference is ignored by a waiver of the estate: `rule` is `drift` for all of a tenant, `drift/KIND` or
`drift/KIND/NAME`; `target` the municipality, for what all share the estate. Ignoring changes nothing in the cloud, and
`cloud up` does not mend what is ignored.
"""

from __future__ import annotations

import datetime
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from virgem.modules.changes import Action, Change
from virgem.modules.cloud.engine.pending import LISTINGS, SET_AGAIN
from virgem.modules.cloud.engine.searched import KINDS
from virgem.modules.estate.model import Estate, Waiver

DRIFT = "drift"
_LONGEST = 64  # of a rule in an estate
_WORDS: Mapping[Action, str] = {"create": "undeclared", "update": "changed", "replace": "changed", "delete": "gone"}

_BALANCERS = "`load-balancers` under `cloud`"
_DNS = "`dns` under `cloud`"
_FLOWS = "`flows`, or `serves`, `users` and `reaches` of the servers"
_KEYS = "`access-keys`, of the operator or under `cloud`"
_QUOTA = "`quota` under `cloud`, or the class it names under `quotas`"
_SERVERS = "`servers` under `cloud`"
_ZONES = "`hosts` under `datacentres`"
_VOLUMES = "`volumes` under `cloud`"
# Which text of the estate an object comes from. The others follow from what is declared: none is written by itself.
DECLARES: Mapping[str, str] = {
    "AddressGroupV2": _FLOWS,
    "AggregateV2": _ZONES,
    "Instance": _SERVERS,
    "Keypair": _KEYS,
    "Listener": _BALANCERS,
    "LoadBalancer": _BALANCERS,
    "Member": _BALANCERS,
    "Monitor": _BALANCERS,
    "Pool": _BALANCERS,
    "Quota": _QUOTA,
    "QuotaSetV2": _QUOTA,
    "QuotaV2": _QUOTA,
    "QuoteSetV3": _QUOTA,
    "RecordSet": _DNS,
    "SecGroup": _FLOWS,
    "SecGroupRule": _FLOWS,
    "ServerGroup": _SERVERS,
    "Volume": _VOLUMES,
    "VolumeAttach": _VOLUMES,
    "Zone": _DNS,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Difference:
    """One object that is other than it was applied, whose it is, and the waiver by which it is ignored, if any.

    `lapsed` is a waiver that ignored it until its last day.
    """

    change: Change
    target: str
    waiver: Waiver | None = None
    lapsed: Waiver | None = None

    @property
    def rule(self) -> str:
        """The narrowest rule by which a waiver ignores it."""
        return rule(self.change)

    @property
    def says(self) -> str:
        """What is the matter with it, on one line."""
        label, fields = self.change.label, self.change.fields
        values = "; ".join(f"{name} {old or '(none)'} -> {new or '(none)'}" for name, old, new in fields)
        more = f": {values}" if self.change.action in ("update", "replace") else ""
        return f"{_WORDS[self.change.action]}: {label.place} {label.kind} {label.name}{more}"

    @property
    def adopt(self) -> str:
        """How it becomes what is declared; "" where the estate has no text for it."""
        where, named = DECLARES.get(self.change.label.kind, ""), self.target
        if not where:
            return ""
        if self.change.action == "create":
            return (
                f"declare it for {named} ({where}), give it the name that `virgem cloud preview` lists, then "
                "`virgem cloud import`"
            )
        act = "take it out of" if self.change.action == "delete" else "write the new value into"
        return f"{act} what is declared for {named} ({where}), then `virgem cloud refresh`"

    @property
    def revert(self) -> str:
        """How it is undone."""
        if self.change.action == "create":
            return "remove it from the cloud by hand: virgem removes only what it declared"
        return "`virgem cloud up` mends it"


def rule(change: Change) -> str:
    """Return the rule of one object: a sign that a rule cannot have stands as "-"."""
    name = re.sub(r"[^A-Za-z0-9._/-]", "-", change.label.name)
    return f"{DRIFT}/{change.label.kind}/{name}"[:_LONGEST]


def is_rule(text: str) -> bool:
    """Tell whether a waiver's rule is about drift, of kinds that there are."""
    head, *more = text.split("/", 2)
    return head == DRIFT and (not more or more[0] in known_kinds())


def known_kinds() -> frozenset[str]:
    """Return the kinds that can drift, as they are shown."""
    return frozenset(kind.rpartition(":")[2] for kind in (*LISTINGS, *SET_AGAIN, *KINDS))


def differences(estate: Estate, changes: Sequence[Change], as_of: datetime.date | None) -> tuple[Difference, ...]:
    """Return what has drifted, by tenant; the day decides which waivers count, none lets all count."""
    towns = {str(town.nis): str(town.id) for town in estate.municipalities}
    found = (_difference(estate, change, towns.get(change.group, str(estate.name)), as_of) for change in changes)
    return tuple(sorted(found, key=lambda one: one.target))


def _difference(estate: Estate, change: Change, target: str, as_of: datetime.date | None) -> Difference:
    rules = {DRIFT, f"{DRIFT}/{change.label.kind}", rule(change)}
    fitting = [one for one in estate.waivers if one.rule in rules and one.target in ("any", target)]
    longest = max(fitting, key=lambda one: (one.expires.day, str(one.id)), default=None)
    counts = longest is not None and (as_of is None or longest.expires.day >= as_of)
    return Difference(
        change=change, target=target, waiver=longest if counts else None, lapsed=None if counts else longest
    )


def lines(found: Sequence[Difference]) -> Iterator[str]:
    """Yield what a person reads: each difference with its ways out, below the name of its tenant."""
    target = ""
    for one in found:
        if one.target != target:
            target = one.target
            yield f"{target}:"
        if one.waiver:
            yield f"  ignored until {one.waiver.expires}: {one.says} ({_by(one.waiver)})"
            continue
        yield f"  {one.says}"
        if one.lapsed:
            yield f"    was ignored until {one.lapsed.expires} ({_by(one.lapsed)}): decide again"
        yield f"    revert: {one.revert}"
        if one.adopt:
            yield f"    adopt: {one.adopt}"
        yield f"    ignore: a waiver of rule {one.rule} and target {one.target}, until its last day"


def _by(waiver: Waiver) -> str:
    return f"waiver {waiver.id} of {waiver.owner}: {waiver.reason}"


def as_data(found: Sequence[Difference]) -> list[dict[str, Any]]:
    """Return the same for a JSON document."""
    return [
        {
            "key": one.change.key,
            "target": one.target,
            "rule": one.rule,
            "says": one.says,
            "adopt": one.adopt or None,
            "revert": one.revert,
            "ignored": _waiver(one.waiver),
            "lapsed": _waiver(one.lapsed),
        }
        for one in found
    ]


def _waiver(waiver: Waiver | None) -> dict[str, str] | None:
    if waiver is None:
        return None
    return {name: str(getattr(waiver, name)) for name in ("id", "owner", "expires", "reason")}
