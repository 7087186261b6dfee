"""Every host that a play connects to has a planned address; the others are told apart."""

from __future__ import annotations

import pytest
from netaddr import IPAddress
from support import ROOT

from virgem.modules.devices.inventory import UNADDRESSED, inventory
from virgem.modules.planning import prepare, ready
from virgem.network.matrix import matrix


@pytest.mark.parametrize("name", ["zuid-west-vlaanderen", "middenkust"])
def test_every_host_has_a_planned_address_or_is_known_to_have_none(name: str) -> None:
    made = ready(prepare(ROOT / "inventories" / name))
    found = inventory(made.estate, made.plan)
    planned = matrix(made.plan)
    loopbacks = {router.loopback4 for router in made.plan.routers}
    without = set(found.groups[UNADDRESSED])
    assert 0 < len(without) < len(found.hosts)
    for host in found.hosts:
        address = host.variables.get("ansible_host")
        assert (address is None) == (host.name in without)
        if address is not None:
            place = planned.place(IPAddress(address))
            assert place.zone or place.host or IPAddress(address) in loopbacks


def test_no_two_hosts_have_one_address() -> None:
    made = ready(prepare(ROOT / "inventories" / "middenkust"))
    hosts = inventory(made.estate, made.plan).hosts
    addresses = [host.variables["ansible_host"] for host in hosts if "ansible_host" in host.variables]
    assert len(addresses) == len(set(addresses))


def test_a_router_reaches_services_in_the_instance_of_the_zone_where_it_is_managed() -> None:
    made = ready(prepare(ROOT / "inventories" / "middenkust"))
    hosts = {host.name: host for host in inventory(made.estate, made.plan).hosts}
    for router in made.plan.routers:
        (managed,) = {zone.vrf for zone in router.zones if zone.zone.kind == "management"}
        assert hosts[router.name].variables["virgem_vrf"] == managed == f"t{router.town.nis}"
        assert managed in {vrf.name for vrf in router.vrfs}
