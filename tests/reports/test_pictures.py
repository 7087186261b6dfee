"""Map and structure: true places, nothing outside the picture, told apart without colour."""

from __future__ import annotations

import re
from itertools import combinations
from math import hypot
from xml.etree import ElementTree as Xml

import pytest
from regions import HALL, KORTRIJK, KUURNE, WAREGEM
from reports.reporting import ready, region

from virgem.modules.estate.model import Estate
from virgem.modules.estate.model.connectivity import Point
from virgem.modules.estate.public import municipalities
from virgem.modules.reports.pictures.labels import Box, Name, place
from virgem.modules.reports.pictures.map import Drawn, projection, region_map
from virgem.modules.reports.pictures.svg import num
from virgem.modules.reports.pictures.topology import topology
from virgem.modules.reports.words.speech import Speech
from virgem.network.geo import ellipsoid_km
from virgem.network.model import NetworkPlan

SVG = "{http://www.w3.org/2000/svg}"


def parts() -> tuple[Estate, NetworkPlan]:
    made = ready(region(label="R&D"))
    return made.estate, made.plan


def drawn(towns: tuple[str, ...] = ("kortrijk", "kuurne", "waregem"), language: str = "nl") -> Drawn:
    return region_map(*parts(), frozenset(towns), Speech(language))


def pictures() -> list[str]:
    towns = frozenset(("kortrijk", "kuurne", "waregem"))
    return [drawn().svg, topology(*parts(), towns, Speech("nl")), drawn(("kuurne",)).svg, drawn(()).svg]


def points(root: Xml.Element) -> list[tuple[float, float]]:
    """Return every place that something is drawn at, but for the legend and rotated or moved groups."""
    moved = {id(inner) for group in root.iter(f"{SVG}g") for inner in group.iter()}
    found: list[tuple[float, float]] = []
    for element in root.iter():
        if id(element) in moved:
            continue
        numbers = [element.get(name) for name in ("x", "y", "cx", "cy")]
        pair = [float(number) for number in numbers if number]
        found += [(pair[0], pair[1])] if len(pair) == 2 else []
        found += [(float(x), float(y)) for x, y in re.findall(r"[ML]([\d.-]+) ([\d.-]+)", element.get("d", ""))]
    return found


@pytest.mark.parametrize("number", range(4))
def test_a_picture_is_well_formed_and_tells_what_it_shows(number: int) -> None:
    root = Xml.fromstring(pictures()[number])
    names = (root.get("aria-labelledby") or "").split()
    told = {child.get("id"): child.text for child in root if child.tag in (f"{SVG}title", f"{SVG}desc")}
    assert root.get("role") == "img"
    assert [bool(told.get(name)) for name in names] == [True, True]


@pytest.mark.parametrize("number", range(4))
def test_nothing_is_drawn_outside_the_picture(number: int) -> None:
    root = Xml.fromstring(pictures()[number])
    _, _, width, height = map(float, (root.get("viewBox") or "").split())
    assert [(x, y) for x, y in points(root) if not (0 <= x <= width and 0 <= y <= height)] == []


@pytest.mark.parametrize(("towns", "sites"), [(1, 60), (5, 30), (24, 2), (25, 2), (60, 1)])
def test_any_number_of_hubs_and_sites_fits_the_picture(towns: int, sites: int) -> None:
    from regions import estate, planned

    nis = sorted(municipalities())[:towns]
    many = {
        name: {"hall": HALL, **{f"s{i}": {"kind": "cabinet", "link": "own-fibre"} for i in range(sites)}}
        for name in nis
    }
    made = estate(many)
    plan, _ = planned(made)
    root = Xml.fromstring(topology(made, plan, frozenset(made.towns), Speech("nl")))
    _, _, width, height = map(float, (root.get("viewBox") or "").split())
    assert [(x, y) for x, y in points(root) if not (0 <= x <= width and 0 <= y <= height)] == []
    texts = " ".join(element.text or "" for element in root.iter(f"{SVG}text"))
    assert all(town.title in texts for town in made.municipalities)


def test_every_router_is_on_the_map_once_by_its_shape() -> None:
    root = Xml.fromstring(drawn().svg)
    legend = {id(inner) for group in root.iter(f"{SVG}g") for inner in group.iter()}
    shapes = [e.tag.removeprefix(SVG) for e in root.iter() if id(e) not in legend]
    assert shapes.count("polygon") == 2  # datacentres
    assert shapes.count("rect") == 1 + 1  # the hub that is no datacentre, and the paper
    assert shapes.count("circle") == 1 + 2  # the library, and the holes in the datacentres


