"""A preview of the real engine that was looked at and agreed to: applied later as it is, or not at all.

What would be done now must be what was foreseen then, and what others have changed in the cloud what they had changed
then. So it does not matter what has moved since: the estate, this program, the state or the cloud.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from virgem.modules.changes import Changes
from virgem.modules.changes.faces import as_data
from virgem.modules.problem import UserError

SAVED = "cloud/approved.json"  # under the folder of results
LIMIT = 2**30
_FORM = "virgem/approved-1"
_AGAIN = "preview it again with --engine pulumi --save-plan, and look at it"
_MOST = 10

# What happens to one object, by the stack and the URN.
_Events = Mapping[tuple[str, str], Mapping[str, Any]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Approved:
    """What was foreseen, and what others had changed by then."""

    estate: str
    url: str
    tenants: tuple[str, ...]  # () for all
    changes: _Events
    drift: _Events


def approved(estate: str, url: str, tenants: Sequence[str], changes: Changes, drift: Changes) -> Approved:
    """Return a preview and the drift at that time as one value."""
    return Approved(estate=estate, url=url, tenants=tuple(tenants), changes=_events(changes), drift=_events(drift))


def _events(changes: Changes) -> _Events:
    # Through JSON, so that a value compares as it is read back.
    told = json.loads(json.dumps(as_data(changes)["changes"]))
    return {(event["place"], event["key"]): event for event in told}


def dump(found: Approved) -> bytes:
    """Return the bytes to keep."""
    body = {
        "form": _FORM,
        "estate": found.estate,
        "cloud": found.url,
        "tenants": found.tenants,
        "changes": list(found.changes.values()),
        "drift": list(found.drift.values()),
    }
    return (json.dumps(body, indent=1, sort_keys=True, ensure_ascii=False) + "\n").encode()


def parse(data: bytes | None, place: str) -> Approved:
    """Return what was kept; UserError where nothing is or it cannot be read."""
    if data is None:
        raise UserError(
            f"{place} is not there: no preview was saved", "virgem cloud preview --engine pulumi --save-plan"
        )
    try:
        told = json.loads(data)
        if told["form"] != _FORM:
            raise ValueError(told["form"])
        events = [{(e["place"], e["key"]): e for e in told[part]} for part in ("changes", "drift")]
        return Approved(
            estate=told["estate"],
            url=told["cloud"],
            tenants=tuple(told["tenants"]),
            changes=events[0],
            drift=events[1],
        )
    except (ValueError, KeyError, TypeError) as error:
        raise UserError(f"{place} is no saved preview of this version", _AGAIN) from error


def check_moved(then: Approved, now: Approved) -> None:
    """Raise UserError, naming what is other than it was, unless applying now does what was agreed to."""
    lines = [*_told(then, now)]
    if lines:
        more = [f"... and {len(lines) - _MOST} more"] if len(lines) > _MOST else []
        raise UserError(
            "\n  ".join(["the saved preview is not what would be done now:", *lines[:_MOST], *more]), _AGAIN
        )


def _told(then: Approved, now: Approved) -> Iterator[str]:
    for what, old, new in (("estate", then.estate, now.estate), ("cloud", then.url, now.url)):
        if old != new:
            yield f"it is of the {what} {old}, not {new}"
    for title, old_events, new_events in (
        ("would be done", then.changes, now.changes),
        ("others changed", then.drift, now.drift),
    ):
        for key in sorted({*old_events, *new_events}):
            old_event, new_event = old_events.get(key), new_events.get(key)
            if old_event != new_event:
                yield f"{title}: {_difference(old_event, new_event)}"


def _difference(old: Mapping[str, Any] | None, new: Mapping[str, Any] | None) -> str:
    event = new or old or {}
    kind = str(event["kind"]).rpartition(":")[2]
    thing = f"{event['place']}, {kind} {event['name']}"
    if old is None or new is None:
        return f"{thing}: {event['action']}, {'not any more' if new is None else 'new since'}"
    if old["action"] != new["action"]:
        return f"{thing}: {new['action']}, was {old['action']}"
    names = sorted(
        name for name in {*old["fields"], *new["fields"]} if old["fields"].get(name) != new["fields"].get(name)
    )
    return f"{thing}: {new['action']} with other {', '.join(names)}"
