"""The kinds of objects that a cloud holds, how its services list them, and whose each is. Pure."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any
from urllib.parse import quote

from virgem.modules.cloud.engine.pending import EVERY_PROJECT, OF_ANY_USER


@dataclass(frozen=True, slots=True, kw_only=True)
class Kind:
    """A kind of object, how a service lists all of them and answers for one.

    `all` is added to the list's address where the operator wants those of all projects. `key` is the word around what
    is sent, "" where there is none; where nothing can be changed, `fields` is empty. `within` is the kind of which each
    object has a list of its own; `{within}` is its id, and whoever owns it may do anything to what is `owned_within`.
    """

    name: str
    service: str
    list: str
    rows: str
    all: str = ""
    headers: Mapping[str, str] = field(default_factory=dict)
    owner: str = "project_id"
    key: str = ""
    fields: tuple[str, ...] = ("description",)
    method: str = "PUT"
    within: str = ""
    one: str = ""  # the address of one, where it is not that of the list and then its id
    one_headers: Mapping[str, str] = field(default_factory=dict)
    inside: str = ""  # what each row holds the object in
    id: str = "{id}"  # filled in with the fields of a row, and `within`
    owned_within: bool = False

    def address(self, thing: Thing) -> str:
        """Return where one object answers."""
        one = self.one or f"{self.list}/{{id}}"
        return one.format(within=thing.within, id=thing.id, name=quote(thing.name, safe=""))


@dataclass(frozen=True, slots=True, kw_only=True)
class Thing:
    """An object of the cloud; `owners` are the projects that may do as they like with it, none: the operator's."""

    kind: str
    id: str
    owners: frozenset[str]
    name: str = ""
    within: str = ""
    readers: frozenset[str] = frozenset()  # projects that may look at it; "*": all
    row: Mapping[str, Any] = field(default_factory=dict, compare=False, repr=False)


def _network(name: str, rows: str, key: str, *fields: str) -> Kind:
    return Kind(name=name, service="network", list=f"/{rows.replace('_', '-')}", rows=rows, key=key, fields=fields)


def _balancing(name: str, rows: str, key: str) -> Kind:
    return Kind(name=name, service="load-balancer", list=f"/lbaas/{rows}", rows=rows, key=key, fields=("name",))


KINDS = (
    Kind(
        name="Project", service="identity", list="/projects", rows="projects", owner="id", key="project", method="PATCH"
    ),
    Kind(
        name="User",
        service="identity",
        list="/users",
        rows="users",
        owner="default_project_id",
        key="user",
        method="PATCH",
    ),
    Kind(name="Group", service="identity", list="/groups", rows="groups", owner="", key="group", method="PATCH"),
    Kind(name="Role", service="identity", list="/roles", rows="roles", owner="", key="role", method="PATCH"),
    Kind(
        name="ApplicationCredential",
        service="identity",
        list="/users/{within}/application_credentials",
        rows="application_credentials",
        within="User",
        fields=(),
    ),
    _network("Network", "networks", "network", "description"),
    _network("Subnet", "subnets", "subnet", "description"),
    _network("Port", "ports", "port", "description"),
    _network("Router", "routers", "router", "description"),
    _network("SecurityGroup", "security_groups", "security_group", "description"),
    _network("SecurityGroupRule", "security_group_rules", "security_group_rule"),
    _network("AddressGroup", "address_groups", "address_group", "description"),
    _network("AddressScope", "address_scopes", "address_scope", "name"),
    _network("SubnetPool", "subnetpools", "subnetpool", "description"),
    _network("FloatingAddress", "floatingips", "floatingip", "description"),
    _network("RuleOfSharing", "rbac_policies", "rbac_policy", "target_tenant"),
    _network("Trunk", "trunks", "trunk", "description"),
    Kind(
        name="Server",
        service="compute",
        list="/servers/detail",
        rows="servers",
        all="?all_tenants=1",
        owner="tenant_id",
        key="server",
        fields=("name",),
        one="/servers/{id}",
    ),
    Kind(
        name="ServerGroup",
        service="compute",
        list="/os-server-groups",
        rows="server_groups",
        all="?all_projects=true",
        headers={"OpenStack-API-Version": "compute 2.64"},
        fields=(),
    ),
    Kind(
        name="Keypair",
        service="compute",
        list="/os-keypairs?user_id={within}",
        rows="keypairs",
        headers=OF_ANY_USER,
        owner="",
        fields=(),
        within="User",
        # Two users may each have one of a name: whose it is has to be asked.
        one="/os-keypairs/{name}?user_id={within}",
        one_headers=OF_ANY_USER,
        inside="keypair",
        id="{within}:{name}",
        owned_within=True,
    ),
    Kind(
        name="Aggregate",
        service="compute",
        list="/os-aggregates",
        rows="aggregates",
        owner="",
        key="aggregate",
        fields=("name",),
    ),
    Kind(
        name="Flavor",
        service="compute",
        list="/flavors/detail",
        rows="flavors",
        owner="",
        fields=(),
        one="/flavors/{id}",
    ),
    Kind(
        name="Volume",
        service="block-storage",
        list="/volumes/detail",
        rows="volumes",
        all="?all_tenants=1",
        owner="os-vol-tenant-attr:tenant_id",
        key="volume",
        one="/volumes/{id}",
    ),
    Kind(
        name="Snapshot",
        service="block-storage",
        list="/snapshots/detail",
        rows="snapshots",
        all="?all_tenants=1",
        owner="os-extended-snapshot-attributes:project_id",
        key="snapshot",
        one="/snapshots/{id}",
    ),
    Kind(
        name="Image",
        service="image",
        list="/images",
        rows="images",
        all="?visibility=all&limit=1000",
        owner="owner",
        fields=(),
    ),
    Kind(
        name="Zone",
        service="dns",
        list="/zones",
        rows="zones",
        all="?limit=1000",
        headers=EVERY_PROJECT,
        method="PATCH",
    ),
    Kind(
        name="ZoneShare",
        service="dns",
        list="/zones/{within}/shares",
        rows="shared_zones",
        headers=EVERY_PROJECT,
        within="Zone",
        owned_within=True,
        fields=(),
    ),
    Kind(
        name="RecordSet",
        service="dns",
        list="/zones/{within}/recordsets",
        rows="recordsets",
        all="?limit=1000",
        headers=EVERY_PROJECT,
        within="Zone",
        owned_within=True,
    ),
    _balancing("LoadBalancer", "loadbalancers", "loadbalancer"),
    _balancing("Listener", "listeners", "listener"),
    _balancing("Pool", "pools", "pool"),
    _balancing("Monitor", "healthmonitors", "healthmonitor"),
    Kind(
        name="Member",
        service="load-balancer",
        list="/lbaas/pools/{within}/members",
        rows="members",
        key="member",
        fields=("name",),
        within="Pool",
    ),
)
KIND: Mapping[str, Kind] = {kind.name: kind for kind in KINDS}


