"""The plan as a whole: zones, VLANs, routing instances, cloud networks, servers, devices."""

from __future__ import annotations

from typing import Any

import pytest
from netaddr import IPAddress, IPNetwork
from regions import HALL, HARELBEKE, KORTRIJK, KUURNE, WAREGEM, codes, estate, from_files, outside, overlaps, planned
from regions import texts as region_texts

from virgem.modules.estate.kinds.types import Icr
from virgem.network.lock import EMPTY
from virgem.network.model import NetworkPlan, Place, ZonePlan
from virgem.network.plan import plan_network
from virgem.network.zones import zone_order

CENTRES = {"west": {"at": "kortrijk/hall"}, "east": {"at": "waregem/hall"}}
TOWNS: dict[str, dict[str, Any]] = {
    KORTRIJK: {"hall": HALL, "bib": {"kind": "library"}, "plein": {"kind": "square"}},
    WAREGEM: {"hall": HALL, "depot": {"kind": "depot"}},
    HARELBEKE: {"hall": HALL},
}
WEB = {"tier": "application", "count": 3, "serves": [443]}
SHARES = {KORTRIJK: {"cloud": {"quota": "large", "servers": {"web": WEB, "db": {"tier": "data", "serves": [5432]}}}}}
SERVICES = {"dns": {}, "ntp": {}, "proxy": {}, "files": {}}


def region(**keys: Any) -> NetworkPlan:
    return planned(estate(TOWNS, SHARES, datacentres=CENTRES, services=SERVICES, **keys))[0]


def zone(plan: NetworkPlan, key: str) -> ZonePlan:
    return next(z for router in plan.routers for z in router.zones if z.key == key)


def test_everything_lies_in_the_pools_and_nothing_overlaps() -> None:
    plan = region()
    assert overlaps(plan) == []
    assert outside(plan, ["10.0.0.0/9", "fd34:22::/32"]) == []


def test_zones_lie_in_their_site_and_sites_in_their_municipality() -> None:
    plan = region()
    for router in plan.routers:
        town = plan.town[router.town.id]
        assert all(any(block in wide for wide in (*town.blocks4, *town.blocks6)) for block in router.blocks4)
        assert all(any(z.prefix4 in block for block in router.blocks4) for z in router.zones)
        assert all(any(z.prefix6 in block for block in router.blocks6) for z in router.zones)


@pytest.mark.parametrize(
    ("hosts", "length"), [(1, 28), (12, 28), (13, 27), (28, 27), (30, 26), (60, 26), (250, 24), (252, 24), (253, 23)]
)
def test_a_prefix_holds_its_hosts_and_what_the_network_itself_needs(hosts: int, length: int) -> None:
    assert 32 - zone_order(hosts) == length


def test_every_zone_has_a_64_and_every_site_a_56() -> None:
    plan = region()
    assert {z.prefix6.prefixlen for router in plan.routers for z in router.zones} == {64}
    assert {block.prefixlen for router in plan.routers for block in router.blocks6} == {56}


def test_the_gateway_is_the_first_address_of_either_family() -> None:
    voip = zone(region(), "34022/bib:voip")
    assert voip.gateway4 == IPAddress(voip.prefix4.first + 1)
    assert str(voip.gateway6).endswith("::1")


def test_a_zone_takes_its_kinds_vlan_a_second_one_the_next_free() -> None:
    zones = {"achter": {"kind": "cctv"}, "fixed": {"kind": "voip", "vlan": 2}, "gate": {"kind": "cctv"}}
    plan, _ = planned(estate({KORTRIJK: {"hall": {"kind": "town-hall", "zones": zones}}}))
    ids = {z.zone.id: z.vlan for z in plan.routers[0].zones}
    assert (ids["voip"], ids["fixed"], ids["cctv"]) == (20, 2, 300)
    assert (ids["achter"], ids["gate"]) == (3, 4)
    assert len(set(ids.values())) == len(ids)


def test_every_municipality_has_an_instance_for_itself_and_one_for_guests() -> None:
    plan = region()
    assert {vrf.name for vrf in plan.vrfs} == {"shared", *(f"{k}{nis}" for k in "tg" for nis in TOWNS)}
    assert len({vrf.table for vrf in plan.vrfs}) == len({vrf.vni for vrf in plan.vrfs}) == len(plan.vrfs)
    assert all(len(vrf.name) <= 15 and 0 < vrf.vni < 2**24 for vrf in plan.vrfs)
    assert zone(plan, "34022/bib:guests").vrf == "g34022"
    assert zone(plan, "34022/bib:voip").vrf == "t34022"


