"""Whoever the inventory says a play reaches can be managed: by the matrix and by the rendered rules; nobody else."""

from __future__ import annotations

from functools import cache
from pathlib import Path

import pytest
from netaddr import IPAddress, IPNetwork
from nft_reader import Packet, Reader
from rendering import rendered
from support import ROOT

from virgem.modules.devices.inventory import APART, UNADDRESSED, Host, inventory
from virgem.modules.estate.kinds import entity_kinds, zone_kinds
from virgem.modules.estate.kinds.types import Icr
from virgem.modules.planning import Ready, prepare, ready
from virgem.network.matrix import allowed, matrix, resolve
from virgem.network.model import SHARED, CloudNetwork, NetworkPlan, Place, Selector, Side, ZonePlan
from virgem.network.render import render_site

ESTATES = ("middenkust", "zuid-west-vlaanderen")
TIER = "management"


@cache
def made(name: str) -> tuple[Ready, tuple[Host, ...]]:
    known = ready(prepare(ROOT / "inventories" / name))
    return known, inventory(known.estate, known.plan).hosts


@cache
def reached(name: str) -> list[tuple[Host, IPAddress]]:
    """The hosts with an address: every server, and one of each role in a zone, for rules know no neighbours."""
    known, hosts = made(name)
    found: dict[tuple[str, str], tuple[Host, IPAddress]] = {}
    for host in hosts:
        if "ansible_host" in host.variables:
            address = IPAddress(host.variables["ansible_host"])
            zone = matrix(known.plan).place(address).zone
            found.setdefault((zone.key, host.groups[0]) if zone else (host.name, ""), (host, address))
    return list(found.values())


def tiers(plan: NetworkPlan, tenant: str) -> list[CloudNetwork]:
    return [network for network in plan.cloud_networks if (network.tenant, network.tier) == (tenant, TIER)]


def manager(plan: NetworkPlan, tenant: str = SHARED) -> IPAddress:
    """A server in the management tier of a tenant."""
    return IPAddress(tiers(plan, tenant)[0].prefix4[20])


def zone_of(plan: NetworkPlan, site: str, kind: str) -> ZonePlan:
    return next(zone for zone in plan.router_at[site].zones if zone.zone.kind == kind)


@pytest.mark.parametrize("name", ESTATES)
def test_every_host_is_reached_by_ssh_from_the_management_tier_of_the_operator(name: str) -> None:
    plan = made(name)[0].plan
    assert not [host.name for host, address in reached(name) if not allowed(plan, manager(plan), address, "tcp", 22)]


@pytest.mark.parametrize("name", ESTATES)
def test_a_municipality_manages_its_own_hosts_but_not_those_among_guests_or_of_police_and_fire(name: str) -> None:
    plan = made(name)[0].plan
    towns = {town.nis: town.id for town in plan.towns}
    for host, address in reached(name):
        tenant = towns.get(host.variables["virgem_municipality"])
        place = matrix(plan).place(address).zone
        if tenant is None or (place and (place.icr is Icr.VISITOR or place.apart)):
            continue
        assert allowed(plan, manager(plan, tenant), address, "tcp", 22), host.name
        other = next(t for t in towns.values() if t != tenant)
        assert not allowed(plan, manager(plan, other), address, "tcp", 22), host.name


@pytest.mark.parametrize("name", ESTATES)
def test_the_rendered_rules_let_the_operator_reach_every_host(name: str) -> None:
    """On its own router, and on the way there in a datacentre; the routers of one town stand for all."""
    plan = made(name)[0].plan
    ends = [(matrix(plan).place(address).zone, address) for _, address in reached(name)]
    centre = next(router for router in plan.routers if router.place is Place.DATACENTRE)
    transit = Reader(render_site(plan, centre)["nftables.conf"])
    town = plan.routers[0].town
    routers = {
        router.site.path: Reader(render_site(plan, router)["nftables.conf"])
        for router in plan.routers
        if router.town is town
    }
    seen = set()
    for zone, address in ends:
        if zone and zone.site in routers:
            packet = Packet("v4", int(manager(plan)), int(address), "br10001", "tcp", 22)
            hook = "input" if address == zone.gateway4 else "forward"
            assert routers[zone.site].verdict(hook, packet) == "accept", zone.key
            assert transit.verdict("forward", packet) == "accept", zone.key
            seen.add((zone.site, hook))
    assert len(seen) > len(routers)


@pytest.mark.parametrize("name", ESTATES)
def test_management_reaches_no_zone_without_a_host_of_a_play(name: str) -> None:
    plan = made(name)[0].plan
    held = {zone.key for _, address in reached(name) if (zone := matrix(plan).place(address).zone)}
    for zone in matrix(plan).zones:
        opened = allowed(plan, manager(plan), zone.prefix4[5], "tcp", 22)
        assert bool(opened) == (zone.key in held or zone_kinds()[zone.zone.kind].management), zone.key
        assert not allowed(plan, manager(plan), zone.prefix4[5], "tcp", 23), zone.key


