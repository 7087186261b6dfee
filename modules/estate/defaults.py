"""What a person would have chosen: objects nobody wrote down, and values that the kind of a thing brings.

Two steps: `complete` adds whole objects before references are looked up, `fill` adds values after. What is filled in
keeps the origin of its owner, so that a problem with it points at a line somebody wrote.
"""

from __future__ import annotations

from collections.abc import Container, Iterable, Iterator, Mapping
from functools import cache
from typing import Any

from virgem.modules.estate import kinds
from virgem.modules.estate.machines import held_by
from virgem.modules.estate.model import Entity, Link, Owner, QuotaClass, Ring, SharedService, Upstream, Zone
from virgem.modules.estate.model.cloud import Tier
from virgem.modules.estate.model.connectivity import BackupLink, Point
from virgem.modules.estate.model.refs import (
    EntityKindName,
    EntityRef,
    LinkKindName,
    OwnerRef,
    ServiceKindName,
    SiteKindName,
    UpstreamKindName,
    ZoneKindName,
)
from virgem.modules.estate.plans import plan_of
from virgem.modules.estate.public import PublicMunicipality
from virgem.modules.estate.raw import Raw
from virgem.modules.estate.scalars import (
    Capacity,
    Count,
    Description,
    Identifier,
    InfoClass,
    Kind,
    Label,
    Latitude,
    Longitude,
    Percent,
    ScalarError,
    show,
)
from virgem.modules.estate.values import Context

OWNERS: Mapping[str, str] = {
    "ict-manager": "ICT manager",
    "information-security-officer": "Information security officer",
    "data-protection-officer": "Data protection officer",
    "facility-manager": "Facility manager",
    "procurement-officer": "Procurement officer",
    "network-manager": "Network manager",
}
# Whose the access keys of the operator are called; no municipality has such a name.
OPERATOR = "operator"
# instances, cores, RAM in GiB, volumes, storage in GiB, ports, floating addresses, load balancers, DNS records
QUOTAS: Mapping[str, tuple[int, ...]] = {
    "small": (6, 16, 48, 12, 1_000, 60, 2, 1, 100),
    "medium": (16, 48, 160, 32, 4_000, 200, 4, 2, 200),
    "large": (40, 128, 448, 80, 12_000, 500, 8, 4, 500),
    "xlarge": (100, 320, 1_152, 200, 40_000, 1_200, 16, 8, 1_000),
}
_QUOTA_FIELDS = (
    "instances",
    "cores",
    "ram_gb",
    "volumes",
    "storage_gb",
    "ports",
    "floating_ips",
    "load_balancers",
    "dns_records",
)
# share in percent, what it is for
RINGS: Mapping[str, tuple[int, str]] = {
    "canary": (5, "The ICT teams' own devices first"),
    "pilot": (20, "Volunteers in every municipality"),
    "broad": (75, "Everybody else"),
}


def complete(
    estate: Raw, towns: Mapping[str, Raw], services_used: Iterable[str], entities_used: Container[str]
) -> None:
    """Add the objects that nobody wrote down: owners, quota classes, rings, services, the internet, entities."""
    _add(estate, "owners", [_new(Owner, estate, id=i, label=Label(label)) for i, label in OWNERS.items()])
    _add(estate, "quotas", [_quota(estate, name, sizes) for name, sizes in QUOTAS.items()])
    if not estate.get("rings"):
        _add(estate, "rings", [_ring(estate, name, *ring) for name, ring in RINGS.items()])
    if not estate.get("upstreams"):
        usual = [kind.id for kind in kinds.upstream_kinds().values() if kind.usual]
        _add(estate, "upstreams", [_new(Upstream, estate, id=i, kind=UpstreamKindName(i)) for i in usual])
    used = set(services_used)
    wanted = [kind.id for kind in kinds.service_kinds().values() if kind.usual or kind.id in used]
    _add(estate, "services", [_new(SharedService, estate, id=i, kind=ServiceKindName(i)) for i in wanted])
    for town_id, town in towns.items():
        named = [kind for kind in kinds.entity_kinds() if f"{town_id}/{kind}" in entities_used]
        _complete_town(town, named)