def test_routers_know_the_instances_they_need() -> None:
    plan = region()
    at = {path: {vrf.name for vrf in router.vrfs} for path, router in plan.router_at.items()}
    assert at["kortrijk/bib"] == {"t34022", "g34022"}
    assert at["waregem/depot"] == {"t34040"}
    assert at["harelbeke/hall"] == {"t34013", "g34013"}
    assert at["kortrijk/hall"] == {vrf.name for vrf in plan.vrfs}
    assert [plan.router_at[p].place for p in ("kortrijk/bib", "harelbeke/hall", "kortrijk/hall")] == list(Place)


@pytest.mark.parametrize(
    ("first", "expected"),
    [
        (4_200_000_000, [4_200_000_001, 4_200_000_002, 4_200_000_003]),
        (64512, [64513, 64514, 64515]),
        (65533, [65534, 64512, 64513]),
        (2611, [4_200_000_000, 4_200_000_001, 4_200_000_002]),
    ],
)
def test_as_numbers_follow_the_regions_within_a_private_range(first: int, expected: list[int]) -> None:
    pools = {"ipv4": "10.0.0.0/9", "ipv6": "fd34:22::/32", "asn": first}
    assert [town.asn for town in planned(estate(TOWNS, datacentres=CENTRES, pools=pools))[0].towns] == expected


def test_a_tenant_has_four_networks_in_every_datacentre_it_uses() -> None:
    plan = region()
    mine = [n for n in plan.cloud_networks if n.tenant == "kortrijk"]
    assert sorted((n.tier.value, n.datacentre) for n in mine) == sorted(
        (tier, dc) for tier in ("application", "data", "dmz", "management") for dc in ("east", "west")
    )
    assert {n.vrf for n in mine} == {"t34022"}
    assert {n.prefix4.prefixlen for n in mine} == {26}


def test_servers_alike_are_spread_with_the_home_datacentre_first() -> None:
    plan = region()
    placed = {host.name: plan.network[host.network].datacentre for host in plan.cloud_addresses}
    assert (placed["web-1"], placed["web-2"], placed["web-3"], placed["db-1"]) == ("west", "east", "west", "west")
    assert {placed["dns-1"], placed["dns-2"]} == {"east", "west"}


def test_server_addresses_lie_in_their_network_at_the_same_place_in_both_families() -> None:
    plan = region()
    for host in plan.cloud_addresses:
        network = plan.network[host.network]
        assert host.address4 in network.prefix4
        assert host.address6 in network.prefix6
        assert int(host.address4) - network.prefix4.first == int(host.address6) - network.prefix6.first >= 10


def test_more_servers_never_move_those_that_are_there() -> None:
    _, lock = planned(estate(TOWNS, SHARES, datacentres=CENTRES, services=SERVICES))
    more = {KORTRIJK: {"cloud": {"servers": {"app": {"count": 20}, "web": WEB, "db": {"tier": "data"}}}}}
    plan, after = planned(estate(TOWNS, more, datacentres=CENTRES, services=SERVICES), lock)
    assert {k: e for k, e in lock.entries.items() if k.startswith(("host", "cloud"))}.items() <= after.entries.items()
    assert overlaps(plan) == []


def test_shared_services_have_the_addresses_clients_use() -> None:
    plan = region()
    assert [host.name for host in plan.service["dns"].hosts] == ["dns-1", "dns-2"]
    assert plan.service["dns"].ports == ("udp/53", "tcp/53")


def test_a_cloud_without_a_datacentre_gets_nothing_and_breaks_nothing() -> None:
    plan, _ = planned(estate({KORTRIJK: {"hall": HALL, "bib": {"kind": "library"}}}, SHARES, services=SERVICES))
    assert plan.cloud_networks == plan.cloud_addresses == ()


DEVICES = """serial,profile,site,mac,state
CAM-1,camera,kortrijk/hall,02:00:00:00:00:01,in-service
CAM-2,camera,kortrijk/hall,02:00:00:00:00:02,in-service
CAM-3,camera,kortrijk/hall,02:00:00:00:00:03,retired
CAM-4,camera,kortrijk/hall,,in-service
"""


