"""What proves that tenants of a cloud are kept apart: who asks what of whose objects, and what each answer means. Pure.

Every tenant asks, as its own programs do, for every object of every other one and of the operator. To list and to show
changes nothing anywhere. To join, change and delete must be refused, and would do harm where they are not.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, Literal, get_args

from virgem.modules.cloud.isolation_joins import joins
from virgem.modules.cloud.isolation_kinds import KIND, KINDS, Kind, Thing, is_foreign, may_read
from virgem.modules.columns import lined_up

Action = Literal["list", "show", "join", "change", "delete"]
# refused: by whose it is; limited: by a quota, which was looked at first; allowed: it is shared, or their own; unclear:
# it failed, for a reason that proves nothing.
Verdict = Literal["refused", "limited", "allowed", "hole", "unclear"]

VERDICTS: tuple[Verdict, ...] = get_args(Verdict)

_REFUSED = frozenset({403, 404})
_LIMIT = re.compile(r"quota exceeded|over ?quota", re.IGNORECASE)
# Services that look for what a request names, as its sender, answer 400 or 409 where it is not there for them.
_UNKNOWN = re.compile(
    r"not (be )?found|could not find|no .* found|does not exist|unable to find|not owned|not visible|permission"
    r"|not permitted|not allowed|may not be|forbidden|not authorized",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Attempt:
    """One request of one tenant, about an object that is another's (or about a whole list)."""

    tenant: str
    action: Action
    what: str
    service: str
    method: str
    path: str
    kind: str
    thing: Thing | None = None
    body: Any = None
    headers: Mapping[str, str] = field(default_factory=dict)
    allowed: bool = False  # what is shared may be read


@dataclass(frozen=True, slots=True, kw_only=True)
class Result:
    """What came of an attempt; `said` is the beginning of an answer that was no plain refusal."""

    attempt: Attempt
    status: int
    verdict: Verdict
    said: str = ""


# ---- what is tried


def attempts(tenant: str, project: str, found: Collection[Thing], *, harmful: bool) -> Iterator[Attempt]:
    """Yield all that a tenant tries at what is not its own; what would do harm if it were let only when asked."""
    for kind in KINDS:
        if not kind.within:
            yield _attempt(tenant, "list", kind, kind.list, "GET")
            if kind.all or kind.headers:
                yield _attempt(tenant, "list", kind, f"{kind.list}{kind.all}", "GET", headers=kind.headers)
    own = _tools(project, found)
    # Whoever may do nothing at all is refused everything too, and that proves nothing.
    for thing in own.values():
        if not is_foreign(thing, project):
            kind = KIND[thing.kind]
            address = kind.address(thing)
            yield _attempt(tenant, "show", kind, address, "GET", thing, headers=kind.one_headers, allowed=True)
    joined: set[object] = set()
    for thing in found:
        if is_foreign(thing, project):
            yield from _at(tenant, project, thing, harmful=harmful)
            if harmful and _likeness(thing) not in joined:
                joined.add(_likeness(thing))
                yield from _join(tenant, thing, own)


def _likeness(thing: Thing) -> object:
    """Return what decides whether an object may be joined to: of those alike, one is tried."""
    of = str(thing.row.get("device_owner") or "").partition(":")[0]
    return thing.kind, thing.owners, thing.readers, of, bool(thing.row.get("router:external"))


def _tools(project: str, found: Collection[Thing]) -> Mapping[str, Thing]:
    """Return one own object of each kind to join to another's, a role to give and the network to get out by."""
    own = {thing.kind: thing for thing in found if project in thing.owners and _usable(thing)}
    roles = {thing.name: thing for thing in found if thing.kind == "Role"}
    outside = next((thing for thing in found if thing.row.get("router:external") and thing.row["subnets"]), None)
    return {**own, "Role": roles["member"], **({"Outside": outside} if outside else {})}


def _usable(thing: Thing) -> bool:
    """Tell whether an own object will do to be joined to another's: no gateway, no address of a balancer."""
    return thing.kind != "Port" or str(thing.row.get("device_owner") or "").startswith("compute:")