# ---- whose an object is


def things(kind: Kind, rows: Iterable[Mapping[str, Any]], within: Thing | None = None) -> tuple[Thing, ...]:
    """Return what a service lists of a kind, with whose it is."""
    return tuple(_thing(kind, row, within) for row in rows)


def _thing(kind: Kind, row: Mapping[str, Any], within: Thing | None) -> Thing:
    row = row[kind.inside] if kind.inside else row
    owners = {str(row.get(kind.owner) or "")} - {""}
    readers = {"*"} if _is_shared(kind, row) else set()
    if kind.owned_within and within:
        owners |= within.owners
    return Thing(
        kind=kind.name,
        id=kind.id.format(**{**row, "within": within.id if within else ""}),
        owners=frozenset(owners),
        name=str(row.get("name") or ""),
        within=within.id if within else "",
        readers=frozenset(readers),
        row=row,
    )


def _is_shared(kind: Kind, row: Mapping[str, Any]) -> bool:
    if kind.name == "Flavor":
        return bool(row.get("os-flavor-access:is_public"))
    # A zone is called shared too, but with whom, its shares say.
    for_all = kind.service == "network" and (row.get("shared") or row.get("router:external"))
    return bool(for_all or row.get("visibility") == "public")


def granted(found: Iterable[Thing]) -> tuple[Thing, ...]:
    """Return the objects with whom a zone is shared for readers of it; shares must be among the objects."""
    everything = tuple(found)
    shares: dict[str, set[str]] = {}
    for share in everything:
        if share.kind == "ZoneShare":
            shares.setdefault(share.within, set()).add(str(share.row["target_project_id"]))
    return tuple(_readable(thing, shares) for thing in everything)


def _readable(thing: Thing, shares: Mapping[str, Collection[str]]) -> Thing:
    zone = thing.id if thing.kind == "Zone" else thing.within if thing.kind == "RecordSet" else ""
    if zone not in shares:
        return thing
    return replace(thing, readers=thing.readers | frozenset(shares[zone]))


def is_foreign(thing: Thing, project: str) -> bool:
    """Tell whether an object is not this project's to do with as it likes."""
    return project not in thing.owners


def may_read(thing: Thing, project: str) -> bool:
    """Tell whether an object that is another's may be looked at all the same."""
    return bool({"*", project} & thing.readers)
