"""What every part of a page is made from."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

from virgem.modules.estate.model import Device, Municipality, Site
from virgem.modules.reports.table import Facts, Row
from virgem.modules.reports.words.speech import Speech
from virgem.network.model import RouterPlan

# More sites than this and the page tells of a municipality's sites in one row each.
MANY_SITES = 1_000


@dataclass(frozen=True, kw_only=True)
class View:
    """The facts, their rows by table, the language, and which formats and languages are made beside it."""

    facts: Facts
    rows: Mapping[str, tuple[Row, ...]]
    speech: Speech
    version: str
    formats: Sequence[str]
    languages: Sequence[str]

    @cached_property
    def towns(self) -> tuple[Municipality, ...]:
        """The municipalities of the report, by NIS code."""
        towns = (town for town in self.facts.estate.municipalities if self.facts.covers(town.nis))
        return tuple(sorted(towns, key=lambda town: town.nis))

    @cached_property
    def routers(self) -> Mapping[str, tuple[RouterPlan, ...]]:
        """The routers of every municipality of the report, by its id."""
        found: dict[str, list[RouterPlan]] = {town.id: [] for town in self.towns}
        for router in self.facts.plan.routers:
            if router.town.id in found:
                found[router.town.id].append(router)
        return {town: tuple(routers) for town, routers in found.items()}

    @cached_property
    def large(self) -> bool:
        """Whether there are too many sites to tell of each at length."""
        return sum(map(len, self.routers.values())) > MANY_SITES

    @cached_property
    def ring(self) -> Mapping[str, str]:
        """The ring of every device by serial number, as the table of devices has it."""
        return {row[2]: row[7] for row in self.rows["devices"]}

    def devices(self, sites: Sequence[Site]) -> Iterator[Device]:
        """Yield the devices of some sites."""
        for site in sites:
            yield from self.facts.estate.devices_by_site.get(site.path, ())