def _new(cls: Any, owner: Raw, **values: Any) -> Raw:
    raw = Raw(plan_of(cls), owner.origin, owner.scope)
    raw.values.update(values, id=Identifier(values["id"]))
    return raw


def _add(owner: Raw, name: str, more: list[Raw]) -> None:
    """Put objects behind those that were written, unless one of the same name was."""
    held = owner.values.get(name, ())
    known = {raw.values["id"] for raw in held}
    owner.values[name] = (*held, *(raw for raw in more if raw.values["id"] not in known))


def _quota(estate: Raw, name: str, sizes: tuple[int, ...]) -> Raw:
    limits = {key: Count(size) for key, size in zip(_QUOTA_FIELDS, sizes, strict=True)}
    return _new(QuotaClass, estate, id=name, **limits)


def _ring(estate: Raw, name: str, share: int, description: str) -> Raw:
    return _new(Ring, estate, id=name, share=Percent(share), description=Description(description))


def _complete_town(town: Raw, named: list[str]) -> None:
    """Add the entities that the text names by their kind and those that the kinds of sites and zones belong to."""
    own = [_entity_kind(raw) for raw in town.items("entities")]
    bodies = (name for site in town.items("sites") for name in _bodies(site))
    needed = list(dict.fromkeys((*(kind.id for kind in kinds.entity_kinds().values() if kind.usual), *bodies)))
    missing = [name for name in needed if name not in own] + [name for name in named if name not in needed]
    _add(town, "entities", [_new(Entity, town, id=name, kind=EntityKindName(name)) for name in missing])


def _bodies(site: Raw) -> Iterator[str]:
    """Yield the kinds of entity that a site and its zones belong to."""
    kind = kinds.site_kinds().get(_site_kind(site))
    if kind is not None and site.get("entity") is None:
        yield kind.entity
    written = [str(zone.get("kind") or zone.get("id")) for zone in site.items("zones")]
    without = set(site.get("without") or ())
    for name in (*(kind.zones if kind else ()), *written):
        zone = kinds.zone_kinds().get(name)
        if zone is not None and zone.entity and name not in without:
            yield zone.entity


def _entity_kind(entity: Raw) -> str:
    return str(entity.get("kind") or entity.get("id"))


def _site_kind(site: Raw) -> str:
    return str(site.get("kind") or site.get("id"))


def name_kinds(estate: Raw, towns: Iterable[Raw], ctx: Context) -> None:
    """Give every object without a kind its own name as its kind; one whose name is no kind is broken."""
    for service in estate.items("services"):
        _kind(service, ServiceKindName, ctx)
    for upstream in estate.items("upstreams"):
        _kind(upstream, UpstreamKindName, ctx)
    for town in towns:
        for entity in town.items("entities"):
            _kind(entity, EntityKindName, ctx)
        for site in town.items("sites"):
            _kind(site, SiteKindName, ctx)
            for zone in site.items("zones"):
                _kind(zone, ZoneKindName, ctx)


def fill(estate: Raw, towns: Iterable[Raw], publics: Mapping[Raw, PublicMunicipality], ctx: Context) -> None:
    """Add the values that were left out, each from its kind or its owner."""
    operator = estate.get("operator")
    if operator is not None:
        operator.values.setdefault("owner", OwnerRef("ict-manager"))
    for service in estate.items("services"):
        _fill_service(service, operator)
    for centre in estate.items("datacentres"):
        _fill_datacentre(centre)
    if operator is not None:
        _fill_keys(estate, OPERATOR, operator.values["owner"])
    for contract in estate.items("contracts"):
        _paths(contract, "items", contract.get("id"))
    known = [(town, publics[town]) for town in towns if town in publics]
    # All entities first: a site may be used by an entity of another municipality.
    owners = {path: owner for town, public in known for path, owner in _fill_entities(town, public)}
    for town, public in known:
        _fill_town(town, public, owners, ctx)


