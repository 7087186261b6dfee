"""Carries the proof of isolation out: asks a cloud for all that it holds, then asks for it as every tenant."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import Any

from virgem.modules.cloud import isolation
from virgem.modules.cloud.credentials import Credential
from virgem.modules.cloud.engine import client
from virgem.modules.cloud.engine.client import Client
from virgem.modules.cloud.isolation import Attempt, Result
from virgem.modules.cloud.isolation_kinds import KINDS, Kind, Thing, granted, things
from virgem.modules.problem import UserError

# How many requests are on their way at a time.
AT_ONCE = 8


def census(operator: Client) -> tuple[Thing, ...]:
    """Return every object of the cloud as its operator sees it, with whose it is; UserError where a list is refused."""
    found: dict[str, list[Thing]] = {}
    with ThreadPoolExecutor(AT_ONCE) as pool:
        for kind in (kind for kind in KINDS if not kind.within):
            found[kind.name] = list(things(kind, _rows(operator, kind, None)))
        for kind in (kind for kind in KINDS if kind.within):
            lists = pool.map(lambda thing, kind=kind: (thing, _rows(operator, kind, thing)), found[kind.within])
            found[kind.name] = [thing for parent, rows in lists for thing in things(kind, rows, parent)]
    return granted(thing for listed in found.values() for thing in listed)


def _rows(operator: Client, kind: Kind, within: Thing | None) -> list[Mapping[str, Any]]:
    path: str | None = f"{kind.list.format(within=within.id if within else '')}{kind.all}"
    rows: list[Mapping[str, Any]] = []
    while path:
        answer = operator.ask(kind.service, "GET", path, headers=kind.headers)
        if answer.status_code == 404 and within:
            return rows
        if answer.status_code != 200:
            raise UserError(f"the {kind.service} service answered {answer.status_code} to {path}", "are you its admin?")
        body = answer.json()
        rows += body[kind.rows]
        path = _next(body, kind)
    return rows


def _next(body: Mapping[str, Any], kind: Kind) -> str | None:
    """Return the address of the next page, None after the last one; services tell it in three ways."""
    told = body.get("next") or (body.get("links") or {}).get("next") if isinstance(body.get("links"), dict) else None
    listed = body.get(f"{kind.rows}_links") or ()
    return told or next((str(link["href"]) for link in listed if link["rel"] == "next"), None)


def log_in(credential: Credential) -> Client:
    """Log in as a tenant's programs do."""
    return client.program(
        credential.url,
        credential.id,
        credential.secret,
        credential.region,
        credential.authority,
        insecure=credential.insecure,
    )


def prove(
    credentials: Sequence[Credential],
    found: Sequence[Thing],
    *,
    harmful: bool,
    report: Callable[[str], None] = lambda text: None,
) -> tuple[Result, ...]:
    """Return what came of every attempt of every tenant, in the order of the tenants."""
    results: list[Result] = []
    by_id = {thing.id: thing for thing in found}
    projects = {thing.name: thing.id for thing in found if thing.kind == "Project"}
    with ThreadPoolExecutor(AT_ONCE) as pool:
        for credential in credentials:
            who, project = log_in(credential), projects[credential.project]
            tried = list(isolation.attempts(credential.nis, project, found, harmful=harmful))
            _enter(who, tried)
            done = list(pool.map(lambda one, who=who, project=project: _try(who, one, project, by_id), tried))
            results += done
            report(f"  {credential.nis}: {len(done)} attempts at what is another's")
    return tuple(results)


def _enter(who: Client, tried: Iterable[Attempt]) -> None:
    """Log in and look each service up once, before many threads would."""
    for service in sorted({attempt.service for attempt in tried}):
        who.service(service).get_endpoint()


def _try(who: Client, attempt: Attempt, project: str, found: Mapping[str, Thing]) -> Result:
    answer = who.ask(attempt.service, attempt.method, attempt.path, attempt.body, attempt.headers)
    try:
        told = answer.json()
    except ValueError:
        told = answer.text
    return isolation.judge(attempt, project, answer.status_code, told, found)


def table(results: Iterable[Result]) -> Iterator[dict[str, Any]]:
    """Yield the attempts as rows for a file."""
    for result in results:
        tried, thing = result.attempt, result.attempt.thing
        row = {
            "tenant": tried.tenant,
            "action": tried.action,
            "what": tried.what,
            "kind": tried.kind,
            "object": thing.id if thing else "",
            "name": thing.name if thing else "",
            "request": f"{tried.method} {tried.service} {tried.path}",
            "status": result.status,
            "verdict": result.verdict,
        }
        yield {**row, "said": result.said} if result.said else row


def document(url: str, results: Sequence[Result], *, harmful: bool) -> dict[str, Any]:
    """Return the proof for auditors: every attempt with its answer."""
    return {
        "cloud": url,
        "changesTried": harmful,
        "verdicts": dict(Counter(result.verdict for result in results)),
        "attempts": list(table(results)),
    }


def as_bytes(told: Mapping[str, Any]) -> bytes:
    """Return a document as its file."""
    body = {"apiVersion": "virgem/v1", "kind": "CloudIsolation", **told}
    return (json.dumps(body, indent=1, ensure_ascii=False) + "\n").encode()
