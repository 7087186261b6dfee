"""The links of a region: a ring of hubs, edge sites at their hub, tunnels to two datacentres."""

from __future__ import annotations

from collections.abc import Mapping
from math import cos, pi, sin
from typing import Any

import pytest
from regions import ANZEGEM, HALL, HARELBEKE, KORTRIJK, KUURNE, WAREGEM, codes, estate, planned

from virgem.modules.estate.geo import distance_km
from virgem.modules.estate.model.connectivity import Point
from virgem.modules.estate.scalars import Latitude, Longitude
from virgem.network.geo import ellipsoid_km
from virgem.network.lock import EMPTY
from virgem.network.model import NetworkPlan, Place
from virgem.network.plan import plan_network
from virgem.network.ring import tour
from virgem.network.wan import MOST_ROUTERS

CENTRES = {"west": {"at": "kortrijk/hall"}, "east": {"at": "waregem/hall"}}
TWO = {KORTRIJK: {"hall": HALL}, WAREGEM: {"hall": HALL}}


def joined(plan: NetworkPlan) -> dict[str, str]:
    """Return `a - b` to link kind, marked where it is a backup or backbone."""
    marks = {(True, False): " backup", (False, True): " backbone", (False, False): ""}
    return {
        f"{link.ends[0].site} - {link.ends[1].site}": link.kind + marks[link.backup, link.backbone]
        for link in plan.links
    }


def with_bib(link: Any, more: Mapping[str, Any] = {}) -> dict[str, str]:
    """Return the links of a region of two halls and one library joined by `link`."""
    towns = {**TWO, KORTRIJK: {"hall": HALL, "bib": {"kind": "library", "link": link}, **more}}
    found = joined(planned(estate(towns, datacentres=CENTRES))[0])
    found.pop("kortrijk/hall - waregem/hall")
    return found


def test_two_hubs_have_one_link() -> None:
    plan, _ = planned(estate(TWO, datacentres=CENTRES))
    assert joined(plan) == {"kortrijk/hall - waregem/hall": "own-fibre backbone"}


def test_more_hubs_are_a_ring() -> None:
    towns = {nis: {"hall": HALL} for nis in (KORTRIJK, WAREGEM, HARELBEKE, KUURNE, ANZEGEM)}
    plan, _ = planned(estate(towns, datacentres=CENTRES))
    assert len(plan.links) == 5
    assert all(len(router.links) == 2 for router in plan.routers)


def test_a_declared_backbone_is_taken_as_it_is() -> None:
    between = ["kortrijk/hall", "waregem/hall"]
    backbone = {"a": {"between": between}, "b": {"between": between, "kind": "leased-fibre", "capacity": "1G"}}
    plan, _ = planned(estate(TWO, datacentres=CENTRES, backbone=backbone))
    assert [(link.key.rpartition(":")[2], link.capacity) for link in plan.links] == [
        ("leased-fibre#b", 10**9),
        ("own-fibre#a", 10**10),
    ]
    assert plan.links[0].cost > plan.links[1].cost


@pytest.mark.parametrize(
    ("link", "expected"),
    [
        ("provider-fibre", {"kortrijk/bib - kortrijk/hall": "provider-fibre"}),
        (
            "internet-vpn",
            {"kortrijk/bib - kortrijk/hall": "internet-vpn", "kortrijk/bib - waregem/hall": "internet-vpn"},
        ),
        ({"kind": "provider-fibre", "to": "waregem/hall"}, {"kortrijk/bib - waregem/hall": "provider-fibre"}),
    ],
)
def test_an_edge_site_is_joined_by_its_kind_of_link(link: Any, expected: dict[str, str]) -> None:
    assert with_bib(link) == expected