def _kind(raw: Raw, cls: type[Kind], ctx: Context) -> None:
    """Give a thing its own name as its kind when none was written."""
    if raw.get("kind") is not None:
        return
    name = str(raw.values["id"])
    known = kinds.family(cls.family)
    if "kind" in raw.origin.keys:
        raw.broken = True  # a kind was written and refused; its problem has been told
    elif name in known:
        raw.values["kind"] = cls(name)
    elif not raw.broken:
        raw.broken = True
        message = f"{show(name)} has no kind, and its name is not {cls.what}"
        ctx.report("E219", raw.origin.mark, message, ctx.like(name, known, f"kind: one of {', '.join(known)}"))


def _paths(owner: Raw, name: str, prefix: Any) -> None:
    for raw in owner.items(name):
        raw.values["path"] = f"{prefix}/{raw.values['id']}"


def _fill_service(service: Raw, operator: Raw | None) -> None:
    if operator is not None:
        service.values.setdefault("owner", operator.values["owner"])
    kind = kinds.service_kinds().get(service.get("kind"))
    if kind is None:
        return
    service.values.setdefault("servers", Count(kind.servers))
    service.values.setdefault("flavor", Identifier(kind.flavor))
    service.values.setdefault("volume_gb", Count(kind.volume_gb))


def _fill_keys(holder: Raw, whose: str, owner: OwnerRef) -> None:
    _paths(holder, "access_keys", whose)
    for access in holder.items("access_keys"):
        access.values.setdefault("owner", owner)


def _fill_datacentre(centre: Raw) -> None:
    """Give a datacentre with hosts the cores, memory and storage of those."""
    hosts = [host for host in centre.items("hosts") if not host.broken]
    if not hosts or any(host.broken for host in centre.items("hosts")):
        return
    copies, fill = (centre.values.get(name, centre.plan.by_name[name].default) for name in ("copies", "fill"))
    for name, number in held_by([host.build() for host in hosts], copies, fill).items():
        centre.values.setdefault(name, Count(min(number, Count.most)))


def _fill_entities(town: Raw, public: PublicMunicipality) -> Iterator[tuple[str, OwnerRef]]:
    """Give every entity without an owner that of its municipality; yield each with its owner."""
    owner = town.values.setdefault("owner", OwnerRef("ict-manager"))
    _paths(town, "entities", public.id)
    for entity in town.items("entities"):
        yield entity.values["path"], entity.values.setdefault("owner", owner)


def _fill_town(town: Raw, public: PublicMunicipality, owners: Mapping[str, OwnerRef], ctx: Context) -> None:
    values = town.values
    values.update(id=Identifier(public.id), name=_label(public.name), population=public.population)
    values["centre"] = Point(lat=Latitude(f"{public.lat:.5f}"), lon=Longitude(f"{public.lon:.5f}"))
    for name in ("sites", "orders", "deliveries"):
        _paths(town, name, public.id)
    if (cloud := town.get("cloud")) is not None:
        for name in ("servers", "volumes", "datasets"):
            _paths(cloud, name, public.id)
        _fill_keys(cloud, public.id, values["owner"])
    entities = _entities_by_kind(town)
    if cloud is not None:
        for server in cloud.items("servers"):
            server.values.setdefault("owner", values["owner"])
            server.values.setdefault("users", _users(server, town, entities))
    for site in town.items("sites"):
        _fill_site(site, town, entities, ctx)
        site.values.setdefault("owner", owners.get(site.get("entity"), values["owner"]))


def _label(name: str) -> Label:
    try:
        return Label(name)
    except ScalarError:
        return Label("".join(c if c.isalnum() else " " for c in name).strip())


def _entities_by_kind(town: Raw) -> Mapping[str, EntityRef]:
    """Return the entity that stands for each kind: the one named as the kind, else the first."""
    found: dict[str, EntityRef] = {}
    for entity in town.items("entities"):
        kind, name = _entity_kind(entity), str(entity.values["id"])
        if not entity.broken and (kind not in found or name == kind):
            found[kind] = EntityRef(f"{town.values['id']}/{name}")
    return found


