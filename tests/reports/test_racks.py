"""Racks in the report: tables with their power, capacity under losses, and the picture of what stands where."""

from __future__ import annotations

from functools import cache
from xml.etree import ElementTree

import pytest
from reports.checker import read
from reports.reporting import DAY, ready, region

from virgem.modules.planning import Ready
from virgem.modules.reports import inventory_report
from virgem.modules.reports.pictures.racks import rack_elevations
from virgem.modules.reports.table import Facts, Row, filled, tables
from virgem.modules.reports.words.speech import Speech

HOST = {"roles": "compute", "cores": 32, "ram-gb": 256, "watts": 700, "bmc": "172.20.1.11"}
WEST = {
    "at": "kortrijk/stadhuis",
    "rooms": {"zaal": "Zaal"},
    "racks": {
        "r1": {"room": "zaal", "feeds": {"a": 2500, "b": {"watts": 2500, "side": "b"}}},
        "r2": {"height": 12, "feeds": {"a": 2500, "b": 2500}},
    },
    "hosts": {"compute": {**HOST, "rack": ["r1", "r2"], "position": 3, "height": 2, "count": 5}},
    "switches": {"leaf": {"rack": "r1", "position": 42, "watts": 100, "feeds": "a", "bmc": "172.20.1.1"}},
}
SVG = "{http://www.w3.org/2000/svg}"


@cache
def racked() -> Ready:
    return ready(region(datacentres={"west": WEST, "east": {"at": "waregem/stadhuis"}}))


def rows(table: str) -> tuple[Row, ...]:
    return filled(tables()[table], Facts(ready=racked(), as_of=DAY))


def test_each_feed_tells_what_it_carries_and_would_carry_alone() -> None:
    assert rows("racks") == (
        ("west", "zaal", "r1", "", "42", "7", "a", "a", "2500", "1150", "2200"),
        ("west", "zaal", "r1", "", "42", "7", "b", "b", "2500", "1050", "2100"),
        ("west", "", "r2", "", "12", "4", "a", "a", "2500", "700", "1400"),
        ("west", "", "r2", "", "12", "4", "b", "b", "2500", "700", "1400"),
    )


def test_each_machine_tells_where_it_stands() -> None:
    found = {row[1]: row for row in rows("machines")}
    assert len(found) == 6
    assert found["compute-3"][2:8] == ("compute", "", "r1", "5", "2", "32")
    assert found["compute-3"][-3:] == ("a b", "172.20.1.13", "")
    assert found["leaf"][2:8] == ("switch", "", "r1", "42", "1", "")


def test_each_kind_of_loss_has_a_row() -> None:
    found = [(row[1], row[2], row[4]) for row in rows("capacity")]
    assert found[:3] == [("nothing", "1", "yes"), ("host", "5", "yes"), ("rack", "2", "yes")]
    assert {row[5] for row in rows("capacity")} == {row[6] for row in rows("capacity")} == {"unknown"}


@pytest.mark.parametrize(("language", "word"), [("nl", "Rekken van de datacentra"), ("en", "Racks of the datacentres")])
def test_the_picture_shows_every_machine_in_its_units(language: str, word: str) -> None:
    svg = ElementTree.fromstring(rack_elevations(racked().estate, Speech(language)))
    title = svg.find(f"{SVG}title")
    assert title is not None
    assert title.text == word
    told = {found.text: group for group in svg.iter(f"{SVG}g") if (found := group.find(f"{SVG}title")) is not None}
    first, third, fifth = (told[f"west/compute-{n}: U{u}-{u + 1}, 700 W, a b"] for n, u in ((1, 3), (3, 5), (5, 7)))
    tops = [float(group.find(f"{SVG}rect").attrib["y"]) for group in (first, third, fifth)]  # type: ignore[union-attr]
    assert tops[0] - tops[1] == tops[1] - tops[2] == 32
    assert "west/leaf: U42-42, 100 W, a" in told


@pytest.mark.parametrize("language", ["nl", "en"])
def test_a_page_with_racks_is_well_formed(language: str) -> None:
    files = inventory_report(racked(), as_of=DAY, formats=("html",), languages=(language,))
    root, mistakes = read(files[f"inventory.{language}.html"].decode())
    assert mistakes == []
    assert any(link.attributes.get("href") == "#elevations" for link in root.all("a"))


def test_there_is_no_picture_without_racks() -> None:
    assert rack_elevations(ready(region()).estate, Speech("en")) == ""
