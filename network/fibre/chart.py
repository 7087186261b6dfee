"""The points of presence and ducts of an estate as they go on the map."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from virgem.modules.estate.checks.facts import Facts
from virgem.modules.estate.model import Cable
from virgem.network.fibre.model import Coordinates, DuctPlan, PopPlan


def pops(facts: Facts, centres: Mapping[str, str]) -> Iterator[PopPlan]:
    """Yield every point that has a place, by name; `centres` are the datacentres at each site that has any."""
    ending: dict[str, list[str]] = {}
    for id_ in sorted(facts.spans):
        for end in facts.spans[id_].ends:
            ending.setdefault(end, []).append(str(id_))
    for id_, pop in sorted(facts.pops.items()):
        at, site = _coordinates(facts, id_), str(pop.at or "")
        if at:
            yield PopPlan(
                id=str(id_),
                at=at,
                site=site,
                datacentre=centres.get(site, ""),
                label=str(pop.label or ""),
                owner=str(pop.owner or ""),
                spans=tuple(ending.get(id_, ())),
            )


def ducts(facts: Facts) -> Iterator[DuctPlan]:
    """Yield every duct whose two ends have a place, by name."""
    holding: dict[str, list[Cable]] = {}
    for _, cable in sorted(facts.cables.items()):
        for duct in dict.fromkeys(cable.ducts):
            holding.setdefault(duct, []).append(cable)
    through: dict[str, list[str]] = {}
    for id_, span in sorted(facts.spans.items()):
        for name in dict.fromkeys(facts.span_ducts(span) if span.cable in facts.cables else ()):
            through.setdefault(name, []).append(str(id_))
    for id_, plain in sorted(facts.ducts.items()):
        ends = tuple(at for end in plain.ends if (at := _coordinates(facts, end)))
        if len(plain.ends) == len(ends) == 2:
            cables = holding.get(id_, [])
            bends = tuple((float(point.lon), float(point.lat)) for point in plain.via)
            yield DuctPlan(
                id=str(id_),
                ends=(str(plain.ends[0]), str(plain.ends[1])),
                route=(ends[0], *bends, ends[1]),
                km=float(plain.length),
                cables=tuple(str(cable.id) for cable in cables),
                spans=tuple(through.get(id_, ())),
                owners=tuple(sorted({str(cable.owner) for cable in cables if cable.owner})),
                manager=str(plain.manager or ""),
            )


def _coordinates(facts: Facts, pop: str) -> Coordinates | None:
    place = facts.pop_place(pop) if pop in facts.pops else None
    return (float(place.lon), float(place.lat)) if place else None
