"""Which sites are joined by which links: hubs on a backbone, edge sites at their hub, tunnels to the datacentres."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, field

from netaddr import IPNetwork

from virgem.modules.codes import problem, warning
from virgem.modules.estate.geo import distance_km
from virgem.modules.estate.kinds import link_kinds, site_kinds
from virgem.modules.estate.kinds.types import LinkKind, Medium
from virgem.modules.estate.model import BackboneLink, Estate, Link, Municipality, Site
from virgem.modules.estate.model.connectivity import BackupLink, Point
from virgem.modules.estate.scalars import Capacity
from virgem.modules.problem import NOWHERE, Mark, Problem
from virgem.network.addressing import Want
from virgem.network.geo import ellipsoid_km
from virgem.network.keys import site_key
from virgem.network.lock import FILE, Block, Lock
from virgem.network.model import LinkEnd, WanLink
from virgem.network.ring import tour

Blocks = Mapping[str, tuple[Block, ...]]

TRANSFER = "space transfer"
# Routers in one OSPF area. Design guides of vendors stop at 50 to 100 for small machines, their engineers at a few
# hundred for large ones; this project ran 287 FRR routers in one area.
MOST_ROUTERS = 300
_BACKUP_COST = 1000  # above any sum of first choices, so that a backup carries traffic only when they fail
_SECOND_COST = 50  # the tunnel to the datacentre that is not the home one


@dataclass(frozen=True, slots=True, kw_only=True)
class Join:
    """A link before it has numbers; `sites` are paths in the order of their keys."""

    key: str
    sites: tuple[str, str]
    kind: LinkKind
    capacity: int
    cost: int
    backup: bool = False
    backbone: bool = False
    over: tuple[str, ...] = ()
    km: float = 0.0
    mark: Mark = NOWHERE
    caller: str = ""  # of a tunnel: the site that opens it, towards the public address of the other

    @property
    def listener(self) -> str:
        """Of a tunnel: the site at which it ends."""
        return self.sites[1] if self.sites[0] == self.caller else self.sites[0]


@dataclass(slots=True)
class Topology:
    """The links of a region and what they follow from."""

    estate: Estate
    keys: dict[str, str]  # path to "34022/stadhuis"
    points: dict[str, Point]
    hubs: dict[str, str]  # municipality id to path
    centres: dict[str, str]  # datacentre id to path
    spans: dict[str, float]  # km
    homes: dict[str, tuple[str, ...]] = field(default_factory=dict)  # municipality to datacentres, the home first
    joins: dict[str, Join] = field(default_factory=dict)
    problems: list[Problem] = field(default_factory=list)


def hub_of(town: Municipality) -> str:
    """Return the path of the main site: the highest rank of its kind, then the first by name; "" without sites."""
    kinds = site_kinds()
    ranked = sorted(town.sites, key=lambda site: (-kinds[site.kind].rank, site.id))
    return ranked[0].path if ranked else ""


def topology(estate: Estate, lock: Lock) -> Topology:
    """Return every link of the region with its problems; the order of the text plays no part."""
    keys = {site.path: site_key(town, site) for town in estate.municipalities for site in town.sites}
    points = {site.path: site.at or town.centre for town in estate.municipalities for site in town.sites}
    hubs = {str(town.id): hub_of(town) for town in estate.municipalities}
    spans = {str(span.id): float(span.length) for span in estate.fibre.spans}
    found = Topology(estate, keys, points, hubs, centre_sites(estate), spans)
    found.homes = {town.id: _homes(found, town, lock) for town in estate.municipalities}
    _backbone(found)
    joined = {path for join in found.joins.values() for path in join.sites} | set(found.centres.values())
    for town in estate.municipalities:
        for site in town.sites:
            _joins_of(found, town, site, joined)
    _check(found)
    return found


def _homes(found: Topology, town: Municipality, lock: Lock) -> tuple[str, ...]:
    """Return a municipality's datacentres: the one it names, else the locked, else the nearest; then the others."""
    centres = {dc.id: found.points.get(dc.at, town.centre) for dc in found.estate.datacentres}
    here = found.points.get(found.hubs[town.id], town.centre)
    ranked = sorted(centres, key=lambda id_: (distance_km(here, centres[id_]), id_))
    kept = lock.entries.get(f"home {town.nis}")
    first = (town.cloud and town.cloud.datacentre) or (kept.value("at") if kept else "")
    return tuple(sorted(ranked, key=lambda id_: id_ != first))


def centre_sites(estate: Estate) -> dict[str, str]:
    """Return the path of every datacentre's site, by id."""
    return {str(dc.id): str(dc.at) for dc in sorted(estate.datacentres, key=lambda dc: dc.id) if dc.at in estate.sites}


