"""Which sites must reach the datacentres over fibre, by which two ways, and what severs those that have one.

Demands are every site with a point of presence, and every site of class 3 or higher whose own link is of a kind that
runs over spans of the fibre plan: a site that a provider or a tunnel joins has no way over ducts that this plan could
judge. The class is that of the site (ICR), which its kind gives where the estate does not.

A demand gets two ways without a common duct to two datacentres, or to one when only one other is reached by fibre. A
site with a datacentre must reach the others.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from virgem.modules.estate.kinds import link_kinds
from virgem.modules.estate.model import Estate, Site
from virgem.network.fibre.cuts import Cuts
from virgem.network.fibre.disjoint import Pairs, Way
from virgem.network.fibre.graph import Graph
from virgem.network.fibre.model import DemandPlan, Loss, Path

# From this class on a site has a demand of its own.
CRITICAL = 3


@dataclass(frozen=True, slots=True, kw_only=True)
class Judged:
    """The demands of a region by site, and what each cut does to those it touches, by duct and site."""

    demands: tuple[DemandPlan, ...]
    losses: tuple[Loss, ...]


def wanted(estate: Estate) -> Iterator[Site]:
    """Yield the sites with a demand, by path."""
    with_pop = {pop.at for pop in estate.fibre.pops if pop.at}
    for path, site in sorted(estate.sites.items()):
        fibre = link_kinds()[site.link.kind].over_spans
        if path in with_pop or (fibre and site.classification >= CRITICAL):
            yield site


def judged(graph: Graph, sites: Iterable[Site], centres: Mapping[str, str]) -> Judged:
    """Return the demands of these sites; `centres` are the places with datacentres and the names of those there."""
    groups: dict[frozenset[str], list[Site]] = {}
    for site in sites:
        ends = frozenset(centres) - {site.path}
        if ends:
            groups.setdefault(ends, []).append(site)
    found = [_Group(graph, ends, centres) for ends in groups]
    demands = [group.demand(site) for group, members in zip(found, groups.values(), strict=True) for site in members]
    losses = [loss for group in found for loss in group.losses()]
    return Judged(
        demands=tuple(sorted(demands, key=lambda demand: demand.site)),
        losses=tuple(sorted(losses, key=lambda loss: (loss.duct, loss.site))),
    )


class _Group:
    """The demands that must reach the same places."""

    def __init__(self, graph: Graph, ends: frozenset[str], centres: Mapping[str, str]) -> None:
        self.graph, self.centres = graph, centres
        self.tree = graph.distances(sorted(ends))
        self.part = _parts(graph)
        self.ends: dict[int, list[str]] = {}
        for end in sorted(ends):
            if end in self.part:
                self.ends.setdefault(self.part[end], []).append(end)
        self.cuts = Cuts(graph, ends)
        self.severing: dict[str, list[str]] = {}
        for duct in graph.ducts:
            for place in self.cuts.lost(duct):
                self.severing.setdefault(place, []).append(duct)
        self.pairs: dict[int, Pairs] = {}
        self.made: list[DemandPlan] = []

    def demand(self, site: Site) -> DemandPlan:
        """Return the demand of a site with its ways."""
        made = self._demand(site)
        self.made.append(made)
        return made

    def _demand(self, site: Site) -> DemandPlan:
        place, level = str(site.path), int(site.classification)
        if place not in self.tree:
            return DemandPlan(site=place, classification=level, paths=())
        severed = tuple(self.severing.get(place, ()))
        pair = None if severed else self._pairs(place).of(place)
        if pair:
            paths = tuple(self._path(way) for way in pair.ways)
            return DemandPlan(
                site=place, classification=level, paths=paths, node_disjoint=pair.node_disjoint, survives=True
            )
        end, spans = self.graph.way(place, self.tree)
        only = self._path(Way(end=end, spans=spans))
        return DemandPlan(site=place, classification=level, paths=(only,), severed_by=severed, survives=not severed)

    def _pairs(self, place: str) -> Pairs:
        part = self.part[place]
        if part not in self.pairs:
            self.pairs[part] = Pairs(self.graph, self.ends[part])
        return self.pairs[part]

    def _path(self, way: Way) -> Path:
        return Path(
            datacentre=self.centres[way.end],
            ducts=way.ducts,
            spans=tuple(span.id for span in way.spans),
            km=way.metres / 1000,
        )

    def losses(self) -> Iterator[Loss]:
        """Yield what each cut does to the demands it touches; a way that is whole is told first, then any other."""
        for demand in self.made:
            severing = set(demand.severed_by)
            for duct in dict.fromkeys(duct for path in demand.paths for duct in path.ducts):
                gone = tuple(n for n, path in enumerate(demand.paths, 1) if duct in path.ducts)
                whole = [n for n in range(1, len(demand.paths) + 1) if n not in gone]
                left = f"path {whole[0]}" if whole else "none" if duct in severing else "another way"
                yield Loss(duct=duct, site=demand.site, paths=gone, left=left)


def _parts(graph: Graph) -> Mapping[str, int]:
    """Return for every place the number of the part of the graph that hangs together with it."""
    found: dict[str, int] = {}
    for number, start in enumerate(graph.places):
        todo: Sequence[str] = [] if start in found else [start]
        while todo:
            found.update(dict.fromkeys(todo, number))
            near = (span.other(place) for place in todo for span in graph.near.get(place, ()))
            todo = [place for place in dict.fromkeys(near) if place not in found]
    return found
