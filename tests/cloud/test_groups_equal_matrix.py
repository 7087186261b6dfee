"""The security groups of every tenant are exactly the matrix, and groups with a mistake are told from it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from functools import cache
from ipaddress import IPv4Address, IPv6Address, ip_network
from itertools import product
from pathlib import Path

import pytest
from support import ROOT

from virgem.modules import planning
from virgem.modules.cloud.enforcement import Divergence, Groups
from virgem.modules.cloud.model import AddressGroup, CloudPlan, SecurityGroup, SecurityRule, Server, TenantStack
from virgem.modules.cloud.plan import cloud_plan
from virgem.network.model import NetworkPlan

FOLDERS = [ROOT / "inventories" / "zuid-west-vlaanderen", ROOT / "tests" / "estates" / "good" / "every-kind"]
Address = IPv4Address | IPv6Address
Mutant = tuple[str, TenantStack]


@cache
def made(folder: Path) -> tuple[NetworkPlan, CloudPlan]:
    ready = planning.ready(planning.prepare(folder))
    return ready.plan, cloud_plan(ready.estate, ready.plan)


@pytest.mark.parametrize("folder", FOLDERS, ids=lambda folder: folder.name)
def test_the_groups_of_every_tenant_are_exactly_the_matrix(folder: Path) -> None:
    plan, cloud = made(folder)
    assert sum(len(stack.servers) for stack in cloud.tenants) > 20
    groups = Groups(plan)
    assert [found for stack in cloud.tenants for found in groups.divergences(stack)] == []


def tenant() -> TenantStack:
    _, cloud = made(FOLDERS[1])
    return max(cloud.tenants, key=lambda stack: (len(stack.balancers), len(stack.servers)))


@cache
def groups() -> Groups:
    return Groups(made(FOLDERS[1])[0])


def wrong(stack: TenantStack) -> list[Divergence]:
    return list(groups().divergences(stack))


def mutants(stack: TenantStack) -> Iterator[Mutant]:
    for group in stack.security_groups:
        if any(group.id in server.security_groups for server in stack.servers):
            for rule in group.rules:
                for what, rules in changed(rule):
                    left = [one for one in group.rules if one is not rule]
                    yield f"{group.id}: {what}: {rule.id}", with_group(stack, replace(group, rules=(*left, *rules)))
    for addresses in stack.address_groups:
        for what, prefixes in members(addresses):
            yield f"{addresses.id}: {what}", with_addresses(stack, replace(addresses, prefixes=prefixes))
    for at, balancer in enumerate(stack.balancers):
        others = stack.balancers[:at] + stack.balancers[at + 1 :]
        for what, allowed in (("everybody", ("0.0.0.0/0",)), ("one less", balancer.allowed[1:])):
            if balancer.family == "IPv4":
                yield f"{balancer.id}: {what}", replace(stack, balancers=(*others, replace(balancer, allowed=allowed)))


def changed(rule: SecurityRule) -> Iterator[tuple[str, list[SecurityRule]]]:
    yield "gone", []
    yield "the other way", [replace(rule, direction="egress" if rule.direction == "ingress" else "ingress")]
    if rule.ports:
        first, last = rule.ports
        yield "the next port", [replace(rule, ports=(first + 1, last + 1))]
        yield "a port more", [rule, replace(rule, ports=(first, last + 1))]
        yield "the other protocol", [replace(rule, protocol="udp" if rule.protocol == "tcp" else "tcp")]
    if rule.protocol:
        yield "any protocol", [replace(rule, protocol="", ports=None)]
    yield "anybody", [replace(rule, prefix="", address_group="", remote_group="")]
    if rule.prefix:
        network = ip_network(rule.prefix)
        yield "a bit wider", [replace(rule, prefix=str(network.supernet()))]
        if network.prefixlen < network.max_prefixlen:
            yield "half", [replace(rule, prefix=str(next(network.subnets())))]


def members(group: AddressGroup) -> Iterator[tuple[str, tuple[str, ...]]]:
    for at, prefix in enumerate(group.prefixes):
        rest = group.prefixes[:at] + group.prefixes[at + 1 :]
        network = ip_network(prefix)
        yield f"{prefix} too few", rest
        yield f"{prefix} wider", (*rest, str(network.supernet()))
    yield "one too many", (*group.prefixes, "203.0.113.77/32" if "." in group.prefixes[0] else "2001:db8:77::7/128")


def with_group(stack: TenantStack, group: SecurityGroup) -> TenantStack:
    return replace(stack, security_groups=tuple(group if g.id == group.id else g for g in stack.security_groups))


def with_addresses(stack: TenantStack, group: AddressGroup) -> TenantStack:
    return replace(stack, address_groups=tuple(group if g.id == group.id else g for g in stack.address_groups))


def same(one: TenantStack, other: TenantStack) -> bool:
    """Whether both let the same pass, told rule by rule at the ends of what was changed."""
    old, new = ({rule for group in stack.security_groups for rule in group.rules} for stack in (one, other))
    ours, theirs = ({p for group in stack.address_groups for p in group.prefixes} for stack in (one, other))
    ends = [end for p in ours ^ theirs or ours for end in _ends(p)]
    ports = {port for rule in old ^ new or old for port in rule.ports or ()}
    asked = product(one.servers, ("ingress", "egress"), ends, ("tcp", "udp"), ports)
    return all(opens(one, *question) == opens(other, *question) for question in asked)


def _ends(prefix: str) -> tuple[Address, Address]:
    network = ip_network(prefix)
    return network[0], network[-1]


def opens(stack: TenantStack, server: Server, way: str, far: Address, protocol: str, port: int) -> bool:
    held = (group for group in stack.security_groups if group.id in server.security_groups)
    return any(_fits(stack, rule, way, far, protocol, port) for group in held for rule in group.rules)


def _fits(stack: TenantStack, rule: SecurityRule, way: str, far: Address, protocol: str, port: int) -> bool:
    first, last = rule.ports or (0, 65535)
    if rule.direction != way or rule.family != f"IPv{far.version}" or rule.protocol not in ("", protocol):
        return False
    return first <= port <= last and any(far in ip_network(prefix) for prefix in _far(stack, rule))


def _far(stack: TenantStack, rule: SecurityRule) -> list[str]:
    if rule.remote_group:
        there = [server.address for server in stack.servers if rule.remote_group in server.security_groups]
        return [address.address4 if rule.family == "IPv4" else address.address6 for address in there]
    if rule.address_group:
        return [p for group in stack.address_groups if group.id == rule.address_group for p in group.prefixes]
    return [rule.prefix or {"IPv4": "0.0.0.0/0", "IPv6": "::/0"}[rule.family]]


def test_every_mistake_in_the_groups_of_a_tenant_is_found() -> None:
    stack = tenant()
    assert wrong(stack) == []
    every = list(mutants(stack))
    assert len(every) > 300
    unseen = [(what, mutant) for what, mutant in every if not wrong(mutant)]
    # Another rule opens the next port already, or lets the neighbour in.
    assert [what for what, mutant in unseen if not same(stack, mutant)] == []
    assert len(unseen) < len(every) // 50


def test_a_rule_that_only_one_family_has_is_told_as_that() -> None:
    stack = tenant()
    group = next(group for group in stack.security_groups if group.id == "tier:any")
    rule = next(r for r in group.rules if r.family == "IPv6" and r.direction == "egress" and "dns" in r.id)
    found = wrong(with_group(stack, replace(group, rules=tuple(r for r in group.rules if r is not rule))))
    assert len(found) == len(stack.servers)
    assert all(one.alone and not one.passes and one.flow and one.packet.version == 6 for one in found)
    assert "though the other family has it (flow cloud-dns, estate.yaml:" in str(found[0])


def test_an_address_too_many_is_told_with_the_rule_that_lets_it_pass() -> None:
    stack = tenant()
    group = next(group for group in stack.address_groups if group.id == "service-shared-dns-ipv4")
    found = wrong(with_addresses(stack, replace(group, prefixes=(*group.prefixes, "203.0.113.77/32"))))
    assert {one.rule for one in found} == {
        "egress-tcp-53-IPv4-service-shared-dns",
        "egress-udp-53-IPv4-service-shared-dns",
    }
    assert str(found[0]).endswith("> 203.0.113.77 tcp/53 out by rule egress-tcp-53-IPv4-service-shared-dns")