def _backbone(found: Topology) -> None:
    """Add the declared backbone, or a ring through the hubs that no tunnel joins and the datacentres."""
    for link in found.estate.backbone:
        _declared(found, link)
    if found.estate.backbone:
        return
    kinds, sites = link_kinds(), found.estate.sites
    nodes = {path for path in found.hubs.values() if path and not kinds[sites[path].link.kind].tunnel}
    nodes = {path for path in nodes if not sites[path].link.to} | set(found.centres.values())
    spans = _direct_spans(found.estate)
    for one, other in tour({path: found.points[path] for path in nodes}):
        ends = (sites[one].link, sites[other].link)
        weak = max((kinds[link.kind] for link in ends), key=lambda kind: (kind.tunnel, kind.cost, kind.id))
        over = spans.get(frozenset((one, other)), ()) if weak.over_spans else ()
        capacity = min(int(link.capacity) for link in ends)
        # Of two datacentres the one whose own line is the tunnel opens it; a hub always calls the datacentre.
        calls = next((path for path in (one, other) if path not in found.centres.values()), "")
        calls = calls or (one if ends[0].kind == weak.id else other)
        _add(found, one, other, weak, capacity, backbone=True, over=over, caller=calls)


def _declared(found: Topology, link: BackboneLink) -> None:
    ends = [str(path) for path in link.between if path in found.keys]
    if len(ends) == 2:
        over = tuple(str(span) for span in link.over)
        kind, mark = link_kinds()[link.kind], link.origin.mark
        # Only datacentres are found from outside, so the other end calls; of two datacentres the first that is named.
        calls = next((path for path in ends if path not in found.centres.values()), ends[0])
        _add(
            found,
            ends[0],
            ends[1],
            kind,
            link.capacity,
            backbone=True,
            over=over,
            mark=mark,
            tag=f"#{link.id}",
            caller=calls,
        )


def _direct_spans(estate: Estate) -> dict[frozenset[str], tuple[str, ...]]:
    """Return the first span that joins two sites' points of presence directly, by the pair of sites."""
    at = {str(pop.id): str(pop.at) for pop in estate.fibre.pops if pop.at}
    found: dict[frozenset[str], tuple[str, ...]] = {}
    for span in sorted(estate.fibre.spans, key=lambda span: span.id):
        if all(pop in at for pop in span.ends):
            found.setdefault(frozenset(at[pop] for pop in span.ends), (str(span.id),))
    return found


def _joins_of(found: Topology, town: Municipality, site: Site, joined: Collection[str]) -> None:
    """Add the links of one site: the first way out, unless it is on the backbone, and the second."""
    if site.link.to or site.path not in joined:
        _way_out(found, town, site, site.link, backup=False)
    if site.link.backup:
        _way_out(found, town, site, site.link.backup, backup=True)


def _way_out(found: Topology, town: Municipality, site: Site, link: Link | BackupLink, *, backup: bool) -> None:
    kind = link_kinds()[link.kind]
    over = tuple(str(span) for span in link.over) if isinstance(link, Link) else ()
    mark = site.origin.at("link")
    for rank, target in enumerate(_targets(found, town, site, link, backup)):
        _add(
            found,
            site.path,
            target,
            kind,
            link.capacity,
            backup=backup,
            over=over,
            mark=mark,
            rank=rank,
            caller=site.path,
        )


def _targets(found: Topology, town: Municipality, site: Site, link: Link | BackupLink, backup: bool) -> list[str]:
    """Return the far ends of a way out, the preferred one first."""
    if link.to:
        return [str(link.to)] if link.to in found.keys else []
    kind, hub = link_kinds()[link.kind], found.hubs[town.id]
    homes = dict.fromkeys(found.centres.get(id_, "") for id_ in found.homes[town.id])
    centres = [path for path in homes if path not in ("", site.path)]
    if kind.tunnel and centres:
        return centres[:2]
    # A second line of a fixed network that ended at the same hub would fail with it.
    if backup and centres and (site.path == hub or kind.medium is Medium.FIXED):
        return centres[:1]
    return [] if site.path == hub else [hub]


def _add(
    found: Topology,
    one: str,
    other: str,
    kind: LinkKind,
    capacity: int,
    *,
    backup: bool = False,
    backbone: bool = False,
    over: tuple[str, ...] = (),
    mark: Mark = NOWHERE,
    tag: str = "",
    rank: int = 0,
    caller: str = "",
) -> None:
    """Add a link between two sites under the key of its ends and kind; a second one alike is the backup or a repeat."""
    if one == other:
        return
    first, last = sorted((one, other), key=lambda path: found.keys[path])
    key = f"link {found.keys[first]}~{found.keys[last]}:{kind.id}{tag}"
    if key in found.joins:
        if not backup:
            return
        key += "#backup"
    found.joins[key] = Join(
        key=key,
        sites=(first, last),
        kind=kind,
        capacity=int(capacity),
        cost=_cost(kind, capacity, backup, rank),
        backup=backup,
        backbone=backbone,
        over=over,
        km=_km(found, first, last, over),
        mark=mark,
        caller=caller if kind.tunnel else "",
    )


