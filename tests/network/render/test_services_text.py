"""DHCP and DNS: what hosts are told, read back as data."""

from __future__ import annotations

import dataclasses
import json
from collections.abc import Mapping

import pytest
from netaddr import IPAddress, IPNetwork, IPRange

from virgem.modules.estate.kinds import zone_kinds
from virgem.modules.estate.kinds.types import Icr
from virgem.network import machines
from virgem.network.model import NetworkPlan, Reservation, RouterPlan
from virgem.network.render import names, render_region, render_site

Tree = Mapping[str, Mapping[str, str]]


def subnets(files: Mapping[str, str], family: int) -> list[dict[str, object]]:
    return json.loads(files[f"kea-dhcp{family}.json"])[f"Dhcp{family}"][f"subnet{family}"]


@pytest.mark.parametrize("family", [4, 6])
def test_a_subnet_for_every_zone_that_hands_out_addresses(plan: NetworkPlan, tree: Tree, family: int) -> None:
    for router in plan.routers:
        expected = {
            zone.vlan: (str(zone.prefix4 if family == 4 else zone.prefix6), names.lan(zone))
            for zone in router.zones
            if zone_kinds()[zone.zone.kind].dhcp
        }
        found = {s["id"]: (s["subnet"], s["interface"]) for s in subnets(tree[router.name], family)}
        assert found == expected
        assert expected


def test_a_pool_holds_the_planned_hosts_and_never_the_gateway(plan: NetworkPlan, tree: Tree) -> None:
    for router in plan.routers:
        by_vlan = {zone.vlan: zone for zone in router.zones}
        for subnet in subnets(tree[router.name], 4):
            zone = by_vlan[subnet["id"]]
            first, last = (IPAddress(part) for part in subnet["pools"][0]["pool"].split(" - "))
            pool = IPRange(first, last)
            assert zone.gateway4 < first <= last < IPAddress(zone.prefix4.last)
            assert pool.size >= zone.zone.hosts
            assert {"name": "routers", "data": str(zone.gateway4)} in subnet["option-data"]
        for subnet in subnets(tree[router.name], 6):
            zone = by_vlan[subnet["id"]]
            for pool in subnet["pools"]:
                ends = [IPAddress(part) for part in pool["pool"].split(" - ")]
                assert all(end in zone.prefix6 and end != zone.gateway6 for end in ends)


def test_hosts_are_told_both_name_servers(plan: NetworkPlan, tree: Tree) -> None:
    four = ", ".join(str(host.address4) for host in plan.service["dns"].hosts)
    six = ", ".join(str(host.address6) for host in plan.service["dns"].hosts)
    for files in tree.values():
        for subnet in subnets(files, 4):
            assert {"name": "domain-name-servers", "data": four} in subnet["option-data"]
        for subnet in subnets(files, 6):
            assert {"name": "dns-servers", "data": six} in subnet["option-data"]


@pytest.fixture
def reserved(plan: NetworkPlan) -> tuple[NetworkPlan, RouterPlan]:
    """The same plan with one fixed address."""
    router = next(r for r in plan.routers if r.name == "rtr-kortrijk-bib")
    zone = next(z for z in router.zones if z.zone.id == "printers")
    device = Reservation(
        mac="02:00:5e:10:00:01",
        name="prn-0001",
        address4=IPAddress(zone.prefix4.first + 2, 4),
        address6=IPAddress(zone.prefix6.first + 0x102, 6),
    )
    zones = tuple(dataclasses.replace(z, reservations=(device,)) if z is zone else z for z in router.zones)
    changed = dataclasses.replace(router, zones=zones)
    routers = tuple(changed if r is router else r for r in plan.routers)
    return dataclasses.replace(plan, routers=routers), changed


def test_a_device_with_a_mac_address_gets_its_own_address_and_name(reserved: tuple[NetworkPlan, RouterPlan]) -> None:
    plan, router = reserved
    files = render_site(plan, router)
    device = next(zone for zone in router.zones if zone.reservations).reservations[0]
    found = [r for s in subnets(files, 4) for r in s["reservations"]]
    assert found == [{"hw-address": device.mac, "ip-address": str(device.address4), "hostname": device.name}]
    found = [r for s in subnets(files, 6) for r in s["reservations"]]
    assert found == [{"hw-address": device.mac, "ip-addresses": [str(device.address6)], "hostname": device.name}]
    region = render_region(plan)
    name = "prn-0001.kortrijk.net.regio.example."
    assert (name, str(device.address4)) in records(region, "A")
    assert (name, str(device.address6)) in records(region, "AAAA")
    for address in (device.address4, device.address6):
        assert (address.reverse_dns, name) in records(region, "PTR")


def records(region: Mapping[str, str], kind: str) -> list[tuple[str, str]]:
    lines = [line.split(f" IN {kind} ") for text in region.values() for line in text.splitlines()]
    return [(parts[0], parts[1]) for parts in lines if len(parts) == 2]


