"""The design of small estates: demands, cuts, capacity and optics, and what is wrong with them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from regions import HALL, HARELBEKE, KORTRIJK, WAREGEM, estate, planned

from virgem.modules.estate.model import Estate
from virgem.modules.problem import Problem
from virgem.network.fibre.model import FibrePlan
from virgem.network.lock import EMPTY
from virgem.network.plan import plan_network

CENTRES = {"west": {"at": "kortrijk/hall"}, "east": {"at": "waregem/hall"}}
TOWNS = {KORTRIJK: {"hall": HALL}, WAREGEM: {"hall": HALL}, HARELBEKE: {"hall": HALL}}
AT = {"k": "kortrijk/hall", "w": "waregem/hall", "h": "harelbeke/hall"}
RING = {"kw": ["k", "w"], "hk": ["h", "k"], "hw": ["h", "w"]}


def region(
    ducts: Mapping[str, list[str]],
    cables: Mapping[str, list[str]] = {},
    links: Mapping[str, Mapping[str, Any]] = {},
    towns: Mapping[str, Mapping[str, Any]] = TOWNS,
    at: Mapping[str, str] = AT,
    **span: Any,
) -> Estate:
    """Return an estate with a cable, a span and, between halls, a backbone link for each duct or named row of ducts.

    `at`: the sites of points of presence; any other name is a joint.
    """
    rows = cables or {name: [name] for name in ducts}
    joints = {end for ends in ducts.values() for end in ends} - at.keys()
    pops = {**{id_: {"at": site} for id_, site in at.items()}, **{id_: {"place": [50.86, 3.33]} for id_ in joints}}
    ends = {
        name: sorted(end for end in at if sum(end in ducts[duct] for duct in row) == 1) for name, row in rows.items()
    }
    fibre = {
        "pops": pops,
        "ducts": {name: {"ends": pair, "length": 20} for name, pair in ducts.items()},
        "cables": {name: {"ducts": row} for name, row in rows.items()},
        "spans": {name: {"cable": name, "ends": ends[name], "length": 20 * len(rows[name]), **span} for name in rows},
    }
    halls = {name: [AT[end] for end in pair] for name, pair in ends.items() if AT.keys() >= set(pair)}
    backbone = {name: {"between": pair, "over": [name], **links.get(name, {})} for name, pair in halls.items()}
    return estate(towns, datacentres=CENTRES, fibre=fibre, backbone=backbone)


def designed(found: Estate) -> FibrePlan:
    return planned(found)[0].fibre


def problems(found: Estate, *codes: str) -> list[Problem]:
    return [problem for problem in plan_network(found, EMPTY).problems if problem.code in codes]


def test_every_hall_on_a_ring_has_two_ways_to_two_datacentres() -> None:
    plan = designed(region(RING))
    ways = {demand.site: [(path.datacentre, path.ducts, path.km) for path in demand.paths] for demand in plan.demands}
    assert ways == {
        "harelbeke/hall": [("west", ("hk",), 20.0), ("east", ("hw",), 20.0)],
        "kortrijk/hall": [("east", ("kw",), 20.0), ("east", ("hk", "hw"), 40.0)],
        "waregem/hall": [("west", ("kw",), 20.0), ("west", ("hw", "hk"), 40.0)],
    }
    assert all(demand.survives and demand.node_disjoint for demand in plan.demands)
    assert problems(region(RING), "W584") == []


def test_a_cut_tells_which_path_is_gone_and_which_is_left() -> None:
    losses = {(loss.duct, loss.site): (loss.paths, loss.left) for loss in designed(region(RING)).losses}
    assert losses["hw", "harelbeke/hall"] == ((2,), "path 1")
    assert losses["hw", "kortrijk/hall"] == ((2,), "path 1")
    assert ("kw", "harelbeke/hall") not in losses


def test_a_cut_leaves_a_hub_the_capacity_of_its_other_links() -> None:
    found = designed(region(RING, links={"hk": {"capacity": "1G"}}))
    left = {(row.duct, row.hub): (row.whole, row.left) for row in found.narrowings}
    assert left == {
        ("hk", "harelbeke/hall"): (11 * 10**9, 10**10),
        ("hw", "harelbeke/hall"): (11 * 10**9, 10**9),
    }


SHARED = {"hx": ["h", "x"], "xk": ["x", "k"], "xw": ["x", "w"], "kw": ["k", "w"], "om": ["k", "w"]}
CABLES = {"hk": ["hx", "xk"], "hw": ["hx", "xw"], "kw": ["kw"], "om": ["om"]}


def test_two_spans_in_one_duct_are_one_way_and_the_warning_names_it_with_its_line() -> None:
    (found,) = problems(region(SHARED, CABLES), "W584")
    assert found.target == "harelbeke/hall"
    assert found.message.endswith("all run through hx")
    text = {mark.line for mark in found.related}
    assert found.mark.line > 0
    assert len(text) == 1


def test_spans_that_share_ducts_by_turns_are_told_without_a_duct_that_severs() -> None:
    ducts = {
        "ab": ["h", "j1"], "bc": ["j1", "j2"], "ca": ["j2", "k"], "x": ["j1", "j3"], "y": ["j3", "j2"],
        "z": ["h", "j1"], "v": ["j2", "k"], "kw": ["k", "w"], "om": ["k", "w"],
    }  # fmt: skip
    rows = {"1": ["ab", "bc", "ca"], "2": ["ab", "x", "y", "v"], "3": ["z", "bc", "v"], "kw": ["kw"], "om": ["om"]}
    cables = {f"cable-{name}": row for name, row in rows.items()}
    (found,) = problems(region(ducts, cables), "W584")
    assert found.message == (
        "harelbeke/hall survives the cut of any one duct, "
        "but no two of its ways to the datacentres were found that share none"
    )


def test_a_hall_beside_the_spans_that_nothing_else_joins_is_told() -> None:
    (found,) = problems(region({"kw": ["k", "w"], "om": ["k", "w"]}), "W584")
    assert found.message.startswith("harelbeke/hall reaches no datacentre over the spans")


def test_points_of_presence_of_one_site_are_one_place() -> None:
    doors = {"kw": ["k", "w"], "hk": ["h", "k"], "gw": ["g", "w"]}
    at = {**AT, "g": "harelbeke/hall"}
    found = region(doors, at=at)
    demand = designed(found).demands[0]
    assert [path.ducts for path in demand.paths] == [("hk",), ("gw",)]


def test_a_line_outside_the_plan_is_another_way_for_a_hub_only_in_the_backbone() -> None:
    alone = region(SHARED, CABLES)
    mobile = {**TOWNS, HARELBEKE: {"hall": {**HALL, "link": {"kind": "own-fibre", "backup": "5g"}}}}
    assert len(problems(region(SHARED, CABLES, towns=mobile), "W584")) == len(problems(alone, "W584")) == 1
    by_others = {"hw": {"over": [], "kind": "provider-fibre"}}
    assert problems(region(SHARED, CABLES, links=by_others), "W584") == []


def test_an_edge_site_on_one_duct_is_told_unless_it_has_a_backup() -> None:
    def told(link: Mapping[str, Any]) -> list[str]:
        depot = {"kind": "depot", "link": {"kind": "own-fibre", "over": ["dh"], **link}}
        towns = {**TOWNS, HARELBEKE: {"hall": HALL, "depot": depot}}
        found = region({**RING, "dh": ["d", "h"]}, towns=towns, at={**AT, "d": "harelbeke/depot"})
        assert not designed(found).demands[0].survives
        return [problem.target for problem in problems(found, "W584")]

    assert told({}) == ["harelbeke/depot"]
    assert told({"backup": "4g"}) == []


def test_light_that_does_not_arrive_is_an_error_that_names_the_best_optics() -> None:
    (found,) = problems(region({"kw": ["k", "w"]}, connectors=44), "E578")
    assert "loses 26.4 dB at 1550 nm over 1 span; the best optics of 10G, 10GBASE-ZR, bridge 23 dB" in found.message
    faster = region({"kw": ["k", "w"]}, links={"kw": {"capacity": "100G"}}, connectors=48)
    (found,) = problems(faster, "E578")
    assert "loses 31.0 dB at 1310 nm over 1 span; the best optics of 100G, 100GBASE-ZR4, bridge 28 dB" in found.message


def test_links_have_their_optics_and_margin() -> None:
    link = designed(region(RING)).links[0]
    assert (link.id, link.transceiver, link.wavelength, link.km) == ("hk", "10GBASE-ER", 1550, 20.0)
    assert round(link.margin, 2) == round(10.9 - (20 * 0.22 + 2 * 0.5), 2)


def test_without_spans_there_is_no_design() -> None:
    assert designed(estate(TOWNS, datacentres=CENTRES)) == FibrePlan()
