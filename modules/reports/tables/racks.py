"""Racks with their power feeds: what each carries, also when the other side fails."""

from __future__ import annotations

from collections.abc import Iterator
from math import ceil

from virgem.modules.estate.machines import machines
from virgem.modules.estate.power import loads, sides
from virgem.modules.reports.table import Column, Facts, Row, Table


def _rows(facts: Facts) -> Iterator[Row]:
    for centre in facts.estate.datacentres:
        found = machines(centre)
        for rack in centre.racks:
            inside = [machine for machine in found if machine.rack is rack]
            used = sum(machine.of.height for machine in inside)
            place = (centre.id, rack.room or "", rack.id, rack.label or "", str(rack.height), str(used))
            whole = loads(rack, inside)
            alone = [loads(rack, inside, side) for side in sides(rack)]
            for feed in rack.feeds:
                most = max((part[feed.id] for part in alone if feed.id in part), default=whole[feed.id])
                carried = (str(feed.watts), str(ceil(whole[feed.id])), str(ceil(most)))
                yield (*place, feed.id, feed.of_side, *carried)
            if not rack.feeds:
                yield (*place, "", "", "", "", "")


TABLE = Table(
    id="racks",
    order=66,
    nl="Rekken en voedingen",
    en="Racks and power feeds",
    why_nl="Hoe vol elk rek is, en wat elke voeding draagt als alles zoveel mogelijk verbruikt: met alle zijden, en"
    " als de andere zijde uitvalt. Meer dan ze mag dragen schakelt haar uit.",
    why_en="How full each rack is, and what each feed carries when everything draws the most it can: with all sides, "
    "and when the other side fails. More than it may carry switches it off.",
    columns=(
        Column("datacentre", "Datacentrum", "Datacentre", filter=True),
        Column("room", "Zaal", "Room", filter=True),
        Column("rack", "Rek", "Rack", filter=True),
        Column("label", "Naam", "Name", screen=True),
        Column("height_u", "Hoogte (U)", "Height (U)", numeric=True),
        Column("used_u", "Gebruikt (U)", "Used (U)", numeric=True),
        Column("feed", "Voeding", "Feed"),
        Column("side", "Zijde", "Side", filter=True),
        Column("watts", "Mag dragen (W)", "May carry (W)", numeric=True),
        Column("carried_watts", "Draagt (W)", "Carries (W)", numeric=True),
        Column("alone_watts", "Zonder de andere zijde (W)", "Without the other side (W)", numeric=True),
    ),
    rows=_rows,
    named="rack",
)