def _users(server: Raw, town: Raw, entities: Mapping[str, EntityRef]) -> tuple[EntityRef, ...]:
    """Return whose staff use a server when nobody says: of one in the DMZ, which shows little, all that share."""
    if server.get("tier") is Tier.DMZ:
        known = kinds.entity_kinds()
        shared = [e for e in town.items("entities") if not e.broken and not known[_entity_kind(e)].own_sites]
        return tuple(EntityRef(str(entity.values["path"])) for entity in shared)
    first = entities.get("municipality") or next(iter(entities.values()), None)
    return () if first is None else (first,)


def _fill_site(site: Raw, town: Raw, entities: Mapping[str, EntityRef], ctx: Context) -> None:
    values = site.values
    values["municipality"] = str(town.values["id"])
    kind = kinds.site_kinds().get(site.get("kind"))
    if kind is None:
        return
    values.setdefault("classification", InfoClass(kind.classification))
    usual = (entities[kind.id] for kind in kinds.entity_kinds().values() if kind.usual and kind.id in entities)
    fallback = next(usual, None) or next(iter(entities.values()), None)
    if values.get("entity") is None and (entity := entities.get(kind.entity, fallback)) is not None:
        values["entity"] = entity
    elif values.get("entity") is None:
        site.broken = True
    _fill_link(site, kind.link)
    _fill_zones(site, kind.zones, ctx)


def _fill_link(site: Raw, usual: str) -> None:
    link = site.get("link")
    if link is None:
        link = site.values["link"] = Raw(plan_of(Link), site.origin, site.scope)
    kind = link.values.setdefault("kind", LinkKindName(usual))
    link.values.setdefault("capacity", Capacity(kinds.link_kinds()[kind].capacity))
    backup = link.get("backup")
    if backup is not None and backup.plan.cls is BackupLink and "kind" in backup.values:
        backup.values.setdefault("capacity", Capacity(kinds.link_kinds()[backup.values["kind"]].capacity))


def _fill_zones(site: Raw, usual: Mapping[str, int], ctx: Context) -> None:
    written = {str(zone.values["id"]): zone for zone in site.items("zones")}
    without = set(site.get("without") or ())
    _check_without(site, usual, written, ctx)
    order = [name for name in usual if name not in without or name in written]
    order += [name for name in written if name not in usual]
    zones = [written.get(name) or _new(Zone, site, id=name, kind=ZoneKindName(name)) for name in order]
    for zone in zones:
        zone.values["path"] = f"{site.values['path']}:{zone.values['id']}"
        _fill_zone(zone, usual)
    site.values["zones"] = tuple(zones)


def _fill_zone(zone: Raw, usual: Mapping[str, int]) -> None:
    kind = kinds.zone_kinds().get(zone.get("kind"))
    if kind is None:
        return
    hosts = usual.get(kind.id, kind.hosts) if zone.values["id"] == kind.id else kind.hosts
    zone.values.setdefault("hosts", _count(hosts))
    zone.values.setdefault("classification", _class(kind.classification))


# An estate has tens of thousands of zones with the same few numbers.
@cache
def _count(number: int) -> Count:
    return Count(number)


@cache
def _class(number: int) -> InfoClass:
    return InfoClass(number)


def _check_without(site: Raw, usual: Mapping[str, int], written: Mapping[str, Raw], ctx: Context) -> None:
    for index, name in enumerate(site.get("without") or ()):
        mark = site.origin.at(f"without.{index}")
        if name in written:
            ctx.report("E311", mark, f"zone {show(name)} is taken away and written under zones", "keep one of the two")
        elif name not in usual:
            message = f"a {site.values['kind']} brings no zone {show(name)}"
            ctx.report("E311", mark, message, ctx.like(name, usual, f"it brings {', '.join(usual)}"))
