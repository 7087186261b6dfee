"""Owners, risks, attestations, waivers and principles."""

from __future__ import annotations

import csv
import re
from collections.abc import Iterator, Mapping
from datetime import timedelta
from functools import cache
from typing import Any

from virgem.modules import codes
from virgem.modules.estate.checks.facts import Facts
from virgem.modules.estate.checks.register import Finding, Notice, check, item, lacks
from virgem.modules.estate.checks.waivable import waivable
from virgem.modules.estate.model import Attestation, Estate, Risk
from virgem.modules.estate.public.register import DATA
from virgem.modules.estate.values import did_you_mean, nearest

# Likelihood x impact from here on asks for a treatment; a choice of this project.
_HIGH = 12
_SOON = timedelta(days=30)
_YEAR = timedelta(days=366)

# Which principles of the shipped library lean on which (domain text, "Principles").
_LEANS_ON: Mapping[str, tuple[str, ...]] = {
    "P04": ("T08", "T09", "R01"),
    "P08": ("T01", "T02", "T03", "R03", "R04"),
    "P12": ("T10", "R06"),
    "P14": ("T02", "T11", "R01", "R05"),
    "P15": ("T06", "T07", "T11", "R04"),
}


@cache
def controls() -> frozenset[str]:
    """Return the ids of the CyberFundamentals 2025 controls."""
    with (DATA / "cyfun2025_ids.csv").open(newline="", encoding="utf-8") as file:
        return frozenset(row["cyfun2025_id"] for row in csv.DictReader(file))


@check("W901")
def high_risk_is_treated(facts: Facts) -> Iterator[Notice]:
    for risk in facts.estate.risks:
        score = risk.likelihood * risk.impact
        if score >= _HIGH and lacks(risk, "treatment"):
            yield Notice(
                risk.origin.at(),
                {"risk": risk.id, "likelihood": risk.likelihood, "impact": risk.impact, "score": score},
                risk.id,
            )


@check("W902", missing_from=("*",))
def owner_owns_something(facts: Facts) -> Iterator[Notice]:
    used = set(_owners(facts.estate))
    for owner in facts.estate.owners:
        if facts.written(owner) and owner.id not in used:
            near = nearest(owner.id, used)
            hint = codes.DID_YOU_MEAN if near else None
            yield Notice(owner.origin.at(), {"role": owner.id, "near": near}, owner.id, hint=hint)


def _owners(estate: Estate) -> Iterator[str]:
    """Yield every role that is named anywhere."""
    for value in _objects(estate):
        for field in ("owner", "requested_by", "approved_by"):
            name = getattr(value, field, None)
            if name:
                yield name


def _objects(estate: Estate) -> Iterator[Any]:
    """Yield every object that may name a role."""
    yield from (*estate.datacentres, *estate.services, *estate.flows, *estate.fibre.pops, *estate.fibre.cables)
    yield from (*estate.contracts, *estate.risks, *estate.attestations, *estate.waivers, *estate.devices)
    yield from estate.access_keys
    for town in estate.municipalities:
        yield from (town, *town.entities, *town.sites, *town.orders)
        yield from (zone for site in town.sites for zone in site.zones)
        if town.cloud:
            yield from (*town.cloud.servers, *town.cloud.datasets, *town.cloud.access_keys)


@check("E903")
def control_exists(facts: Facts) -> Iterator[Finding]:
    holders: list[Attestation | Risk] = [*facts.estate.attestations, *facts.estate.risks]
    for holder in holders:
        for index, control in enumerate(holder.controls):
            # A subcategory stands for all its controls: GV.OC-01 is GV.OC-01.1 and the like.
            if control not in controls() and not any(known.startswith(f"{control}.") for known in controls()):
                message = f"CyberFundamentals 2025 has no control {control}"
                hint = did_you_mean(control, sorted(controls()))
                yield Finding(item(holder, "controls", index), message, hint, holder.id)


@check("E904")
def attestation_ends_after_it_was_given(facts: Facts) -> Iterator[Finding]:
    for given in facts.estate.attestations:
        if given.expires.day < given.date.day:
            message = f"attestation {given.id} counts until {given.expires}, before its own day {given.date}"
            yield Finding(given.origin.at("expires"), message, "swap the two days", given.id)


@check("W905")
def attestation_is_given_again_each_year(facts: Facts) -> Iterator[Notice]:
    for given in facts.estate.attestations:
        if given.expires.day - given.date.day > _YEAR:
            yield Notice(
                given.origin.at("expires"),
                {"attestation": given.id, "days": (given.expires.day - given.date.day).days},
                given.id,
            )


@check("W906")
def attestation_still_counts(facts: Facts) -> Iterator[Notice]:
    for given in facts.estate.attestations:
        if facts.as_of and given.expires.day < facts.as_of:
            values = {"attestation": given.id, "end": given.expires, "owner": given.owner}
            yield Notice(given.origin.at("expires"), values, given.id)


