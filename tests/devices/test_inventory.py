"""The hosts of an estate: what routers are told about each other."""

from __future__ import annotations

import json

from regions import HALL, KORTRIJK, WAREGEM, estate, planned

from virgem.modules.devices.export import document
from virgem.modules.devices.inventory import Inventory, inventory

TOWNS = {KORTRIJK: {"hall": HALL, "bib": {"kind": "library", "link": "internet-vpn"}}, WAREGEM: {"hall": HALL}}
CENTRES = {"west": {"at": "kortrijk/hall"}, "east": {"at": "waregem/hall"}}


def made() -> Inventory:
    region = estate(TOWNS, datacentres=CENTRES)
    return inventory(region, planned(region)[0])


def test_every_router_knows_the_loopbacks_of_the_reflectors_and_its_own() -> None:
    found = made()
    routers = {host.name: host.variables for host in found.hosts if "site_router" in host.groups}
    own = {name: (vars_["virgem_loopback4"], vars_["virgem_loopback6"]) for name, vars_ in routers.items()}
    assert len(set(own.values())) == len(routers) == 3
    reflectors = ("rtr-kortrijk-hall", "rtr-waregem-hall")
    assert found.reflectors == {name: own[name] for name in reflectors}


def test_the_exported_inventory_says_what_every_host_is_told() -> None:
    found = made()
    shown = json.loads(document(found))["all"]["vars"]
    assert shown["virgem_reflectors"] == {name: list(both) for name, both in found.reflectors.items()}
    assert shown["virgem_services"] == {name: list(addresses) for name, addresses in found.services.items()}
