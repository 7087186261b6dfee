"""Asks the cloud which object a killed engine had made of a resource; see pending for what is asked."""

from __future__ import annotations

import time
from collections.abc import Collection, Mapping
from typing import Any

from keystoneauth1.exceptions import CatalogException, ClientException

from virgem.modules.cloud.engine import client, pending
from virgem.modules.cloud.engine.pending import Listing
from virgem.modules.cloud.engine.steps import Fault

# States in which a service still works on an object: nova, cinder, glance, octavia.
_AT_WORK = frozenset({"BUILD", "REBUILD", "creating", "downloading", "queued", "importing", "saving", "PENDING_CREATE"})
_SECONDS = 300


class Finder:
    """The operator's connection to the cloud; the access is that of the provider, as OS_* variables."""

    def __init__(self, access: Mapping[str, str]) -> None:
        self._client = client.operator(access)

    def rows(self, listing: Listing, inputs: Mapping[str, Any]) -> list[Mapping[str, Any]]:
        """Return what a service lists for a resource with these inputs; [] where it is not in the cloud at all.

        Nor is there anything where what the resource belongs to is gone.
        """
        path = pending.asked(listing, inputs)
        try:
            answer = self._client.ask(listing.service, "GET", path, headers=listing.headers, retries=3)
        except CatalogException:
            return []
        if answer.status_code == 404:
            return []
        if answer.status_code >= 400:
            raise ClientException(f"{listing.service} answered {answer.status_code}")
        return list(answer.json()[listing.rows])


def find(
    finder: Finder, deployment: Mapping[str, Any], known: Collection[str], why: str = "was being made"
) -> tuple[dict[str, str], tuple[Fault, ...]]:
    """Return the ids of all that was being made in a state and is there, by URN, and what cannot be decided.

    `known` are the ids that the state has for other resources; `why` says in a fault what is the matter with one.
    """
    ids, faults = {}, []
    for resource in pending.unfinished(deployment):
        urn, listing, inputs = resource["urn"], pending.LISTINGS.get(resource["type"]), resource.get("inputs") or {}
        if listing is None:
            faults.append(Fault(urn=urn, message=f"{why}; {resource['type']} cannot be looked for"))
            continue
        try:
            inputs = {**inputs, "login": pending.login_of(resource, deployment)}
            found = _settled(finder, listing, inputs, pending.project_of(resource, deployment), known)
        except ClientException as error:
            faults.append(Fault(urn=urn, message=f"{why}, and looking for it failed: {error}"))
            continue
        if len(found) > 1:
            faults.append(Fault(urn=urn, message=f"{why}, and the cloud has {len(found)}: {', '.join(found)}"))
        elif found:
            ids[urn] = found[0]
    return ids, tuple(faults)


def _settled(
    finder: Finder, listing: Listing, inputs: Mapping[str, Any], project: str, known: Collection[str]
) -> list[str]:
    """Return the ids of the objects, when no service works on them any more."""
    deadline = time.monotonic() + _SECONDS
    while True:
        rows = pending.matching(listing, inputs, project, finder.rows(listing, inputs))
        new = {pending.identity(listing, inputs, row): row for row in rows}
        left = {id_: row for id_, row in new.items() if id_ not in known}
        busy = any(row.get("provisioning_status", row.get("status")) in _AT_WORK for row in left.values())
        if not busy or time.monotonic() > deadline:
            return list(left)
        time.sleep(1)
