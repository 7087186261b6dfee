"""Who has only the map and demands.csv can cut each duct and find for himself whether every demand survives.

This file reads the two as anybody would, and shares no code with what wrote them.
"""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Callable, Mapping
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from support import ROOT

MAP, DEMANDS = "fibre/fibre.geojson", "fibre/demands.csv"


@cache
def written(estate: str) -> Mapping[str, str]:
    """Return the files of the region as `virgem plan` writes them."""
    from virgem.modules.planning import prepare, ready
    from virgem.network.render import render_region

    return render_region(ready(prepare(Path(ROOT / estate))).plan)


class Region:
    """The two files, read."""

    def __init__(self, map_text: str, demands_text: str) -> None:
        features = json.loads(map_text)["features"]
        self.pops = {f["properties"]["id"]: f for f in features if f["geometry"]["type"] == "Point"}
        self.ducts = {f["properties"]["id"]: f for f in features if f["geometry"]["type"] == "LineString"}
        self.demands = list(csv.DictReader(io.StringIO(demands_text)))
        # Fibres are patched within a site, so its points of presence are one place.
        self.place = {id_: pop["properties"].get("site", id_) for id_, pop in self.pops.items()}
        self.centre = {
            self.place[id_]: pop["properties"]["datacentre"]
            for id_, pop in self.pops.items()
            if "datacentre" in pop["properties"]
        }
        self.ends: dict[str, set[str]] = {}
        for id_, pop in self.pops.items():
            for span in pop["properties"]["spans"]:
                self.ends.setdefault(span, set()).add(self.place[id_])
        self.under: dict[str, set[str]] = {}
        for id_, duct in self.ducts.items():
            for span in duct["properties"]["spans"]:
                self.under.setdefault(span, set()).add(id_)

    def reaches(self, site: str, cut: str = "") -> bool:
        """Whether some span after span leads from a site to a datacentre elsewhere, with one duct cut."""
        whole = [ends for span, ends in self.ends.items() if cut not in self.under[span]]
        found = {site}
        while more := {end for ends in whole if ends & found for end in ends} - found:
            found |= more
        return bool(found & (set(self.centre) - {site}))

    def survives(self, site: str) -> bool:
        return self.reaches(site) and all(self.reaches(site, duct) for duct in self.ducts)

    def faults(self) -> list[str]:
        """All in which demands.csv is not what the map shows."""
        return [f"{row['site']}: {fault}" for row in self.demands for fault in self._faults(row)]

    def _faults(self, row: Mapping[str, str]) -> list[str]:
        found = []
        if (row["survives_every_duct_cut"] == "yes") != self.survives(row["site"]):
            found.append("survival")
        severing = [duct for duct in self.ducts if self.reaches(row["site"]) and not self.reaches(row["site"], duct)]
        if sorted(row["severed_by"].split()) != sorted(severing):
            found.append("severing ducts")
        ways = [self._way(row, number) for number in ("1", "2") if row[f"ducts_{number}"]]
        found += [way for way in ways if isinstance(way, str)]
        sets = [way for way in ways if isinstance(way, set)]
        if (row["disjoint"] == "yes") != (len(sets) == 2 and not sets[0] & sets[1]):
            found.append("disjointness")
        return found

    def _way(self, row: Mapping[str, str], number: str) -> set[str] | str:
        """Return the ducts of a way after walking its spans, or what is wrong with it."""
        at, ducts = row["site"], set[str]()
        for span in row[f"spans_{number}"].split():
            if at not in self.ends[span]:
                return f"way {number} does not hang together at {span}"
            (at,) = self.ends[span] - {at}
            ducts |= self.under[span]
        if self.centre.get(at) != row[f"datacentre_{number}"]:
            return f"way {number} ends at {at}"
        return ducts if ducts == set(row[f"ducts_{number}"].split()) else f"way {number} runs through other ducts"


def region(estate: str, change: Callable[[Any], None] | None = None) -> Region:
    files = written(estate)
    if change is None:
        return Region(files[MAP], files[DEMANDS])
    changed = json.loads(files[MAP])
    change({feature["properties"]["id"]: feature for feature in changed["features"] if "ends" in feature["properties"]})
    return Region(json.dumps(changed), files[DEMANDS])


ESTATES = ("inventories/zuid-west-vlaanderen", "inventories/middenkust", "tests/estates/good/every-kind")


@pytest.mark.parametrize("estate", ESTATES)
def test_every_demand_is_as_the_map_shows_it(estate: str) -> None:
    found = region(estate)
    assert found.demands
    assert found.faults() == []


def test_the_example_has_demands_that_survive_and_demands_that_do_not() -> None:
    found = region(ESTATES[0])
    survive = {row["site"] for row in found.demands if found.survives(row["site"])}
    assert {"kortrijk/stadhuis", "waregem/stadhuis", "menen/rekencentrum", "wervik/stadhuis"} <= survive
    assert {"kortrijk/politiepost", "menen/stadhuis"} <= {row["site"] for row in found.demands} - survive


def test_a_span_that_is_laid_through_another_duct_is_noticed() -> None:
    def laid_together(ducts: Any) -> None:
        ducts["anzegem-waregem"]["properties"]["spans"].append("anzegem-avelgem")

    assert "anzegem/gemeentehuis: survival" in region(ESTATES[0], laid_together).faults()


def test_a_span_that_is_gone_from_its_duct_is_noticed() -> None:
    def forgotten(ducts: Any) -> None:
        ducts["heule-politie"]["properties"]["spans"].clear()

    assert "kortrijk/politiepost: severing ducts" in region(ESTATES[0], forgotten).faults()


@pytest.mark.parametrize("estate", ESTATES)
def test_the_map_is_geojson_in_flanders_with_ducts_from_pop_to_pop(estate: str) -> None:
    """RFC 7946: longitude first (section 3.1.1), a feature has an id, a geometry and properties (section 3.2)."""
    document = json.loads(written(estate)[MAP])
    assert document["type"] == "FeatureCollection"
    assert len({feature["id"] for feature in document["features"]}) == len(document["features"])
    found = region(estate)
    for duct in found.ducts.values():
        line, ends = duct["geometry"]["coordinates"], duct["properties"]["ends"]
        assert [line[0], line[-1]] == [found.pops[end]["geometry"]["coordinates"] for end in ends]
        assert all(2.5 < lon < 6 and 50.6 < lat < 51.6 for lon, lat in line)
        assert {"id", "length", "cables", "spans"} <= duct["properties"].keys()