def test_the_site_whose_line_it_is_opens_the_tunnel() -> None:
    towns = {**TWO, WAREGEM: {"hall": {**HALL, "link": {"provider-fibre": "1G", "backup": "4g"}}, "bib": "library"}}
    towns[WAREGEM]["bib"] = {"kind": "library", "link": "internet-vpn"}
    plan, _ = planned(estate(towns, datacentres=CENTRES))
    calls = {(link.kind, link.caller, link.listener) for link in plan.links if link.tunnel}
    assert calls == {
        ("4g", "waregem/hall", "kortrijk/hall"),
        ("internet-vpn", "waregem/bib", "kortrijk/hall"),
        ("internet-vpn", "waregem/bib", "waregem/hall"),
    }
    assert {link.caller for link in plan.links if not link.tunnel} == {""}


def test_of_a_declared_tunnel_the_end_that_is_no_datacentre_calls() -> None:
    towns = {**TWO, KUURNE: {"hall": HALL}}
    link = {"between": ["kortrijk/hall", "kuurne/hall"], "kind": "internet-vpn"}
    ring = {"between": ["kortrijk/hall", "waregem/hall"]}
    plan, _ = planned(estate(towns, datacentres=CENTRES, backbone={"a": link, "b": ring}))
    assert [link.caller for link in plan.links if link.tunnel] == ["kuurne/hall"]
    far = {**towns, ANZEGEM: {"hall": HALL}}
    link = {"between": ["anzegem/hall", "kuurne/hall"], "kind": "internet-vpn"}
    assert codes(estate(far, datacentres=CENTRES, backbone={"a": link, "b": ring})).count("E592") == 1


def test_a_backup_over_a_tunnel_leads_to_both_datacentres() -> None:
    region = estate(
        {**TWO, WAREGEM: {"hall": HALL, "bib": {"kind": "library", "link": {"provider-fibre": "1G", "backup": "4g"}}}},
        datacentres=CENTRES,
    )
    plan, _ = planned(region)
    backups = [link for link in plan.links if link.backup]
    first = next(link for link in plan.links if link.kind == "provider-fibre")
    assert {link.far("waregem/bib").site for link in backups} == {"kortrijk/hall", "waregem/hall"}
    assert all(link.cost > first.cost + 900 for link in backups)
    assert len({link.cost for link in backups}) == 2


def test_a_hub_behind_a_tunnel_is_not_on_the_ring() -> None:
    towns = {**TWO, KUURNE: {"hall": {"kind": "town-hall", "link": "internet-vpn"}}}
    plan, _ = planned(estate(towns, datacentres=CENTRES))
    links = plan.router_at["kuurne/hall"].links
    assert [(link.tunnel, link.backbone) for link in links] == [(True, False), (True, False)]
    assert plan.router_at["kuurne/hall"].place is Place.HUB


def test_the_hub_is_the_site_of_the_highest_rank_whatever_its_name() -> None:
    plan, _ = planned(estate({KORTRIJK: {"a": "library", "z": "town-hall", "m": "depot"}}))
    assert plan.town["kortrijk"].hub == "kortrijk/z"


def test_links_have_transfer_networks_of_two_addresses() -> None:
    plan, _ = planned(estate(TWO, datacentres=CENTRES))
    one, other = plan.links[0].ends
    assert (one.address4.prefixlen, one.address6.prefixlen) == (31, 127)
    assert int(other.address4.ip) == int(one.address4.ip) + 1
    assert int(other.address6.ip) == int(one.address6.ip) + 1
    # RFC 6164: the address that is all zeros behind the /64 is an anycast address of routers.
    assert int(one.address6.ip) & (2**64 - 1) != 0


def test_interfaces_are_counted_per_router_and_fit_linux() -> None:
    site = {"kind": "library", "link": {"provider-fibre": "1G", "backup": "4g"}}
    towns = {**TWO, KORTRIJK: {"hall": HALL, **{f"bib{n}": site for n in range(12)}}}
    plan, _ = planned(estate(towns, datacentres=CENTRES))
    for router in plan.routers:
        names = [link.end(router.site.path).interface for link in router.links]
        assert len(names) == len(set(names))
        assert all(len(name) <= 15 for name in names)