@pytest.mark.parametrize("name", ESTATES)
def test_computers_among_visitors_are_an_exception_that_the_list_of_flows_names(name: str) -> None:
    plan = made(name)[0].plan
    into = {
        rule.id for rule in plan.rules for z in matrix(plan).zones if z.icr is Icr.VISITOR and rule.target.matches(z)
    }
    assert into == {"shared-public-pcs-sites"}
    (rule,) = (rule for rule in plan.rules if rule.id in into)
    assert rule.purpose.startswith("Exception")
    assert rule.purpose_nl.startswith("Uitzondering")


def test_police_and_fire_are_managed_by_no_municipality_and_only_their_routers_by_the_operator() -> None:
    known, hosts = made("zuid-west-vlaanderen")
    plan = known.plan
    kinds = {entity.path: entity.kind for town in known.estate.municipalities for entity in town.entities}
    apart = [zone for zone in matrix(plan).zones if entity_kinds()[kinds[zone.entity]].own_sites]
    assert {zone.site for zone in apart} == {"kortrijk/politiepost", "kortrijk/brandweerkazerne"}
    for zone in apart:
        routers_only = zone is plan.router_at[zone.site].managed_in
        assert not allowed(plan, manager(plan, "kortrijk"), zone.gateway4, "tcp", 22), zone.key
        assert bool(allowed(plan, manager(plan), zone.gateway4, "tcp", 22)) is routers_only, zone.key
    left = [host for host in hosts if host.variables.get("virgem_unaddressed") == APART]
    assert {host.variables["virgem_site"] for host in left} == {"kortrijk/politiepost"}
    assert {host.variables["virgem_kind"] for host in left} == {"laptop"}


@pytest.mark.parametrize("name", ESTATES)
def test_a_host_without_an_address_says_why_and_no_other_does(name: str) -> None:
    known, hosts = made(name)
    groups = inventory(known.estate, known.plan).groups
    for host in hosts:
        assert ("virgem_unaddressed" in host.variables) == (host.name in groups[UNADDRESSED]), host.name
        assert ("ansible_host" in host.variables) != ("virgem_unaddressed" in host.variables), host.name


@pytest.mark.parametrize("name", ESTATES)
def test_the_firewall_of_a_host_lets_ssh_in_from_whom_the_matrix_does(name: str) -> None:
    plan = made(name)[0].plan
    near = {zone.key: zone for zone in matrix(plan).zones}
    for host, address in reached(name):
        prefixes = [IPNetwork(prefix) for prefix in host.management or ()]
        assert prefixes, host.name
        assert any(manager(plan) in prefix for prefix in prefixes), host.name
        place = matrix(plan).place(address)
        # A neighbour in the same VLAN passes no router: only the host itself can refuse it.
        if place.zone:
            assert not any(near[place.zone.key].prefix4[6] in prefix for prefix in prefixes), host.name
        four, _ = resolve(plan, Selector(side=Side.TIER, town=SHARED, name=TIER))
        assert {str(prefix) for prefix in four} <= set(host.management or ()), host.name


# What the roles take from the shared services, by kind.
NEEDED = {"dns": ("udp", 53), "ntp": ("udp", 123), "proxy": ("tcp", 3128), "monitoring": ("tcp", 6514)}


@pytest.mark.parametrize("name", ESTATES)
def test_a_host_is_told_of_the_services_that_the_matrix_lets_it_use_and_of_no_other(name: str) -> None:
    plan = made(name)[0].plan
    servers = {service.kind: service.hosts[0].address4 for service in plan.services}
    for host, address in reached(name):
        for kind, (protocol, port) in NEEDED.items():
            if address == servers[kind]:
                continue
            assert bool(allowed(plan, address, servers[kind], protocol, port)) == (kind in host.services), (host, kind)


@pytest.mark.parametrize("name", ESTATES)
def test_every_host_has_names_time_packages_and_a_place_for_its_logs_but_among_visitors_no_logs(name: str) -> None:
    plan = made(name)[0].plan
    seen = set()
    for host, address in reached(name):
        zone = matrix(plan).place(address).zone
        visitor = bool(zone and zone.icr is Icr.VISITOR)
        assert NEEDED.keys() - {*host.services} == ({"monitoring"} if visitor else set()), host.name
        seen.add(zone.zone.kind if zone else "")
    assert {"", "administration", "ocmw", "public-pcs", "servers", "management"} <= seen


def test_a_host_without_a_way_to_the_collector_has_no_log_server(tmp_path: Path) -> None:
    services = {"monitoring": ["192.0.2.1"], "ntp": ["192.0.2.2"]}
    text = rendered(tmp_path, "rsyslog.conf", virgem_services=services, virgem_reaches=["ntp"]).read_text()
    assert "omfwd" not in text
    assert 'target="192.0.2.1"' in rendered(tmp_path, "rsyslog.conf", virgem_services=services).read_text()
