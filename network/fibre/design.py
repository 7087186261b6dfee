"""The design of a region's fibre: its map, its demands, what cuts do, its optics, and what is wrong with them."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass

from virgem.modules.codes import problem, warning
from virgem.modules.codes.fibre import ANOTHER_BUT_SHARED, NOT_REACHED
from virgem.modules.estate.checks.facts import Facts
from virgem.modules.estate.model import BackboneLink, Estate, Link, Span
from virgem.modules.estate.model.connectivity import FibreType
from virgem.modules.estate.scalars import Capacity
from virgem.modules.problem import Mark, Problem
from virgem.network.fibre import chart
from virgem.network.fibre.capacity import Line, narrowings
from virgem.network.fibre.demands import judged, wanted
from virgem.network.fibre.graph import Graph, graph
from virgem.network.fibre.model import NO_FIBRE, DemandPlan, FibrePlan, LitLink, Narrowing
from virgem.network.fibre.optics import lit
from virgem.network.wan import Join, Topology, neighbours

# Ducts that one warning names.
_NAMED = 4


@dataclass(frozen=True, slots=True, kw_only=True)
class Designed:
    """The design and what is wrong; nothing of either where an estate declares no span."""

    plan: FibrePlan = NO_FIBRE
    problems: tuple[Problem, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class _Told:
    """A link over spans as the estate tells it, or as the plan derives it."""

    id: str
    between: tuple[str, ...]
    capacity: int
    over: tuple[str, ...]
    mark: Mark


def design(estate: Estate, found: Topology) -> Designed:
    """Return the design of an estate's fibre on the links of its network."""
    if not estate.fibre.spans:
        return Designed()
    facts, centres = Facts(estate=estate), _centres(found)
    laid = graph(facts)
    result = judged(laid, wanted(estate), centres)
    lines = _lines(facts)
    told = [link for link in _links(estate, found) if link.over and lines.keys() >= set(link.over)]
    links = [lit(link.id, link.between, link.capacity, link.over, lines) for link in told]
    plan = FibrePlan(
        pops=tuple(chart.pops(facts, centres)),
        ducts=tuple(chart.ducts(facts)),
        demands=result.demands,
        losses=result.losses,
        narrowings=tuple(_narrowings(found, laid)),
        links=tuple(links),
    )
    dark = [_dark(link, source.mark) for link, source in zip(links, told, strict=True) if not link.bears]
    # A span that does not fit its cable is told as such; what hangs on it is judged once it does.
    alone = _alone(facts, found, plan.demands) if laid.whole else ()
    return Designed(plan=plan, problems=(*dark, *alone))


def _centres(found: Topology) -> Mapping[str, str]:
    """Return the datacentres at each site that has any."""
    at: dict[str, list[str]] = {}
    for id_, path in sorted(found.centres.items()):
        at.setdefault(path, []).append(id_)
    return {path: " ".join(ids) for path, ids in at.items()}


def _lines(facts: Facts) -> Mapping[str, tuple[Span, FibreType]]:
    """Return every span with the type of its fibres, where its cable is known."""
    known = (span for span in facts.estate.fibre.spans if span.cable in facts.cables)
    return {str(span.id): (span, facts.cables[span.cable].fibre) for span in known}


def _links(estate: Estate, found: Topology) -> Iterator[_Told]:
    """Yield the links of the backbone, as declared or as derived, then the sites' own, each group by name."""
    for line in sorted(estate.backbone, key=lambda line: line.id):
        yield _told(str(line.id), tuple(map(str, line.between)), line)
    for _, join in sorted(found.joins.items()) if not estate.backbone else ():
        if join.backbone:
            name, mark = " - ".join(join.sites), estate.sites[join.sites[0]].origin.at("link")
            yield _Told(id=name, between=join.sites, capacity=join.capacity, over=join.over, mark=mark)
    for path, site in sorted(estate.sites.items()):
        yield _told(str(path), (str(path), str(site.link.to or found.hubs[site.municipality])), site.link)


def _told(id_: str, between: tuple[str, ...], link: Link | BackboneLink) -> _Told:
    over = tuple(map(str, link.over))
    return _Told(id=id_, between=between, capacity=int(link.capacity), over=over, mark=link.origin.at("over"))


def _dark(link: LitLink, mark: Mark) -> Problem:
    """Return the error of a link that no optics of its rate bridge."""
    spans = f"{len(link.spans)} span{'' if len(link.spans) == 1 else 's'}"
    optics = f"the best optics of {Capacity(link.capacity)}, {link.transceiver},"
    if link.margin < 0:
        text = f"the link of {link.id} loses {link.loss:.1f} dB at {link.wavelength} nm over {spans}; {optics} bridge"
        text += f" {link.budget:g} dB"
    else:
        text = f"the link of {link.id} spreads light by {link.dispersion:.0f} ps/nm over {spans} of {link.km:g} km;"
        text += f" {optics} bear {link.bearable:g} ps/nm"
    return problem("E578", mark, text, "put a router half-way, or describe a shorter way", target=link.id)


def _narrowings(found: Topology, laid: Graph) -> Iterator[Narrowing]:
    """Yield what cuts leave between hubs and datacentres, over the backbone and the hub's own other links."""
    centres = set(found.centres.values())
    hubs = sorted(set(found.hubs.values()) - centres - {""})
    main = {*hubs, *centres}
    lines = [_line(join, laid, hubs) for join in found.joins.values() if join.backbone or main.issuperset(join.sites)]
    for duct, hub, whole, left in sorted(narrowings(lines, hubs, centres)):
        yield Narrowing(duct=duct, hub=hub, whole=whole, left=left)


def _line(join: Join, laid: Graph, hubs: Collection[str]) -> Line:
    ducts = frozenset(duct for span in join.over if span in laid.spans for duct in laid.spans[span].ducts)
    own = "" if join.backbone else next((path for path in join.sites if path in hubs), "")
    return Line(ends=join.sites, capacity=join.capacity, ducts=ducts, of=own)


def _alone(facts: Facts, found: Topology, demands: Iterable[DemandPlan]) -> Iterator[Problem]:
    """Yield the demands without two ways apart that nothing but the ducts of this plan joins to the region."""
    near, main = neighbours(found.joins), {*found.hubs.values(), *found.centres.values()}
    at = {str(pop.at): pop for pop in reversed(facts.estate.fibre.pops) if pop.at}
    for demand in demands:
        if len(demand.paths) < 2 and not _reached_otherwise(near.get(demand.site, ()), demand.site in main):
            site = facts.estate.sites[demand.site]
            mark = at[demand.site].origin.at("at") if demand.site in at else site.origin.at("link")
            yield _severed(facts, demand, mark)


def _reached_otherwise(joins: Iterable[Join], main: bool) -> bool:
    """Tell whether a link of a site runs over no span; behind a hub is a municipality, so it takes a backbone link."""
    return any(not join.over and (join.backbone or not main) for join in joins)


def _severed(facts: Facts, demand: DemandPlan, mark: Mark) -> Problem:
    more = len(demand.severed_by) - _NAMED
    names = ", ".join(demand.severed_by[:_NAMED]) + (f" (+{more})" if more > 0 else "")
    related = tuple(facts.ducts[duct].origin.at() for duct in demand.severed_by[:_NAMED])
    says = None if names else ANOTHER_BUT_SHARED if demand.paths else NOT_REACHED
    return warning("W584", mark, {"site": demand.site, "ducts": names}, demand.site, related, says=says)
