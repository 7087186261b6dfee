"""Physical ports and public addresses: what a router's profile and a datacentre say, read back from its files."""

from __future__ import annotations

from collections.abc import Mapping
from configparser import RawConfigParser
from dataclasses import replace
from typing import Any

import pytest
import yaml
from netaddr import IPAddress, IPNetwork

from virgem.network import ports
from virgem.network.model import NetworkPlan, PublicEnd, RouterPlan
from virgem.network.render import render_site
from virgem.network.render.site import gateways, netplan

HUB, DEPOT = "kortrijk/stadhuis", "kortrijk/depot"
Tree = Mapping[str, Mapping[str, str]]


def link_files(files: Mapping[str, str]) -> dict[str, str]:
    """The name that each .link file gives, to the path it looks for; every key of a file is known."""
    found = {}
    for name, text in files.items():
        if name.startswith("ports/"):
            parser = RawConfigParser(strict=True)
            parser.optionxform = str  # type: ignore[assignment,method-assign] # udev's keys have capitals
            parser.read_string(text)
            assert {section: list(parser[section]) for section in parser.sections()} == {
                "Match": ["Path"],
                "Link": ["Name"],
            }
            assert name == f"ports/{parser['Link']['Name']}.link"
            found[parser["Link"]["Name"]] = parser["Match"]["Path"]
    return found


def test_the_files_of_a_router_name_the_ports_of_its_profile(plan: NetworkPlan, tree: Tree) -> None:
    router = plan.router_at[HUB]
    assert link_files(tree[router.name]) == router.ports
    assert router.ports["wwan0"] == "pci-0000:00:14.0-usb-0:2:1.4"


def test_a_router_without_declared_ports_has_no_such_files(plan: NetworkPlan, tree: Tree) -> None:
    """The row of the depot's router is of one that is retired."""
    router = plan.router_at[DEPOT]
    assert router.ports == {}
    assert link_files(tree[router.name]) == {}


def test_the_ports_in_use_are_the_ethernet_ports_of_netplan(plan: NetworkPlan, tree: Tree) -> None:
    for router in plan.routers:
        ethernets = yaml.safe_load(tree[router.name]["netplan.yaml"])["network"]["ethernets"]
        assert sorted(ports.used(plan, router)) == sorted(ethernets.keys() - {"lo"}), router.name


def end(address: str, gateway: str = "") -> PublicEnd:
    """A public address, set on the router when it has a gateway."""
    network = IPNetwork(address)
    if not gateway:
        return PublicEnd(address=network.ip)
    return PublicEnd(address=network.ip, network=network, gateway=IPAddress(gateway))


def inet0(plan: NetworkPlan, *ends: PublicEnd) -> Any:
    router = replace(plan.router_at[HUB], public=ends)
    return yaml.safe_load(netplan.text(plan, router))["network"]["ethernets"]["inet0"]


FOUR, SIX = ("192.0.2.2/29", "192.0.2.1"), ("2001:db8::2/64", "fe80::1")
ROUTE4 = {"to": "0.0.0.0/0", "via": "192.0.2.1", "metric": 100}
ROUTE6 = {"to": "::/0", "via": "fe80::1", "metric": 100}
OVERRIDES = {"route-metric": 100, "use-dns": False, "use-ntp": False}
HANDED = {"dhcp4": True, "dhcp4-overrides": OVERRIDES}


@pytest.mark.parametrize(
    ("ends", "expected"),
    [
        ((end("192.0.2.2"),), {"accept-ra": True, **HANDED}),
        ((end("192.0.2.2"), end("2001:db8::2")), {"accept-ra": True, **HANDED}),
        ((end(*FOUR),), {"addresses": [FOUR[0]], "accept-ra": True, "routes": [ROUTE4]}),
        ((end(*SIX),), {"addresses": [SIX[0]], "accept-ra": False, "routes": [ROUTE6], **HANDED}),
        (
            (end(*FOUR), end("192.0.2.3/29", FOUR[1]), end(*SIX)),
            {
                "addresses": [FOUR[0], "192.0.2.3/29", SIX[0]],
                "accept-ra": False,
                "routes": [ROUTE4, ROUTE6],
            },
        ),
    ],
    ids=["handed out", "both handed out", "IPv4 set", "IPv6 set", "all set"],
)
def test_each_family_is_set_or_handed_out(
    plan: NetworkPlan, ends: tuple[PublicEnd, ...], expected: dict[str, Any]
) -> None:
    assert inet0(plan, *ends) == {"optional": True, **expected}


def test_a_port_with_a_mark_leads_to_its_gateways_in_its_own_table(
    plan: NetworkPlan, monkeypatch: pytest.MonkeyPatch
) -> None:
    """No link kind that ships marks the fixed line, but one may."""
    monkeypatch.setattr(netplan.names, "publics", lambda _router: {"inet0": 52})
    found = inet0(plan, end(*FOUR))
    assert found["routes"] == [
        ROUTE4,
        {"to": "0.0.0.0/0", "via": FOUR[1], "table": 52},
    ]
    assert [rule["mark"] for rule in found["routing-policy"]] == [52, 52]
    router = replace(plan.router_at[HUB], public=(end(*FOUR),))
    text = gateways.files(plan, router)["gateways/inet0.conf"]
    assert text.partition("\n\n")[2] == "[Route]\nGateway=_ipv6ra\nTable=52\n", "that of IPv4 is written"


def test_every_file_of_a_router_knows_its_ports(plan: NetworkPlan) -> None:
    bare: RouterPlan = replace(plan.router_at[HUB], ports={})
    without, full = render_site(plan, bare), render_site(plan, plan.router_at[HUB])
    assert full.keys() - without.keys() == {f"ports/{name}.link" for name in plan.router_at[HUB].ports}
    assert all(full[name] == text for name, text in without.items())
