"""Whole tenants that `up` takes away because the estate has no share of theirs any more, and the data that die with it.

The guard against mass deletion asks for a number; here the tenant is named, so that nobody loses another one's data.
"""

from __future__ import annotations

import json
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Any

from virgem.modules.changes import Change, Changes
from virgem.modules.cloud.names import data_stack
from virgem.modules.estate.public.register import municipality
from virgem.modules.problem import UserError

VOLUME = "openstack:blockstorage/volume:Volume"
ZONE = "openstack:dns/zone:Zone"
INSTANCE = "openstack:compute/instance:Instance"
# A network goes only when nothing is on it any more.
_ON_NETWORKS = frozenset(
    {
        INSTANCE,
        "openstack:loadbalancer/loadBalancer:LoadBalancer",
        "openstack:networking/floatingIp:FloatingIp",
        "openstack:networking/port:Port",
        "openstack:networking/router:Router",
    }
)
# They go with the zone or the group that they are in, which is named where nobody declared it either.
_GO_ALONG = frozenset({"openstack:dns/recordSet:RecordSet", "openstack:networking/secGroupRule:SecGroupRule"})
# The most that a message names of each kind.
_MOST = 20


@dataclass(frozen=True, slots=True, kw_only=True)
class Removal:
    """A tenant that goes, or its applications alone, with names of what holds data; volumes with their size in GB."""

    tenant: str
    whole: bool
    volumes: tuple[tuple[str, int], ...]
    zones: tuple[str, ...]
    servers: tuple[str, ...]
    objects: int

    @property
    def shown(self) -> str:
        """The tenant by code and, where the register knows it, name."""
        return _shown(self.tenant)

    @property
    def message(self) -> str:
        """What dies, for the person who is to agree."""
        size = sum(gb for _, gb in self.volumes)
        lines = [
            _line(f"volumes, {size} GB together", [f"{name} ({gb} GB)" for name, gb in self.volumes]),
            _line("DNS zones with all their records", self.zones),
            _line("servers with what is on their own disks", self.servers),
        ]
        objects = "objects" if self.objects != 1 else "object"
        whole = f"tenant {self.shown} with all its {self.objects} {objects}"
        what = whole if self.whole else f"the applications of tenant {self.shown}, {self.objects} {objects}"
        head = f"this removes {what}, and for good:"
        return "\n  - ".join([head, *filter(None, lines)]) if any(lines) else head.removesuffix(", and for good:")


def _shown(tenant: str) -> str:
    known = municipality(tenant)
    return f"{tenant} ({known.name})" if known else tenant


def _line(what: str, names: Collection[str]) -> str:
    shown = [*names][:_MOST]
    more = f" and {len(names) - _MOST} more" if len(names) > _MOST else ""
    return f"{what}: {', '.join(shown)}{more}" if shown else ""


def removals(changes: Changes, gone: Mapping[str, str]) -> tuple[Removal, ...]:
    """Return the tenants that changes take away; `gone` has the tenant of each stack that the plan has no more."""
    found: dict[str, list[Change]] = {}
    for change in changes.items:
        if change.action == "delete" and change.label.place in gone:
            found.setdefault(gone[change.label.place], []).append(change)
    return tuple(_removal(tenant, found[tenant]) for tenant in sorted(found))


def _removal(tenant: str, changes: Collection[Change]) -> Removal:
    def of(kind: str) -> list[Change]:
        return [change for change in changes if change.kind == kind]

    return Removal(
        tenant=tenant,
        whole=any(change.label.place == data_stack(tenant) for change in changes),
        volumes=tuple((_named(change), int(_old(change, "size") or 0)) for change in of(VOLUME)),
        zones=tuple(_named(change).removesuffix(".") for change in of(ZONE)),
        servers=tuple(_named(change) for change in of(INSTANCE)),
        objects=len(changes),
    )


def _named(change: Change) -> str:
    return str(_old(change, "name") or change.label.name)


def _old(change: Change, field: str) -> Any:
    return next((json.loads(old) for name, old, _ in change.fields if name == field and old), None)


def check_nothing_else(found: Changes, whole: Collection[str]) -> None:
    """Raise UserError where what no stack declares would be left without a project, or keeps networks from going.

    `found` is what lies in the projects of tenants (NIS codes or `shared`); those in `whole` go with their projects.
    """
    others: dict[str, list[str]] = {}
    for change in found.items:
        if change.kind in _ON_NETWORKS or (change.group in whole and change.kind not in _GO_ALONG):
            others.setdefault(change.group, []).append(f"{change.label.kind} {change.label.name}")
    if others:
        lines = [_line(f"in that of tenant {_shown(tenant)}", names) for tenant, names in sorted(others.items())]
        raise UserError(
            "\n  - ".join(("the projects hold what no stack declares, so nothing was taken away:", *lines)),
            "remove it by hand, or declare it and take it in by `virgem cloud import`; `virgem cloud drift` says more",
        )


def check_named(found: Collection[Removal], named: Collection[str]) -> None:
    """Raise UserError where somebody named a tenant that is not removed at all."""
    going = {removal.tenant for removal in found}
    if wrong := sorted(set(named) - going):
        told = f"removed would be {', '.join(sorted(going))}" if going else "no tenant would be removed"
        raise UserError(
            f"--remove names {', '.join(wrong)}, which the estate still has or the cloud never had: {told}",
            "take its `cloud` or its file out of the estate first, or leave --remove out",
        )


def refusal(removal: Removal) -> UserError:
    """Return why nothing is done."""
    return UserError(
        removal.message, f"if this is meant, name it: --remove {removal.tenant}; else put it back into the estate"
    )
