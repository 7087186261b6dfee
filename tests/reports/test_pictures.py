"""Map and structure: true places, nothing outside the picture, told apart without colour."""

from __future__ import annotations

import re
from collections.abc import Sequence
from itertools import combinations
from math import cos, hypot, pi, sin
from xml.etree import ElementTree as Xml

import pytest
from regions import HALL, KORTRIJK, KUURNE, WAREGEM
from reports.reporting import ready, region

from virgem.modules.estate.model import Estate
from virgem.modules.estate.model.connectivity import Point
from virgem.modules.estate.public import municipalities, regions
from virgem.modules.reports.pictures.labels import Box, Name, Spoke, fan_out, place
from virgem.modules.reports.pictures.map import Drawn, projection, region_map
from virgem.modules.reports.pictures.svg import num, width_of
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


def legend_of(root: Xml.Element) -> set[int]:
    """The parts of the legend, whose samples stand in groups that are moved to their place."""
    return {id(inner) for group in root.iter(f"{SVG}g") if group.get("transform") for inner in group.iter()}


def points(root: Xml.Element) -> list[tuple[float, float]]:
    """Return every place that something is drawn at, but for the legend and rotated or moved groups."""
    moved = legend_of(root)
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


def town_text(root: Xml.Element) -> list[Box]:
    """Return the boxes of the names of hubs that stand upright, and of the counts below them."""
    boxes = []
    for element in root.iter(f"{SVG}text"):
        size, words = float(element.get("font-size", "0")), element.text or ""
        if size not in (14, 11.5):
            continue
        width, x, y = width_of(words, size), float(element.get("x", "0")), float(element.get("y", "0"))
        left = x - {"start": 0.0, "middle": 0.5, "end": 1.0}[element.get("text-anchor", "start")] * width
        boxes.append(Box(left, y - 0.8 * size, left + width, y + 0.2 * size))
    return boxes


def dot_boxes(root: Xml.Element) -> list[Box]:
    legend = legend_of(root)
    dots = [e for e in root.iter(f"{SVG}circle") if id(e) not in legend]
    spots = [(float(e.get("cx", "0")), float(e.get("cy", "0")), float(e.get("r", "0"))) for e in dots]
    return [Box(x - r, y - r, x + r, y + r) for x, y, r in spots]


def picture_of(nis: Sequence[str], sites: int, **upstreams: object) -> tuple[Xml.Element, Xml.Element]:
    """Return the structure and the map of some municipalities with so many sites each."""
    from regions import estate, planned

    kinds = {f"s{i}": {"kind": "cabinet", "link": "own-fibre"} for i in range(sites)}
    made = estate({name: {"hall": HALL, **kinds} for name in nis}, **upstreams)
    plan, _ = planned(made)
    towns = frozenset(made.towns)
    structure, chart = topology(made, plan, towns, Speech("nl")), region_map(made, plan, towns, Speech("nl")).svg
    return Xml.fromstring(structure), Xml.fromstring(chart)


@pytest.mark.parametrize(
    ("region", "sites"), [("REFREG01", 0), ("REFREG01", 20), ("REFREG03", 40), ("REFREG13", 40), ("REFREG06", 70)]
)
def test_names_of_the_structure_meet_neither_one_another_nor_a_site_and_are_in_the_picture(
    region: str, sites: int
) -> None:
    nis = regions()[region].nis[:24]  # with more hubs names stand along the spokes
    root, _ = picture_of(nis, sites)
    boxes, dots = town_text(root), dot_boxes(root)
    assert len(boxes) == 2 * len(nis)
    assert len(dots) >= sites
    assert [pair for pair in combinations(boxes, 2) if pair[0].meets(pair[1])] == []
    assert [(box, dot) for box in boxes for dot in dots if box.meets(dot)] == []
    _, _, width, height = map(float, (root.get("viewBox") or "").split())
    assert all(box.inside(Box(0, 0, width, height)) for box in boxes)


def test_upstream_networks_are_drawn_within_the_ring_of_hubs() -> None:
    upstreams = {"internet": {}, "flemish": {"label": "Vendor of the geographic software of the whole region"}}
    root, _ = picture_of(regions()["REFREG15"].nis, 1, upstreams=upstreams)
    legend = legend_of(root)
    drawn = [e for e in root.iter(f"{SVG}rect") if id(e) not in legend and e.get("x")]
    boxes = {kind: [box_of(e) for e in drawn if (e.get("class") == "upstream") is kind] for kind in (True, False)}
    assert (len(boxes[True]), len(boxes[False])) == (2, len(regions()["REFREG15"].nis))
    assert not any(cloud.meets(hub) for cloud in boxes[True] for hub in boxes[False])


def box_of(element: Xml.Element) -> Box:
    x, y, width, height = (float(element.get(name, "0")) for name in ("x", "y", "width", "height"))
    return Box(x, y, x + width, y + height)


def test_every_hub_of_the_map_tells_its_name_even_where_the_name_does_not_fit() -> None:
    near = regions()["REFREG15"].nis
    _, root = picture_of(near, 0)
    titles = {title.text for group in root.iter(f"{SVG}g") for title in group.iter(f"{SVG}title")}
    assert titles == {municipalities()[nis].name for nis in near}


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
    legend = legend_of(root)
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


@pytest.mark.parametrize("count", [1, 3, 24, 60])
def test_blocks_around_a_ring_are_pushed_out_until_none_meets_another(count: int) -> None:
    turns = [2 * pi * i / count for i in range(count)]
    spokes = [Spoke(x=90 * cos(t), y=90 * sin(t), dx=cos(t), dy=sin(t), width=120, height=30) for t in turns]
    taken = [Box(80, -5, 130, 5)]
    boxes = fan_out(spokes, taken)
    assert len(boxes) == count
    assert not any(one.meets(other) for one, other in combinations([*taken, *boxes], 2))
    assert boxes == fan_out(spokes, taken)
    assert boxes[0].left < 140


def test_a_name_has_the_place_over_the_fewest_dots_as_near_to_its_point() -> None:
    name = Name(text="A", x=50, y=50, gap=5, width=20, height=10)
    frame, right, left = Box(0, 0, 100, 100), Box(60, 48, 62, 50), Box(30, 48, 32, 50)
    assert place([name], [], frame, [right])[0][1] == Box(25, 45, 45, 55)
    assert place([name], [], frame, [right, left])[0][1] == Box(40, 35, 60, 45)
    everywhere = [Box(0, 0, 100, 100)]
    assert place([name], [], frame, everywhere)[0][1] == Box(55, 45, 75, 55)


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