def _at(tenant: str, project: str, thing: Thing, *, harmful: bool) -> Iterator[Attempt]:
    kind = KIND[thing.kind]
    address, readable = kind.address(thing), may_read(thing, project)
    yield _attempt(tenant, "show", kind, address, "GET", thing, headers=kind.one_headers, allowed=readable)
    if harmful and kind.fields:
        values = dict.fromkeys(kind.fields, project if kind.name == "RuleOfSharing" else "taken")
        body = {kind.key: values} if kind.key else values
        yield _attempt(tenant, "change", kind, address, kind.method, thing, body=body)
    if harmful:
        yield _attempt(tenant, "delete", kind, address, "DELETE", thing, headers=kind.one_headers)


def _join(tenant: str, thing: Thing, own: Mapping[str, Thing]) -> Iterator[Attempt]:
    for what, service, method, path, body in joins(thing, own):
        yield Attempt(
            tenant=tenant,
            action="join",
            what=what,
            service=service,
            method=method,
            path=path,
            kind=thing.kind,
            thing=thing,
            body=body,
        )


def _attempt(
    tenant: str,
    action: Action,
    kind: Kind,
    path: str,
    method: str,
    thing: Thing | None = None,
    body: Any = None,
    headers: Mapping[str, str] | None = None,
    allowed: bool = False,
) -> Attempt:
    return Attempt(
        tenant=tenant,
        action=action,
        what=action,
        service=kind.service,
        method=method,
        path=path,
        kind=kind.name,
        thing=thing,
        body=body,
        headers=headers or {},
        allowed=allowed,
    )


# ---- what an answer means


def judge(attempt: Attempt, project: str, status: int, answer: Any, found: Mapping[str, Thing]) -> Result:
    """Return what an answer means; `found` are all objects by id."""
    verdict = (
        _listed(attempt, project, status, answer, found) if attempt.action == "list" else _one(attempt, status, answer)
    )
    said = "" if verdict in ("refused", "allowed") else _text(answer)[:300]
    return Result(attempt=attempt, status=status, verdict=verdict, said=said)


def _one(attempt: Attempt, status: int, answer: Any) -> Verdict:
    if attempt.allowed:
        return "allowed" if status == 200 else "unclear"
    if status in _REFUSED:
        return "refused"
    if status < 400:
        return "hole"
    if _LIMIT.search(_text(answer)):
        return "limited"
    return "refused" if status in (400, 409) and _UNKNOWN.search(_text(answer)) else "unclear"


def _listed(attempt: Attempt, project: str, status: int, answer: Any, found: Mapping[str, Thing]) -> Verdict:
    if status in _REFUSED:
        return "refused"
    if status != 200 or not isinstance(answer, dict):
        return "unclear"
    ids = [str(row.get("id")) for row in answer.get(KIND[attempt.kind].rows) or ()]
    seen = [found[id_] for id_ in ids if id_ in found]
    foreign = [thing for thing in seen if is_foreign(thing, project) and not may_read(thing, project)]
    return "hole" if foreign else "allowed"


def _text(answer: Any) -> str:
    return answer if isinstance(answer, str) else str(answer)


def summary(results: Iterable[Result]) -> dict[tuple[str, Action], Mapping[Verdict, int]]:
    """Return how many attempts ended how, by service and action."""
    counts: dict[tuple[str, Action], Counter[Verdict]] = {}
    for result in results:
        counts.setdefault((result.attempt.service, result.attempt.action), Counter())[result.verdict] += 1
    return {key: counts[key] for key in sorted(counts)}


def face(results: Iterable[Result]) -> str:
    """Return the summary as a table, and every attempt that proves nothing or the contrary."""
    found = tuple(results)
    lines = [("service", "action", *VERDICTS)]
    lines += [(*key, *(str(counts.get(verdict, 0)) for verdict in VERDICTS)) for key, counts in summary(found).items()]
    table, _ = lined_up(lines)
    return "\n".join((*table, *(_line(result) for result in found if result.verdict in ("hole", "unclear"))))


def _line(result: Result) -> str:
    tried = result.attempt
    whose = f"{tried.kind} {tried.thing.name or tried.thing.id}" if tried.thing else f"the list of {tried.kind}"
    request = f"{tried.method} {tried.service} {tried.path}"
    return f"{result.verdict}: {tried.tenant}, {tried.what}: {whose}: {request}: {result.status} {result.said}"