def _cost(kind: LinkKind, capacity: int, backup: bool, rank: int) -> int:
    """Return the routing metric, 1 to 65535 (OSPF, RFC 2328): the kind's, more for a slower link and for a backup."""
    share = min(max(kind.capacity / max(capacity, 1), 0.5), 10.0)
    return max(1, round(kind.cost * share)) + _BACKUP_COST * backup + _SECOND_COST * rank


def _km(found: Topology, one: str, other: str, over: tuple[str, ...]) -> float:
    """Return the length of the spans, else of the straight line, in km to the metre."""
    if over and all(span in found.spans for span in over):
        return round(sum(found.spans[span] for span in over), 3)
    return round(ellipsoid_km(found.points[one], found.points[other]), 3)


def _check(found: Topology) -> None:
    near = neighbours(found.joins)
    reached = _reached(near, found.centres.values())
    if found.centres:
        _check_islands(found, near, set(found.estate.sites) - reached)
    _check_capacity(found, near)
    _check_tunnels(found)
    _check_size(found)


def _check_size(found: Topology) -> None:
    """Warn when more routers share the one area of the underlay than are known to settle quickly."""
    if len(found.keys) > MOST_ROUTERS:
        values = {"count": f"{len(found.keys):,}", "most": MOST_ROUTERS}
        found.problems.append(warning("W594", found.estate.origin.at("name"), values))


def _check_islands(found: Topology, near: Mapping[str, list[Join]], lost: set[str]) -> None:
    """Tell each group of sites that hangs together and reaches no datacentre, at the site that most of them hang on."""
    sites = found.estate.sites
    centres = ", ".join(sorted(set(found.centres.values())))
    ranks = {kind.id: kind.rank for kind in site_kinds().values()}
    while lost:
        island = _reached(near, [min(lost)])
        lost -= island
        if any(sites[path].link.to == path for path in island):
            continue  # that link ends where it starts, which was told as E557
        hub = min(island, key=lambda path: (-len(near.get(path, ())), -ranks[sites[path].kind], path))
        others = len(island) - 1
        behind = f", nor {'has' if others == 1 else 'have'} the {_some_sites(others)} joined to it" if others else ""
        text = f"{hub} has no path to a datacentre ({centres}){behind}"
        hint = "give it or its hub a link, or a backbone link, that leads there"
        found.problems.append(problem("E590", sites[hub].origin.at("link"), text, hint))


def _some_sites(number: int) -> str:
    return "site" if number == 1 else f"{number} sites"


def _check_tunnels(found: Topology) -> None:
    """Tell which tunnels no router could open, because the internet does not know where they end."""
    centres = {str(dc.at): dc for dc in found.estate.datacentres}
    ending: dict[str, list[Join]] = {}
    for join in found.joins.values():
        if join.caller and join.listener in centres:
            ending.setdefault(join.listener, []).append(join)
        elif join.caller:
            text = f"the {join.kind.id} link of {join.caller} is a tunnel to {join.listener}, which is no datacentre"
            names = ", ".join(sorted(centres)) or "there is none yet"
            hint = f"let it end at a datacentre ({names}), or take a kind without a tunnel"
            found.problems.append(problem("E592", join.mark, text, hint))
    for path, joins in sorted(ending.items()):
        centre = centres[path]
        if not centre.public:
            first = f"the {joins[0].kind.id} tunnel of {joins[0].caller}"
            many = f" and {len(joins) - 1} more" if len(joins) > 1 else ""
            text = f"{first}{many} end{'' if many else 's'} at datacentre {centre.id}, which has no public address"
            hint = "add `public: 203.0.113.1` to it, with its real address"
            found.problems.append(problem("E593", centre.origin.at(), text, hint))


def _check_capacity(found: Topology, near: Mapping[str, list[Join]]) -> None:
    """Warn when a site's link brings a hub more than the hub can carry onwards."""
    hubs = set(found.hubs.values()) - {""}
    onward = {hub: sum(join.capacity for join in near.get(hub, ()) if join.backbone) for hub in hubs}
    for join in found.joins.values():
        for hub in hubs.intersection(join.sites) if not join.backbone else ():
            if 0 < onward[hub] < join.capacity:
                carried, onwards = Capacity(join.capacity), Capacity(onward[hub])
                values = {"kind": join.kind.id, "capacity": carried, "hub": hub, "onward": onwards}
                found.problems.append(warning("W591", join.mark, values))


