"""Who may reach what, and why."""

from __future__ import annotations

from collections.abc import Iterator, Sequence, Set

from virgem.modules.estate.model import Flow
from virgem.modules.reports.table import Column, Facts, Row, Table
from virgem.network.model import Selector, Side
from virgem.network.summary import selector_text


def _rows(facts: Facts) -> Iterator[Row]:
    towns = {town.id for town in facts.estate.municipalities if facts.covers(town.nis)}
    flows = {flow.origin.mark: flow for flow in facts.estate.flows}
    for rule in facts.plan.rules:
        if facts.tenants and not (_concerns(towns, rule.source) or _concerns(towns, rule.target)):
            continue
        yield (
            rule.id,
            selector_text(rule.source),
            selector_text(rule.target),
            ", ".join(rule.ports),
            "registered" if rule.registered else "default",
            rule.purpose,
            *_registration(flows.get(rule.origin) if rule.registered else None),
            str(rule.origin) if rule.registered else "",
        )


def _concerns(towns: Set[str], side: Selector) -> bool:
    """Tell whether one side of a flow is of these municipalities, or of any."""
    town = side.town or side.site.partition("/")[0]
    return town in towns if town else side.side is not Side.UPSTREAM


def _registration(flow: Flow | None) -> Row:
    """Who answers for a registered flow, its number and certificate, until when, and where its use is logged."""
    if flow is None:
        return ("",) * 10
    body = (flow.responsible, flow.processor, flow.entity, flow.owner)
    papers = (flow.registration, flow.purpose_code, flow.environment, flow.common_name, flow.expires, flow.logs)
    return tuple(value or "" for value in (*body, *papers))


def _dutch(facts: Facts, rows: Sequence[Row]) -> Iterator[Row]:
    """Yield the rows with the purposes of defaults in Dutch; a registered flow keeps the estate's own words."""
    purposes = {rule.id: rule.purpose_nl for rule in facts.plan.rules if rule.purpose_nl}
    for row in rows:
        yield (*row[:5], purposes.get(row[0], row[5]), *row[6:])


TABLE = Table(
    id="flows",
    order=60,
    nl="Toegelaten stromen",
    en="Allowed flows",
    why_nl="Wie wat mag bereiken en waarom; al het andere wordt geweigerd.",
    why_en="Who may reach what and why; everything else is refused.",
    columns=(
        Column("id", "Stroom", "Flow"),
        Column("from", "Van", "From", words="selector"),
        Column("to", "Naar", "To", words="selector"),
        Column("ports", "Poorten", "Ports"),
        Column("origin", "Oorsprong", "Origin", filter=True, words="origin"),
        Column("purpose", "Doel", "Purpose"),
        Column("responsible", "Verantwoordelijke (KBO)", "Responsible body (KBO)"),
        Column("processor", "Verwerker (KBO)", "Processor (KBO)"),
        Column("entity", "Namens entiteit", "On behalf of entity"),
        Column("owner", "Eigenaar (rol)", "Owner (role)"),
        Column("registration", "Registratie", "Registration"),
        Column("purpose_code", "Doelcode (IPDC)", "Purpose code (IPDC)", screen=True),
        Column("environment", "Omgeving", "Environment", screen=True),
        Column("common_name", "CN van het certificaat", "CN of the certificate", screen=True),
        Column("expires", "Tot en met", "Until"),
        Column("logs", "Waar het gebruik is gelogd", "Where its use is logged", screen=True),
        Column("place", "Plaats in de tekst", "Place in the text"),
    ),
    rows=_rows,
    dutch=_dutch,
)