def test_every_router_is_found_by_name_and_by_address(plan: NetworkPlan, region: Mapping[str, str]) -> None:
    four, six, back = (dict(records(region, kind)) for kind in ("A", "AAAA", "PTR"))
    for router in plan.routers:
        name = f"{router.name}.net.regio.example."
        assert four[name] == str(router.loopback4)
        assert six[name] == str(router.loopback6)
        for address in (router.loopback4, router.loopback6):
            assert back[address.reverse_dns] == name


def test_every_address_points_back_to_its_one_name(region: Mapping[str, str]) -> None:
    forward = [(IPAddress(text).reverse_dns, name) for kind in ("A", "AAAA") for name, text in records(region, kind)]
    back = records(region, "PTR")
    assert sorted(back) == sorted(forward)
    assert len({address for address, _ in back}) == len(back) > 40


def test_machines_stand_in_one_zone_and_what_tenants_declare_in_none(region: Mapping[str, str]) -> None:
    assert sorted(region) == [
        "dns/0.10.in-addr.arpa.zone",
        "dns/2.2.0.0.4.3.d.f.ip6.arpa.zone",
        "dns/net.regio.example.zone",
        "dns/zones.conf",
    ]
    held = {name for kind in ("A", "AAAA") for name, _ in records(region, kind)}
    assert {"web-1.waregem.net.regio.example.", "dns-1.shared.net.regio.example."} <= held
    assert all(name.endswith(".net.regio.example.") for name in held)
    assert not any(" CNAME " in text for text in region.values())


def test_the_name_servers_of_every_zone_are_those_of_the_shared_service(
    plan: NetworkPlan, region: Mapping[str, str]
) -> None:
    hosts = {f"{host.name}.shared.net.regio.example.": host for host in plan.service["dns"].hosts}
    for text in (text for file, text in region.items() if file.endswith(".zone")):
        assert [value for name, value in records({"": text}, "NS") if name == "@"] == list(hosts)
    for name, host in hosts.items():
        assert (name, str(host.address4)) in records(region, "A")


def test_without_a_dns_service_nobody_holds_a_zone(plan: NetworkPlan) -> None:
    assert render_region(dataclasses.replace(plan, services=())) == {}


def test_hosts_look_up_short_names_and_visitors_hear_of_no_domain_of_the_inside(plan: NetworkPlan, tree: Tree) -> None:
    files = tree["rtr-kortrijk-bib"]
    router = next(router for router in plan.routers if router.name == "rtr-kortrijk-bib")
    visitors = {zone.vlan for zone in router.zones if zone.icr is Icr.VISITOR}
    assert visitors
    for family in (4, 6):
        for subnet in subnets(files, family):
            told = {"name": "domain-search", "data": "kortrijk.net.regio.example, regio.example"}
            assert (told in subnet["option-data"]) is (subnet["id"] not in visitors)
            assert ("regio.example" in str(subnet)) is (subnet["id"] not in visitors)
    zones = {int(text.partition("\n")[0]): text for text in files["frr.conf"].split("interface lan0.")[1:]}
    for vlan, text in zones.items():
        told_domains = " ipv6 nd dnssl kortrijk.net.regio.example\n ipv6 nd dnssl regio.example\n" in text
        assert told_domains is (vlan not in visitors)


def test_name_servers_tell_visitors_nothing_of_machines(plan: NetworkPlan, region: Mapping[str, str]) -> None:
    text = region["dns/zones.conf"]
    listed = text[text.index("acl visitors {") : text.index("acl region {")]
    refused = [IPNetwork(line.strip(" ;")) for line in listed.splitlines() if line.startswith("  ")]
    for zone in (zone for router in plan.routers for zone in router.zones):
        for prefix in (zone.prefix4, zone.prefix6):
            assert any(prefix in one for one in refused) is (zone.icr is Icr.VISITOR)
            assert zone.icr is Icr.VISITOR or not any(one in prefix for one in refused)
    zones = [file.removeprefix("dns/").removesuffix(".zone") for file in region if file.endswith(".zone")]
    assert sorted(line.split('"')[1] for line in text.splitlines() if line.startswith("zone ")) == sorted(zones)
    assert text.count("allow-query { !visitors; region; localhost; };") == len(zones)


def test_the_serial_of_every_zone_is_the_planned_one(plan: NetworkPlan, region: Mapping[str, str]) -> None:
    assert len(plan.serials) == len([file for file in region if file.endswith(".zone")])
    for zone, serial in plan.serials.items():
        assert f" hostmaster.regio.example. {serial} " in region[f"dns/{zone}.zone"]


@pytest.mark.parametrize(
    ("address", "pool", "zone"),
    [
        ("10.1.2.3", "10.0.0.0/9", "1.10.in-addr.arpa"),
        ("192.0.2.7", "192.0.2.0/24", "2.0.192.in-addr.arpa"),
        ("fd34:22::1", "fd34:22::/32", "2.2.0.0.4.3.d.f.ip6.arpa"),
        ("fd34:22::1", "fd34::/18", "4.3.d.f.ip6.arpa"),
    ],
)
def test_the_reverse_zone_of_an_address(address: str, pool: str, zone: str) -> None:
    assert machines.reverse_zone(IPAddress(address), [IPNetwork(pool)]) == zone
    assert machines.pointer(IPAddress(address)) + "." == IPAddress(address).reverse_dns
