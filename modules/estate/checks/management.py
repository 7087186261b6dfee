"""Whether somebody can manage what the plan makes."""

from __future__ import annotations

from collections.abc import Iterator

from virgem.modules.estate.checks.facts import Facts
from virgem.modules.estate.checks.register import Notice, check
from virgem.modules.estate.kinds import zone_kinds


@check("W790", missing_from=("sites",))
def router_is_managed_in_a_zone(facts: Facts) -> Iterator[Notice]:
    managed = sorted(kind.id for kind in zone_kinds().values() if kind.management)
    for site in facts.sites:
        # A site without any zone is told as such.
        if site.zones and not any(zone.kind in managed for zone in site.zones):
            values = {"site": site.path, "zone": managed[0]}
            yield Notice(site.origin.at("without"), values, site.path)
