"""What a server's own firewall lets in is what the matrix says, so that a play never closes what a plan opened."""

from __future__ import annotations

from functools import cache

import pytest
from netaddr import IPAddress, IPNetwork
from support import ROOT

from virgem.modules.devices.inventory import Host, inventory
from virgem.modules.planning import Ready, prepare, ready
from virgem.network.matrix import allowed, matrix

ESTATES = ("middenkust", "zuid-west-vlaanderen")


@cache
def made(name: str) -> tuple[Ready, dict[str, Host]]:
    known = ready(prepare(ROOT / "inventories" / name))
    return known, {host.name: host for host in inventory(known.estate, known.plan).hosts}


def let_in(host: Host, source: IPAddress, port: str) -> bool:
    return any(
        one.port == port and (not one.sources or any(source in IPNetwork(prefix) for prefix in one.sources))
        for one in host.opened
    )


SERVED = [
    ("shared-dns-1", {"udp/53", "tcp/53"}),
    ("shared-database-1", {"tcp/5432"}),
    ("kortrijk-web-1", {"tcp/443"}),
    ("kortrijk-databank-1", {"tcp/5432"}),
    ("kortrijk-beheer-1", set()),
]


@pytest.mark.parametrize(("name", "ports"), SERVED)
def test_a_server_opens_what_it_is_there_for(name: str, ports: set[str]) -> None:
    host = made("zuid-west-vlaanderen")[1][name]
    assert {one.port for one in host.opened} == ports
    assert ("virgem_flows" in host.document) is bool(ports)


@pytest.mark.parametrize("name", ESTATES)
def test_every_flow_of_the_matrix_passes_the_firewall_of_its_server(name: str) -> None:
    known, hosts = made(name)
    plan = known.plan
    town = plan.cloud_addresses[0].tenant
    sources = [zone.prefix4[7] for zone in matrix(plan).zones if zone.site.startswith(f"{town}/")]
    sources += [host.address4 for host in plan.cloud_addresses if host.tenant in (town, "shared")]
    for target in (host for host in plan.cloud_addresses if host.tenant in (town, "shared")):
        host = hosts[f"{target.tenant}-{target.name}"]
        for port in ("tcp/443", "tcp/8443", "udp/53", "tcp/5432"):
            protocol, _, number = port.partition("/")
            for source in sources:
                if source != target.address4 and allowed(plan, source, target.address4, protocol, int(number)):
                    assert let_in(host, source, port), (source, host.name, port)


def test_a_server_of_one_town_is_closed_to_all_who_do_not_use_it() -> None:
    known, hosts = made("zuid-west-vlaanderen")
    zones = {zone.key: zone.prefix4[7] for zone in matrix(known.plan).zones}
    social = hosts["kortrijk-sociaal-1"]
    assert let_in(social, zones["34022/sociaal-huis:ocmw"], "tcp/8443")
    assert not let_in(social, zones["34022/stadhuis:administration"], "tcp/8443")
    assert not let_in(social, zones["34022/stadhuis:voip"], "tcp/8443")


@pytest.mark.parametrize("name", ESTATES)
def test_the_variables_of_a_host_stay_small(name: str) -> None:
    _, hosts = made(name)
    assert max(len(one.sources) for host in hosts.values() for one in host.opened) <= 2 * 64