def test_devices_with_a_mac_address_have_a_fixed_address_that_stays() -> None:
    files = region_texts(TOWNS, datacentres=CENTRES, profiles={"camera": {"kind": "camera"}})
    files["devices/34022-kortrijk.csv"] = DEVICES.encode()
    plan, lock = planned(from_files(files))
    cctv = zone(plan, "34022/hall:cctv")
    assert [(r.mac, r.address4 in cctv.prefix4, r.address6 in cctv.prefix6) for r in cctv.reservations] == [
        ("02:00:00:00:00:01", True, True),
        ("02:00:00:00:00:02", True, True),
    ]
    assert all(r.address4 not in (cctv.gateway4, cctv.prefix4.broadcast) for r in cctv.reservations)
    files["devices/34022-kortrijk.csv"] = DEVICES.replace("CAM-1,", "CAM-9,").encode()
    again = zone(planned(from_files(files), lock)[0], "34022/hall:cctv")
    assert {r.mac: r.address4 for r in again.reservations}["02:00:00:00:00:02"] == cctv.reservations[1].address4
    assert {r.mac: r.address4 for r in again.reservations}["02:00:00:00:00:01"] != cctv.reservations[0].address4


@pytest.mark.parametrize(
    "pools", [{"ipv4": "10.0.0.0/22", "ipv6": "fd34:22::/32"}, {"ipv4": "10.0.0.0/9", "ipv6": "fd34:22::/60"}]
)
def test_the_pool_length_it_asks_for_is_enough(pools: dict[str, str]) -> None:
    (problem,) = plan_network(estate(TOWNS, datacentres=CENTRES, pools=pools), EMPTY).problems
    assert problem.code == "E611"
    length = problem.hint.split("/")[1].split()[0]
    version = "ipv4" if "IPv4" in problem.message else "ipv6"
    wider = IPNetwork(f"{pools[version].split('/')[0]}/{length}").cidr
    tight = IPNetwork(f"{pools[version].split('/')[0]}/{int(length) + 1}").cidr
    assert codes(estate(TOWNS, datacentres=CENTRES, pools={**pools, version: str(wider)})) == []
    assert codes(estate(TOWNS, datacentres=CENTRES, pools={**pools, version: str(tight)})) == ["E611"]


def test_several_small_pools_serve_as_well_as_a_large_one() -> None:
    pools = {
        "ipv4": ["10.1.0.0/20", "10.9.0.0/21", "172.16.4.0/22"],
        "ipv6": "fd34:22::/48",
        "reserved": ["10.1.2.0/23"],
    }
    plan, _ = planned(estate(TOWNS, datacentres=CENTRES, pools=pools))
    assert overlaps(plan) == []
    assert outside(plan, [*pools["ipv4"], "fd34:22::/48"]) == []
    assert not any(IPNetwork("10.1.2.0/23") in block for router in plan.routers for block in router.blocks4)


def test_a_zone_added_to_a_full_site_gets_a_second_block() -> None:
    _, lock = planned(estate({KORTRIJK: {"hall": HALL}, KUURNE: {"hall": HALL}}))
    big = {"kind": "town-hall", "zones": {"lab": {"kind": "sensors", "hosts": 2000}}}
    plan, _ = planned(estate({KORTRIJK: {"hall": big}, KUURNE: {"hall": HALL}}), lock)
    router = plan.router_at["kortrijk/hall"]
    assert len(router.blocks4) == 2
    assert zone(plan, "34022/hall:lab").prefix4 in router.blocks4[1]
    assert overlaps(plan) == []


def test_icr_kinds_come_from_the_zone_kinds() -> None:
    plan = region()
    assert {z.icr for router in plan.routers for z in router.zones} >= {Icr.USER, Icr.DEVICE, Icr.VISITOR}


def test_a_load_balancer_has_an_address_of_its_own_beside_its_servers_and_keeps_it() -> None:
    def share(count: int, **more: Any) -> dict[str, Any]:
        balancers = {"web": {"servers": ["web"], **more}}
        return {KORTRIJK: {"cloud": {"servers": {"web": {**WEB, "count": count}}, "load-balancers": balancers}}}

    without, _ = planned(
        estate(TOWNS, {KORTRIJK: {"cloud": {"servers": {"web": {**WEB, "count": 2}}}}}, datacentres=CENTRES)
    )
    plan, lock = planned(estate(TOWNS, share(2), datacentres=CENTRES))
    (balancer,) = plan.balancers
    assert plan.cloud_addresses == without.cloud_addresses
    assert balancer.network == plan.cloud_addresses[0].network
    assert balancer.address4 in plan.network[balancer.network].prefix4
    assert balancer.address6 in plan.network[balancer.network].prefix6
    after, again = planned(estate(TOWNS, share(5, port=8443), datacentres=CENTRES), lock)
    assert after.balancers == plan.balancers
    assert again.entries["balancer 34022/web"] == lock.entries["balancer 34022/web"]
    gone, kept = planned(estate(TOWNS, {}, datacentres=CENTRES), again)
    assert gone.balancers == ()
    assert kept.entries["balancer 34022/web"].released