def test_a_hub_left_out_of_the_backbone_has_no_path() -> None:
    towns = {**TWO, KUURNE: {"hall": HALL, "bib": {"kind": "library", "link": "provider-fibre"}}}
    backbone = {"a": {"between": ["kortrijk/hall", "waregem/hall"]}}
    problems = plan_network(estate(towns, datacentres=CENTRES, backbone=backbone), EMPTY).problems
    assert [problem.code for problem in problems] == ["E590"]
    assert problems[0].message.startswith("kuurne/hall has no path")
    assert problems[0].message.endswith("nor has the site joined to it")
    assert problems[0].mark.file == "municipalities/34023-kuurne.yaml"


def test_without_datacentres_nothing_is_unreachable() -> None:
    assert codes(estate({KORTRIJK: {"hall": HALL, "bib": "library"}})) == []


def test_a_link_faster_than_the_backbone_is_a_warning() -> None:
    towns = {**TWO, KORTRIJK: {"hall": HALL, "bib": {"kind": "library", "link": {"provider-fibre": "2G"}}}}
    backbone = {"a": {"between": ["kortrijk/hall", "waregem/hall"], "capacity": "1G"}}
    assert codes(estate(towns, datacentres=CENTRES, backbone=backbone)) == ["W591"]


def test_router_names_are_one_dns_label_and_all_different() -> None:
    long = "a-very-long-name-of-a-site-of-40-letters"
    plan, _ = planned(estate({KORTRIJK: {long + "": "library", "hall": HALL}, WAREGEM: {"hall": HALL}}))
    names = [router.name for router in plan.routers]
    assert names[0] == "rtr-kortrijk-a-very-long-name-of-a-site-of-40-letters"
    assert len(set(names)) == 3
    assert all(len(name) <= 63 for name in names)


def test_more_routers_than_one_area_should_hold_are_told() -> None:
    def said(sites: int) -> list[str]:
        towns = {**TWO, KORTRIJK: {"hall": HALL, **{f"cabinet-{n}": {"kind": "cabinet"} for n in range(sites - 2)}}}
        found = plan_network(estate(towns, datacentres=CENTRES), EMPTY).problems
        return [f"{problem.code} {problem.message}" for problem in found]

    assert said(MOST_ROUTERS) == []
    assert said(MOST_ROUTERS + 1) == ["W594 the 301 routers of this estate share one area, over 300"]


# Distances by GeographicLib 2.1 (Karney, 2013).
@pytest.mark.parametrize(
    ("one", "other", "km"),
    [
        ((50.82803, 3.26487), (50.82803, 3.26487), 0.0),
        ((50.0, 2.0), (52.0, 6.5), 386.26848355066056),
        ((51.22047, 4.40026), (50.82803, 3.26487), 90.83799897867213),
        ((50.8, 3.2), (50.80001, 3.20001), 0.0013170208512291845),
    ],
)
def test_lengths_on_the_ellipsoid(one: tuple[float, float], other: tuple[float, float], km: float) -> None:
    a, b = (Point(lat=Latitude(lat), lon=Longitude(lon)) for lat, lon in (one, other))
    assert ellipsoid_km(a, b) == pytest.approx(km, abs=1e-6)
    assert distance_km(a, b) == pytest.approx(ellipsoid_km(a, b), rel=6e-3, abs=1e-9)


def test_a_ring_through_a_circle_of_points_is_the_circle() -> None:
    points = {
        f"p{n:02}": Point(lat=Latitude(51 + sin(n * pi / 12) / 4), lon=Longitude(4 + cos(n * pi / 12) / 2.5))
        for n in range(24)
    }
    links = {frozenset(link) for link in tour(points)}
    assert links == {frozenset((f"p{n:02}", f"p{(n + 1) % 24:02}")) for n in range(24)}


def test_the_ring_does_not_depend_on_the_order_of_points() -> None:
    points = {f"p{n}": Point(lat=Latitude(50.5 + n % 7 / 10), lon=Longitude(3 + n % 5 / 5)) for n in range(30)}
    assert tour(points) == tour(dict(reversed(points.items())))