def neighbours(joins: Mapping[str, Join]) -> dict[str, list[Join]]:
    """Return the links of every site by path."""
    near: dict[str, list[Join]] = {}
    for join in joins.values():
        for path in join.sites:
            near.setdefault(path, []).append(join)
    return near


def _reached(near: Mapping[str, list[Join]], starts: Iterable[str]) -> set[str]:
    reached = set(starts)
    todo = list(reached)
    while todo:
        for join in near.get(todo.pop(), ()):
            fresh = set(join.sites) - reached
            reached |= fresh
            todo += fresh
    return reached


def wants(found: Topology) -> Iterator[Want]:
    """Yield a transfer network for every link: /31 (RFC 3021) and /127 (RFC 6164, which leaves the first unused)."""
    yield Want(key=TRANSFER, within="", what="links", order4=6, order6=64, space=True, skip4=1, skip6=1)
    for key, join in found.joins.items():
        what = f"the {join.kind.id} link {join.sites[0]} - {join.sites[1]}"
        mark = join.mark if join.mark.file else found.estate.origin.mark
        yield Want(key=key, within=TRANSFER, what=what, order4=1, order6=1, mark=mark)


class Interfaces:
    """The interface names of every link's two ends: `wan0` or `wg0`, counted per router and kept in the lock."""

    def __init__(self, found: Topology, lock: Lock) -> None:
        self.names: dict[str, tuple[str, str]] = {}
        self.problems: list[Problem] = []
        self._used: dict[tuple[str, str], str] = {}
        held = lock.kind("link")
        for key, join in sorted(found.joins.items()):
            if key in held:
                self._keep(lock, join, (held[key].value("a"), held[key].value("b")))
        for key, entry in held.items():
            for at, name in zip(_ends(key), (entry.value("a"), entry.value("b")), strict=True):
                self._used.setdefault((at, name), key)
        self._next: dict[tuple[str, str], int] = {}
        for key, join in sorted(found.joins.items()):
            if key not in self.names:
                stem = "wg" if join.kind.tunnel else "wan"
                one, other = (self._free(at, stem, key) for at in _ends(key))
                self.names[key] = (one, other)

    def _keep(self, lock: Lock, join: Join, names: tuple[str, str]) -> None:
        if not all(re.fullmatch(r"(wan|wg)[0-9]{1,6}", name) for name in names):
            return
        self.names[join.key] = names
        for at, name, path in zip(_ends(join.key), names, join.sites, strict=True):
            rival = self._used.setdefault((at, name), join.key)
            if rival != join.key:
                line = lock.mark(join.key)
                text = f"interface {name} of {path} is kept for two links in {FILE}"
                hint = f"delete line {line.line} of {FILE} and the link gets new numbers"
                self.problems.append(problem("E609", join.mark, text, hint, (line, lock.mark(rival))))

    def _free(self, at: str, stem: str, key: str) -> str:
        number = self._next.get((at, stem), 0)
        while (at, f"{stem}{number}") in self._used:
            number += 1
        self._next[at, stem] = number + 1
        self._used[at, f"{stem}{number}"] = key
        return f"{stem}{number}"


def _ends(key: str) -> tuple[str, str]:
    """Return the two site keys in a link's key."""
    one, _, other = key.removeprefix("link ").partition("~")
    return one, other.partition(":")[0]


def links(
    found: Topology, names: Mapping[str, tuple[str, str]], blocks4: Blocks, blocks6: Blocks
) -> tuple[WanLink, ...]:
    """Return the links with their numbers, by key; the first end has the lower addresses."""
    return tuple(
        _numbered(join, names[key], blocks4[key][0][0], blocks6[key][0][0]) for key, join in sorted(found.joins.items())
    )


def _numbered(join: Join, names: tuple[str, str], base4: int, base6: int) -> WanLink:
    ends = [
        LinkEnd(
            site=path,
            interface=names[i],
            address4=IPNetwork((base4 + i, 31), version=4),
            address6=IPNetwork((base6 + i, 127), version=6),
        )
        for i, path in enumerate(join.sites)
    ]
    return WanLink(
        key=join.key.removeprefix("link "),
        kind=join.kind.id,
        ends=(ends[0], ends[1]),
        capacity=join.capacity,
        mtu=join.kind.mtu,
        cost=join.cost,
        tunnel=join.kind.tunnel,
        caller=join.caller,
        backup=join.backup,
        backbone=join.backbone,
        over=join.over,
        km=join.km,
        origin=join.mark,
    )
