"""Every host that a play connects to has a planned address; the others are told apart."""

from __future__ import annotations

import pytest
from netaddr import IPAddress
from regions import HALL, KORTRIJK, estate, planned
from reports import reporting
from support import ROOT

from virgem.modules.devices.inventory import APART, NO_MAC, NO_ZONE, UNADDRESSED, inventory
from virgem.modules.planning import prepare, ready
from virgem.network.management import configured
from virgem.network.matrix import matrix

CENTRES = {"west": {"at": "kortrijk/hall"}}


@pytest.mark.parametrize("name", ["zuid-west-vlaanderen", "middenkust"])
def test_every_host_has_a_planned_address_or_is_known_to_have_none(name: str) -> None:
    made = ready(prepare(ROOT / "inventories" / name))
    found = inventory(made.estate, made.plan)
    planned = matrix(made.plan)
    without = set(found.groups[UNADDRESSED])
    assert len(without) < len(found.hosts)
    for host in found.hosts:
        address = host.variables.get("ansible_host")
        assert (address is None) == (host.name in without)
        if address is not None:
            place = planned.place(IPAddress(address))
            assert place.zone or place.host


@pytest.mark.parametrize("name", ["zuid-west-vlaanderen", "middenkust"])
def test_the_roles_of_a_shipped_estate_reach_all_their_hosts(name: str) -> None:
    made = ready(prepare(ROOT / "inventories" / name))
    found = inventory(made.estate, made.plan)
    groups = found.groups
    # Nobody but the police itself manages its computers.
    assert {host.variables["virgem_unaddressed"] for host in found.hosts if host.name in groups[UNADDRESSED]} <= {APART}
    staffed = [device for device in made.estate.devices if configured(made.estate, device)]
    laptops = [device for device in staffed if made.estate.profile_by_id[device.profile].kind == "laptop"]
    assert len(laptops) == len(groups["k_laptop"])
    assert {*groups["k_laptop"]} < {*groups["linux_workstation"]}


def test_a_device_without_a_mac_address_is_told_apart() -> None:
    made = reporting.ready(reporting.region())
    found = inventory(made.estate, made.plan)
    assert found.groups[UNADDRESSED] == found.groups["linux_workstation"] != ()
    assert {h.variables["virgem_unaddressed"] for h in found.hosts if h.name in found.groups[UNADDRESSED]} == {NO_MAC}


def test_a_router_in_no_zone_for_management_is_no_host_that_a_play_reaches() -> None:
    """Its loopback is for other routers only."""
    towns = {KORTRIJK: {"hall": HALL, "post": {"kind": "cabinet", "without": ["management"]}}}
    region = estate(towns, datacentres=CENTRES)
    plan = planned(region)[0]
    found = inventory(region, plan)
    (host,) = (host for host in found.hosts if host.name == "rtr-kortrijk-post")
    assert found.groups[UNADDRESSED] == (host.name,)
    assert host.variables["virgem_unaddressed"] == NO_ZONE
    assert {"ansible_host", "virgem_zone", "virgem_vrf"}.isdisjoint(host.variables)
    hall = next(host for host in found.hosts if host.name == "rtr-kortrijk-hall")
    managed = plan.router_at["kortrijk/hall"].managed_in
    assert managed is not None
    assert hall.variables["virgem_zone"] == managed.zone.id


def test_no_two_hosts_have_one_address() -> None:
    made = ready(prepare(ROOT / "inventories" / "middenkust"))
    hosts = inventory(made.estate, made.plan).hosts
    addresses = [host.variables["ansible_host"] for host in hosts if "ansible_host" in host.variables]
    assert len(addresses) == len(set(addresses))


def test_hosts_find_the_services_of_a_kind_whatever_their_names() -> None:
    region = estate({KORTRIJK: {"hall": HALL}}, datacentres=CENTRES, services={"dns": {"kind": "web"}, "namen": "dns"})
    plan = planned(region)[0]
    found = inventory(region, plan).services
    assert set(found["dns"]) == {str(a) for host in plan.service["namen"].hosts for a in (host.address4, host.address6)}
    assert not set(found["dns"]) & set(found["web"])


def test_a_router_reaches_services_in_the_instance_of_the_zone_where_it_is_managed() -> None:
    made = ready(prepare(ROOT / "inventories" / "middenkust"))
    hosts = {host.name: host for host in inventory(made.estate, made.plan).hosts}
    for router in made.plan.routers:
        (managed,) = {zone.vrf for zone in router.zones if zone.zone.kind == "management"}
        assert hosts[router.name].variables["virgem_vrf"] == managed == f"t{router.town.nis}"
        assert managed in {vrf.name for vrf in router.vrfs}
