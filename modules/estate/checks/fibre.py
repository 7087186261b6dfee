"""The fibre plan: ducts, cables and spans that fit together, and light that arrives."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

from virgem.modules.estate.checks.facts import Facts
from virgem.modules.estate.checks.register import Finding, Notice, check, lacks
from virgem.modules.estate.geo import distance_km
from virgem.modules.estate.model import BackboneLink, Duct, Link, Span

# Planning values at 1550 nm: ITU-T G.652.D fibre as usually installed in dB/km, a fusion splice and a connector in dB.
_PER_KM, _SPLICE, _CONNECTOR = 0.22, 0.1, 0.5
# What 10GBASE-ZR class optics bridge, in dB.
_BUDGET = 23.0
_SLACK = 0.02


def loss_db(span: Span) -> float:
    """Return the loss of a span at 1550 nm in dB, worked out from length, splices and connectors."""
    return span.length * _PER_KM + span.splices * _SPLICE + span.connectors * _CONNECTOR


@check("E570", missing_from=("fibre", "sites"))
def duct_has_two_ends(facts: Facts) -> Iterator[Finding]:
    for duct in facts.estate.fibre.ducts:
        if len(duct.ends) != 2 or len(set(duct.ends)) != 2:
            message = f"duct {duct.id} joins {len(set(duct.ends))} of the two points of presence it needs"
            yield Finding(duct.origin.at("ends"), message, "write `ends: [pop, pop]`", duct.id)


@check("E571", missing_from=("fibre", "sites"))
def cable_runs_through_ducts_that_join(facts: Facts) -> Iterator[Finding]:
    for cable in facts.estate.fibre.cables:
        sound = all(len(set(facts.ducts[duct].ends)) == 2 for duct in cable.ducts)
        if sound and not facts.path(cable):
            message = f"the ducts of cable {cable.id} do not join end to end: {', '.join(cable.ducts) or 'none'}"
            yield Finding(cable.origin.at("ducts"), message, "name them in the order they are passed", cable.id)


@check("E572", missing_from=("fibre",))
def span_ends_on_its_cable(facts: Facts) -> Iterator[Finding]:
    for span in facts.estate.fibre.spans:
        path = facts.path(facts.cables[span.cable])
        off = [end for end in span.ends if end not in path]
        if path and (off or len(set(span.ends)) != 2):
            where = f"{off[0]} does not lie on cable {span.cable}" if off else "its two ends are not two"
            message = f"span {span.id} cannot be: {where}"
            yield Finding(span.origin.at("ends"), message, f"the cable passes {', '.join(path)}", span.id)


@check("E573", missing_from=("fibre",))
def span_is_as_long_as_its_ducts(facts: Facts) -> Iterator[Finding]:
    for span in facts.estate.fibre.spans:
        ducts = sum(facts.ducts[duct].length for duct in facts.span_ducts(span))
        if ducts and span.length < ducts * (1 - _SLACK):
            message = f"span {span.id} is {span.length:g} km long, the ducts it runs through {ducts:g} km"
            yield Finding(span.origin.at("length"), message, "fibre is longer than its duct: correct one", span.id)


@check("E574")
def duct_is_as_long_as_the_bird_flies(facts: Facts) -> Iterator[Finding]:
    for duct, straight in _straight(facts):
        if duct.length < straight * (1 - _SLACK):
            message = f"duct {duct.id} is {duct.length:g} km long, its ends are {straight:.2f} km apart"
            yield Finding(duct.origin.at("length"), message, "correct the length, or the place of an end", duct.id)


@check("W575")
def duct_makes_no_great_detour(facts: Facts) -> Iterator[Notice]:
    for duct, straight in _straight(facts):
        if not duct.via and duct.length > 3 * straight + 0.5:
            yield Notice(duct.origin.at("length"), {"duct": duct.id, "length": duct.length, "apart": straight}, duct.id)


def _straight(facts: Facts) -> Iterator[tuple[Duct, float]]:
    """Yield each duct with the distance between its ends in km, where both have a place."""
    for duct in facts.estate.fibre.ducts:
        places = [facts.pop_place(end) for end in duct.ends]
        if len(places) == 2 and places[0] and places[1]:
            yield duct, distance_km(places[0], places[1])


@check("E576")
def point_of_presence_has_a_place(facts: Facts) -> Iterator[Finding]:
    for pop in facts.estate.fibre.pops:
        if lacks(pop, "at") and lacks(pop, "place"):
            message = f"point of presence {pop.id} has no place"
            yield Finding(pop.origin.at(), message, "add `at: town/site` or `place: [lat, lon]`", pop.id)


@check("W577")
def point_of_presence_stands_in_its_site(facts: Facts) -> Iterator[Notice]:
    for pop in facts.estate.fibre.pops:
        if pop.at and pop.place:
            away = distance_km(pop.place, facts.place(facts.estate.sites[pop.at]))
            if away > 0.1:
                yield Notice(pop.origin.at("place"), {"pop": pop.id, "away": away, "site": pop.at}, pop.id)


@check("E578")
def light_arrives(facts: Facts) -> Iterator[Finding]:
    sites: list[tuple[str, Link | BackboneLink]] = [(site.path, site.link) for site in facts.sites]
    for path, link in [*((link.id, link) for link in facts.estate.backbone), *sites]:
        loss = sum(loss_db(facts.spans[span]) for span in link.over)
        if loss > _BUDGET:
            message = (
                f"the link of {path} loses {loss:.1f} dB over {len(link.over)} spans; optics bridge {_BUDGET:g} dB"
            )
            yield Finding(link.origin.at("over"), message, "put a router or an amplifier half-way", path)


@check("W579")
def measured_loss_is_what_was_worked_out(facts: Facts) -> Iterator[Notice]:
    for span in facts.estate.fibre.spans:
        if span.measured is not None and span.measured - loss_db(span) > 1.0:
            yield Notice(
                span.origin.at("measured"),
                {"span": span.id, "measured": span.measured, "expected": loss_db(span)},
                span.id,
            )


@check("E580")
def cable_has_fibres_for_its_spans(facts: Facts) -> Iterator[Finding]:
    used: Counter[tuple[str, str]] = Counter()
    told: set[str] = set()
    for span in facts.estate.fibre.spans:
        strands = facts.cables[span.cable].strands
        for duct in facts.span_ducts(span):
            used[span.cable, duct] += 2
            if used[span.cable, duct] > strands and span.cable not in told:
                told.add(span.cable)
                message = f"span {span.id} needs fibres {strands + 1} and up of cable {span.cable}, which has {strands}"
                yield Finding(span.origin.at("cable"), message, "a span takes two fibres: use another cable", span.id)