def test_lines_of_different_roles_differ_by_dashes_or_width() -> None:
    from virgem.modules.reports.pictures.svg import LINES

    looks = {re.sub(r'stroke="#\w+"', "", attributes) for attributes in LINES.values()}
    assert len(looks) == len(LINES)


@pytest.mark.parametrize("towns", [(KORTRIJK, WAREGEM), (KUURNE, WAREGEM), (KORTRIJK, KUURNE)])
def test_distances_on_the_map_are_true(towns: tuple[str, str]) -> None:
    centres = [Point(lat=municipalities()[nis].lat, lon=municipalities()[nis].lon) for nis in towns]  # type: ignore[arg-type]
    project = projection(centres, 1000)
    (x1, y1), (x2, y2) = map(project, centres)
    assert hypot(x1 - x2, y1 - y2) / project.scale == pytest.approx(ellipsoid_km(*centres), rel=0.005)


def test_north_is_up_and_east_is_right() -> None:
    low, high = Point(lat=50.8, lon=3.2), Point(lat=50.9, lon=3.4)  # type: ignore[arg-type]
    project = projection([low, high], 1000)
    assert project(high)[0] > project(low)[0]
    assert project(high)[1] < project(low)[1]


def test_the_scale_bar_is_as_long_as_it_says() -> None:
    made = region_map(*parts(), frozenset(("kortrijk", "kuurne", "waregem")), Speech("nl")).svg
    left, right = map(float, re.findall(r'class="scale" d="M([\d.]+) [\d.]+v5H([\d.]+)', made)[0])
    km = int(re.findall(r">(\d+) km<", made)[0])
    _estate, plan = parts()
    places = [r.site.at or r.town.centre for r in plan.routers]
    assert (right - left) / km == pytest.approx(projection(places, 1000).scale, rel=0.01)


def test_one_site_alone_can_be_drawn() -> None:
    from regions import estate, planned

    lone = estate({KORTRIJK: {"stadhuis": HALL}})
    plan, _ = planned(lone)
    Xml.fromstring(region_map(lone, plan, frozenset(("kortrijk",)), Speech("en")).svg)
    Xml.fromstring(topology(lone, plan, frozenset(("kortrijk",)), Speech("en")))


def test_the_structure_shows_every_hub_with_the_count_of_its_sites() -> None:
    made = topology(*parts(), frozenset(("kortrijk", "kuurne", "waregem")), Speech("en"))
    texts = [element.text for element in Xml.fromstring(made).iter(f"{SVG}text")]
    assert {"Kuurne", "Waregem", "Internet", "1 site", "0 sites"} <= set(texts)


def test_pictures_are_the_same_bytes_every_time() -> None:
    assert pictures() == pictures()


def names(count: int, size: float) -> list[Name]:
    """Names of real municipalities in a picture of Flanders 1500 wide."""
    chosen = sorted(municipalities().values(), key=lambda town: -town.population)[:count]
    project = projection([Point(lat=t.lat, lon=t.lon) for t in municipalities().values()], 1500)  # type: ignore[arg-type]
    at = [project(Point(lat=t.lat, lon=t.lon)) for t in chosen]  # type: ignore[arg-type]
    return [
        Name(text=t.name, x=x, y=y, gap=size * 0.75, width=0.64 * size * len(t.name), height=size)
        for t, (x, y) in zip(chosen, at, strict=True)
    ]


@pytest.mark.parametrize(("count", "share"), [(13, 1.0), (60, 1.0), (285, 0.8)])
def test_names_do_not_overlap_and_most_of_them_fit(count: int, share: float) -> None:
    frame = Box(0, 0, 1500, 1500)
    placed = place(names(count, 9.5), [], frame)
    assert len(placed) >= share * count
    assert not any(one.meets(other) for (_, one), (_, other) in combinations(placed, 2))
    assert all(box.inside(frame) for _, box in placed)


def test_a_name_keeps_off_what_is_taken() -> None:
    name = Name(text="A", x=50, y=50, gap=5, width=20, height=10)
    assert place([name], [], Box(0, 0, 100, 100))[0][1] == Box(55, 45, 75, 55)
    assert place([name], [Box(50, 0, 100, 100)], Box(0, 0, 100, 100))[0][1] == Box(25, 45, 45, 55)
    assert place([name], [Box(0, 0, 100, 100)], Box(0, 0, 100, 100)) == []


@pytest.mark.parametrize(
    ("value", "text"), [(1.0, "1"), (-0.01, "0"), (-0.04, "0"), (2.25, "2.2"), (-3.06, "-3.1"), (0.3, "0.3")]
)
def test_a_coordinate_has_one_text(value: float, text: str) -> None:
    assert num(value) == text