@check("W907")
def attestation_does_not_end_soon(facts: Facts) -> Iterator[Notice]:
    for given in facts.estate.attestations:
        if facts.as_of and facts.as_of <= given.expires.day <= facts.as_of + _SOON:
            yield Notice(
                given.origin.at("expires"),
                {
                    "attestation": given.id,
                    "end": given.expires,
                    "days": (given.expires.day - facts.as_of).days,
                    "owner": given.owner,
                },
                given.id,
            )


@check("E908", missing_from=("*",))
def waiver_is_about_something(facts: Facts) -> Iterator[Finding]:
    known = _paths(facts) if facts.estate.waivers else frozenset()
    for waiver in facts.estate.waivers:
        if waiver.target != "any" and waiver.target not in known:
            message = f"waiver {waiver.id} is about {waiver.target}, which the estate does not have"
            hint = did_you_mean(waiver.target, set(known), "name an object by its path, or `any`")
            yield Finding(waiver.origin.at("target"), message, hint, waiver.id)


def _paths(facts: Facts) -> frozenset[str]:
    """Return the path of every object a problem can be about."""
    estate = facts.estate
    keyed: list[Any] = [*estate.datacentres, *estate.quotas, *estate.services, *estate.upstreams, *estate.flows]
    keyed += [*estate.backbone, *estate.fibre.pops, *estate.fibre.ducts, *estate.fibre.cables, *estate.fibre.spans]
    keyed += [*estate.contracts, *estate.profiles, *estate.rings, *estate.owners, *estate.risks, *estate.attestations]
    keyed += [*estate.waivers, *estate.municipalities, *(estate.prices.shared if estate.prices else ())]
    found = (
        {str(value.id) for value in keyed}
        | {estate.name, "pools", "prices"}
        | {device.serial for device in estate.devices}
    )
    found |= {offered.path for contract in estate.contracts for offered in contract.items}
    found |= {f"{contract.id}/{lot.id}" for contract in estate.contracts for lot in contract.lots}
    found.update(value.path for _, value in facts.zones)
    found.update(access.path for access in facts.access_keys)
    for town in estate.municipalities:
        parts: list[Any] = [*town.entities, *town.sites, *town.orders, *town.deliveries]
        if town.cloud:
            parts += [*town.cloud.servers, *town.cloud.volumes, *town.cloud.datasets]
            found.update(f"{town.id}/{balancer.id}" for balancer in town.cloud.load_balancers)
            found.update(name.id for name in town.cloud.dns)
        found.update(part.path for part in parts)
    return frozenset(found)


@check("E909")
def waiver_names_a_rule(facts: Facts) -> Iterator[Finding]:
    for waiver in facts.estate.waivers:
        if re.fullmatch(r"[EW]\d{3}", waiver.rule) and waiver.rule not in codes.rules():
            message = f"waiver {waiver.id} names rule {waiver.rule}, which does not exist"
            hint = did_you_mean(waiver.rule, set(codes.rules()), "take the code from the problem it accepts")
            yield Finding(waiver.origin.at("rule"), message, hint, waiver.id)


@check("E910")
def rule_can_be_waived(facts: Facts) -> Iterator[Finding]:
    for waiver in facts.estate.waivers:
        if waiver.rule in codes.rules() and not waivable(waiver.rule):
            message = f"waiver {waiver.id} accepts {waiver.rule}, but such a mistake leaves nothing to plan"
            yield Finding(waiver.origin.at("rule"), message, "mend the mistake", waiver.id)


@check("W911")
def waiver_still_counts(facts: Facts) -> Iterator[Notice]:
    for waiver in facts.estate.waivers:
        if facts.as_of and waiver.expires.day < facts.as_of:
            yield Notice(waiver.origin.at("expires"), {"waiver": waiver.id, "end": waiver.expires}, waiver.id)


@check("W912", missing_from=("principles",))
def principle_has_what_it_leans_on(facts: Facts) -> Iterator[Notice]:
    chosen = set(facts.estate.principles)
    for index, principle in enumerate(facts.estate.principles):
        missing = [other for other in _LEANS_ON.get(principle, ()) if other not in chosen]
        if missing:
            place = item(facts.estate, "principles", index)
            yield Notice(place, {"principle": principle, "missing": ", ".join(missing)}, principle)


@check("W913")
def risk_is_reviewed_in_time(facts: Facts) -> Iterator[Notice]:
    for risk in facts.estate.risks:
        if facts.as_of and risk.review and risk.review.day < facts.as_of:
            yield Notice(risk.origin.at("review"), {"risk": risk.id, "due": risk.review}, risk.id)
