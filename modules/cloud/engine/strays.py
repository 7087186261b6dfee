"""What lies in a tenant's project and no stack declares: made by hand, or left by something that failed."""

from __future__ import annotations

import json
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from typing import Any

from virgem.modules.cloud.engine.pending import Listing
from virgem.modules.cloud.engine.searched import KINDS
from virgem.modules.cloud.engine.steps import Step

PROJECT = "openstack:identity/project:Project"
_Row = Mapping[str, Any]
_Rows = Callable[[Listing, Mapping[str, Any]], Iterable[_Row]]

# Ports that the network and balancing services make for themselves; those of routers inside are declared.
_SERVICES_OWN = (
    "network:dhcp",
    "network:distributed",
    "network:floatingip",
    "network:ha_router_replicated_interface",
    "network:router_gateway",
    "Octavia",
)


def ids(deployment: Mapping[str, Any]) -> frozenset[str]:
    """Return the ids of all objects of a state; of one in several parts the last, which is the object's own."""
    resources = deployment.get("resources") or ()
    return frozenset(str(r["id"]).rpartition("/")[2] for r in resources if r.get("custom") and r.get("id"))


def project(deployment: Mapping[str, Any]) -> str:
    """Return the project that a state makes, "" for none."""
    resources = deployment.get("resources") or ()
    return next((str(r["id"]) for r in resources if r["type"] == PROJECT and r.get("id")), "")


def strays(rows: _Rows, project: str, known: Collection[str], stack: str) -> Iterator[Step]:
    """Yield what lies in a project and is not known, as what has come to a stack by itself."""
    found = {kind: _of(listing, project, rows(listing, {"project": project})) for kind, listing in KINDS.items()}
    # Each project has a group of this name by itself; ours have names of their own.
    default = {row["id"] for row in found["openstack:networking/secGroup:SecGroup"] if row["name"] == "default"}
    for kind, some in found.items():
        for row in some:
            if row["id"] in known or {row["id"], row.get("security_group_id")} & default or _is_own(kind, row):
                continue
            name = str(row.get("name") or row["id"])
            yield Step(
                action="create",
                urn=f"urn:pulumi:{stack}::virgem::{kind}::{row['id']}",
                type=kind,
                protect=False,
                existed=False,
                fields=(("id", "", json.dumps(row["id"])), ("name", "", json.dumps(name))),
                called=name,
            )


def _of(listing: Listing, project: str, rows: Iterable[_Row]) -> list[_Row]:
    """Return the rows of a project: not every service leaves out those of others."""
    return [row for row in rows if not listing.owner or row.get(listing.owner) == project]


def _is_own(kind: str, row: _Row) -> bool:
    """Tell whether a service made an object for itself."""
    if kind == "openstack:networking/port:Port":
        return str(row.get("device_owner") or "").startswith(_SERVICES_OWN)
    if kind == "openstack:dns/recordSet:RecordSet":
        return row["type"] in ("NS", "SOA") and row["name"] == row["zone_name"]
    return False
