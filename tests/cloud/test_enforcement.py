"""Security groups and routers allow the same between servers: what the matrix says, whatever datacentre they stand in.

Three answers for every pair of cloud addresses and every port, each from a source of its own: the rules of the cloud
plan, the nftables text of every datacentre's router read back, and the matrix by the names of what its flows are about.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from functools import cache
from ipaddress import ip_network
from typing import cast

import klein
import pytest
from nft_reader import Rule, parse
from support import ROOT

from virgem.modules import planning
from virgem.modules.cloud.model import CloudPlan, SecurityRule, TenantStack
from virgem.modules.cloud.plan import cloud_plan
from virgem.modules.cloud.policy import parse_port
from virgem.network.matrix import Place, opens
from virgem.network.model import NetworkPlan, Selector
from virgem.network.model import Place as RouterPlace
from virgem.network.render.site import nftables

Port = tuple[str, int]
Pair = tuple[int, int]  # from one set of hosts to another; a set is a number with a bit for each host
HEAD = {4: "ip", 6: "ip6"}
TRANSPORT = {"tcp dport": "tcp", "udp dport": "udp", "icmp type": "icmp", "icmpv6 type": "icmp"}
# The database of a town in both datacentres, and an application that shares more than it offers.
COPIES = klein.KORTRIJK.replace("sql: { flavor: xlarge,", "sql: { flavor: xlarge, count: 2,").replace(
    "app: { flavor: large, count: 2,", "app: { flavor: large, count: 2, replicates: [7800],"
)


@cache
def made(name: str) -> tuple[NetworkPlan, CloudPlan]:
    if name == "two copies":
        return klein.network(COPIES), klein.cloud(COPIES)
    ready = planning.ready(planning.prepare(ROOT / "inventories" / name))
    return ready.plan, cloud_plan(ready.estate, ready.plan)


class Hosts:
    """The addresses of the cloud in one family."""

    def __init__(self, plan: NetworkPlan, version: int) -> None:
        self.version = version
        self.places = [Place(network=plan.network[host.network], host=host) for host in plan.cloud_addresses]
        self.index = {(host.tenant, host.name): i for i, host in enumerate(plan.cloud_addresses)}
        addresses = (host.address4 if version == 4 else host.address6 for host in plan.cloud_addresses)
        self.numbers = [int(address) for address in addresses]
        self._chosen: dict[object, int] = {}

    def within(self, spans: tuple[tuple[int, int], ...]) -> int:
        if spans not in self._chosen:
            inside = (any(first <= number <= last for first, last in spans) for number in self.numbers)
            self._chosen[spans] = sum(1 << i for i, found in enumerate(inside) if found)
        return self._chosen[spans]

    def of(self, selector: Selector) -> int:
        if selector not in self._chosen:
            found = (place.chosen_by(selector) for place in self.places)
            self._chosen[selector] = sum(1 << i for i, one in enumerate(found) if one)
        return self._chosen[selector]

    def reached(self, pairs: Iterable[Pair]) -> list[int]:
        """Return whom every host reaches, itself left out."""
        joined: dict[int, int] = {}
        for sources, targets in pairs:
            joined[sources] = joined.get(sources, 0) | targets
        found = [0] * len(self.numbers)
        for sources, targets in joined.items():
            for i in range(len(found)):
                found[i] |= targets if sources >> i & 1 else 0
        return [targets & ~(1 << i) for i, targets in enumerate(found)]


def ports(plan: NetworkPlan) -> list[Port]:
    """Return both ends of every range of the matrix with their neighbours, and ICMP: between them nothing changes."""
    found: set[Port] = {("icmp", 0)}
    for text in {port for rule in plan.rules for port in rule.ports}:
        protocol, span = parse_port(text, "IPv4")
        found |= {(protocol, near) for end in span or () for near in (end - 1, end, end + 1) if 0 < near < 65536}
    return sorted(found)


def by_matrix(plan: NetworkPlan, hosts: Hosts, port: Port) -> list[int]:
    return hosts.reached((hosts.of(r.source), hosts.of(r.target)) for r in plan.rules if opens(r.ports, *port))


def by_routers(rules: list[Rule], sets: dict[str, list[object]], hosts: Hosts, port: Port) -> list[int]:
    return hosts.reached(_transit(rules, sets, hosts, port))


def _transit(rules: list[Rule], sets: dict[str, list[object]], hosts: Hosts, port: Port) -> Iterator[Pair]:
    for rule in rules:
        found = {name: values for name, negated, values in rule.matches if not negated}
        sides = [found.pop(f"{HEAD[hosts.version]} {side}", None) for side in ("saddr", "daddr")]
        if rule.verdict == "accept" and None not in sides and _lets(found, port):
            source, target = (hosts.within(_spans(sets[str(side)[1:]])) for side in sides)
            yield source, target


def _spans(elements: list[object]) -> tuple[tuple[int, int], ...]:
    return tuple((first, last) for _, first, last in cast(list[tuple[str, int, int]], elements))


def _lets(matches: dict[str, object], port: Port) -> bool:
    if not matches:
        return True
    ((name, values),) = matches.items()
    if TRANSPORT[name] != port[0]:
        return False
    return port[0] == "icmp" or any(v[1] <= port[1] <= v[2] for v in cast(tuple[tuple[str, int, int], ...], values))


def by_groups(plan: CloudPlan, hosts: Hosts, port: Port) -> list[int]:
    """Return what a sender's groups let out and a receiver's groups let in."""
    out, into = [], []
    for stack in plan.tenants:
        for members, rule, far in _rules(stack, hosts):
            if _fits(rule, port):
                out += [(members, far)] if rule.direction == "egress" else []
                into += [(far, members)] if rule.direction == "ingress" else []
    return [one & other for one, other in zip(hosts.reached(out), hosts.reached(into), strict=True)]


def _rules(stack: TenantStack, hosts: Hosts) -> Iterator[tuple[int, SecurityRule, int]]:
    prefixes = {group.id: group.prefixes for group in stack.address_groups}
    members = {group.id: 0 for group in stack.security_groups}
    for server in stack.servers:
        for group in server.security_groups:
            members[group] |= 1 << hosts.index[stack.tenant, server.id]
    for group in stack.security_groups:
        for rule in group.rules:
            if rule.family == f"IPv{hosts.version}":
                named = prefixes[rule.address_group] if rule.address_group else (rule.prefix,)
                far = members[rule.remote_group] if rule.remote_group else hosts.within(_networks(tuple(named)))
                yield members[group.id], rule, far


@cache
def _networks(prefixes: tuple[str, ...]) -> tuple[tuple[int, int], ...]:
    return tuple((int(net[0]), int(net[-1])) for net in map(ip_network, prefixes))


def _fits(rule: SecurityRule, port: Port) -> bool:
    protocol = "icmp" if rule.protocol == "ipv6-icmp" else rule.protocol
    return protocol in ("", port[0]) and (rule.ports is None or rule.ports[0] <= port[1] <= rule.ports[1])


@pytest.mark.parametrize("version", [4, 6])
@pytest.mark.parametrize("name", ["two copies", "middenkust", "zuid-west-vlaanderen"])
def test_groups_and_routers_allow_what_the_matrix_says(name: str, version: int) -> None:
    plan, cloud = made(name)
    hosts = Hosts(plan, version)
    centres = [router for router in plan.routers if router.place is RouterPlace.DATACENTRE]
    tables = [parse(nftables.text(plan, router)) for router in centres]
    assert len(tables) == 2
    for port in ports(plan):
        expected = by_matrix(plan, hosts, port)
        assert by_groups(cloud, hosts, port) == expected, port
        for table in tables:
            assert by_routers(table.chains["transit"].rules, table.sets, hosts, port) == expected, port


COPY_FLOWS = [
    ("kortrijk", "sql-1", "sql-2", ("tcp", 5432), True),
    ("kortrijk", "sql-2", "sql-1", ("tcp", 5432), True),
    ("kortrijk", "sql-1", "sql-2", ("tcp", 22), False),
    ("kortrijk", "app-1", "app-2", ("tcp", 7800), True),
    ("kortrijk", "web-1", "web-2", ("tcp", 7800), False),
    ("shared", "database-1", "database-2", ("tcp", 5432), True),
    ("shared", "proxy-1", "proxy-2", ("tcp", 9000), False),
]


@pytest.mark.parametrize(("tenant", "source", "target", "port", "expected"), COPY_FLOWS)
def test_copies_in_two_datacentres_replicate_and_do_no_more(
    tenant: str, source: str, target: str, port: Port, expected: bool
) -> None:
    plan, cloud = made("two copies")
    hosts = Hosts(plan, 4)
    one, other = hosts.index[tenant, source], hosts.index[tenant, target]
    assert len({plan.cloud_addresses[i].network for i in (one, other)}) == 2
    assert bool(by_matrix(plan, hosts, port)[one] >> other & 1) is expected
    assert bool(by_groups(cloud, hosts, port)[one] >> other & 1) is expected
