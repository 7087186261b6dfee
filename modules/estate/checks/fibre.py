"""The fibre plan: ducts, cables and spans that fit together; network/fibre judges the ways and the light on them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

from virgem.modules.estate.attenuation import loss_db
from virgem.modules.estate.checks.facts import Facts
from virgem.modules.estate.checks.register import Finding, Notice, check, lacks
from virgem.modules.estate.geo import distance_km
from virgem.modules.estate.model import Duct

_SLACK = 0.02


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


@check("W579")
def measured_loss_is_what_was_worked_out(facts: Facts) -> Iterator[Notice]:
    for span in facts.estate.fibre.spans:
        expected = loss_db(span, facts.cables[span.cable].fibre)
        if span.measured is not None and span.measured - expected > 1.0:
            yield Notice(
                span.origin.at("measured"),
                {"span": span.id, "measured": span.measured, "expected": expected},
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
