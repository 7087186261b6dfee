"""Access keys: one role answers for each, and each ends in time."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

from virgem.modules.estate.checks.facts import Facts
from virgem.modules.estate.checks.register import Finding, Notice, check
from virgem.modules.estate.model import AccessKey

_SOON = timedelta(days=30)


@check("E792")
def key_has_one_name(facts: Facts) -> Iterator[Finding]:
    first: dict[str, AccessKey] = {}
    for access in facts.access_keys:
        other = first.setdefault(access.public, access)
        if other is not access:
            message = f"access key {access.path} is {other.path} once more"
            yield Finding(
                access.origin.at("key"),
                message,
                f"let {access.owner} make a key of its own",
                access.path,
                (other.origin.at("key"),),
            )


@check("W793")
def key_still_counts(facts: Facts) -> Iterator[Notice]:
    for access in facts.access_keys:
        if facts.as_of and access.until and access.until.day < facts.as_of:
            values = {"key": access.path, "end": access.until, "owner": access.owner}
            yield Notice(access.origin.at("until"), values, access.path)


@check("W794")
def key_does_not_end_soon(facts: Facts) -> Iterator[Notice]:
    for access in facts.access_keys:
        if facts.as_of and access.until and facts.as_of <= access.until.day <= facts.as_of + _SOON:
            values = {
                "key": access.path,
                "end": access.until,
                "days": (access.until.day - facts.as_of).days,
                "owner": access.owner,
            }
            yield Notice(access.origin.at("until"), values, access.path)
