"""Whether the security groups and load balancers of a tenant let pass exactly what the matrix of flows says. Pure.

What a server lets in is the sum of what its groups let in, and the same for what it lets out; the cloud keeps track of
connections, so answers need no rule. Groups see the addresses behind the cloud's own translation, never floating ones.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache, cached_property
from itertools import product

from netaddr import IPAddress, IPNetwork

from virgem.modules.cloud.model import Direction, Family, LoadBalancer, SecurityRule, Server, TenantStack
from virgem.modules.cloud.policy import METADATA
from virgem.network.enforcement.flows import Flows
from virgem.network.enforcement.lists import Entry, decide
from virgem.network.enforcement.packets import (
    EVERY_SERVICE,
    Packet,
    Version,
    every_address,
    of_protocol,
    packet,
    space,
)
from virgem.network.enforcement.space import EMPTY, Node, Span, Spans, merged
from virgem.network.model import FlowRule, NetworkPlan

_FAMILIES: Mapping[Family, Version] = {"IPv4": 4, "IPv6": 6}
_WAYS: tuple[Direction, Direction] = ("ingress", "egress")
_PROTOCOLS = {"tcp": "tcp", "udp": "udp", "icmp": "icmp", "ipv6-icmp": "icmpv6"}
# More differences of one server in one direction are only counted.
_MOST = 5


@dataclass(frozen=True, slots=True, kw_only=True)
class Divergence:
    """A packet about which a tenant's cloud and the matrix do not agree.

    `passes`: the cloud lets it through, by the rule `rule` of a group. `alone`: the other family has the flow's rules.
    """

    tenant: str
    thing: str  # id of a server or load balancer
    direction: Direction
    packet: Packet
    passes: bool
    rule: str = ""
    flow: FlowRule | None = None
    alone: bool = False

    def __str__(self) -> str:
        """Return it as one sentence."""
        way = "in" if self.direction == "ingress" else "out"
        by = f" by rule {self.rule}" if self.rule else ""
        flow = f" (flow {self.flow.id}, {self.flow.origin})" if self.flow else ""
        alone = f", though the other family has it{flow}" if self.alone else flow
        says = "lets" if self.passes else "does not let"
        return f"{self.tenant}: {self.thing} {says} {self.packet} {way}{by}{alone}"


class Groups:
    """Compares the clouds of tenants with the flows of one plan."""

    def __init__(self, plan: NetworkPlan) -> None:
        self._families = tuple(_Family(plan, version) for version in _FAMILIES.values())

    def divergences(self, stack: TenantStack) -> Iterator[Divergence]:
        """Yield where the cloud of a tenant is not what the matrix says, by server and load balancer."""
        tenants = [_Tenant(family, stack) for family in self._families]
        for server, direction in product(stack.servers, _WAYS):
            if all(tenant.is_right(server, direction) for tenant in tenants):
                continue
            gone = [tenant.family.named(tenant.less(server, direction)) for tenant in tenants]
            for tenant, there in zip(tenants, reversed(gone), strict=True):
                yield from tenant.of_server(server, direction, there)
        for balancer in stack.balancers:
            yield from tenants[balancer.family == "IPv6"].of_balancer(balancer)


class _Family:
    """The matrix in one family, as the cloud sees it."""

    def __init__(self, plan: NetworkPlan, version: Version) -> None:
        self.version, self.space = version, space(version)
        self.flows = Flows(plan, version, self.space, whole_icmp=True, floating=False)

    @cached_property
    def metadata(self) -> Node:
        """Where a server fetches its identity: no flow of the matrix."""
        if self.version == 6:
            return EMPTY
        return self.space.box((*self.space.whole[:1], (of_protocol("tcp", 80, 80),), (_span(METADATA),)))

    def named(self, node: Node) -> set[str]:
        """Return the flows that a set of packets has to do with."""
        rules = self.flows.plan.rules if node else ()
        return {flow.id for flow in rules if self.space.intersection(node, self.space.box(self.flows.sides(flow)))}


class _Tenant:
    """The groups of a tenant in one family."""

    def __init__(self, family: _Family, stack: TenantStack) -> None:
        self.family, self.stack, self.space = family, stack, family.space
        self._groups = {group.id: group for group in stack.security_groups}
        self._prefixes = {group.id: merged(map(_span, group.prefixes)) for group in stack.address_groups}
        self._real: dict[tuple[tuple[str, ...], Direction], Node] = {}

    def of_server(self, server: Server, direction: Direction, gone: set[str]) -> Iterator[Divergence]:
        """Yield what a server's groups do wrong in one direction; `gone` is what the other family lacks too."""
        real, wanted = self._of_groups(server.security_groups, direction), self._wanted(server, direction)
        yield from self._told(server, direction, self.space.difference(real, wanted), gone, passes=True)
        yield from self._told(server, direction, self.space.difference(wanted, real), gone, passes=False)

    def is_right(self, server: Server, direction: Direction) -> bool:
        """Tell whether a server's groups let pass exactly what they should."""
        return self._of_groups(server.security_groups, direction) == self._wanted(server, direction)

    def less(self, server: Server, direction: Direction) -> Node:
        """Return what a server's groups should let pass, and do not."""
        real, wanted = self._of_groups(server.security_groups, direction), self._wanted(server, direction)
        return self._at(server, direction, self.space.difference(wanted, real))

    def _wanted(self, server: Server, direction: Direction) -> Node:
        own = self._own(server)
        if direction == "ingress":
            return self.family.flows.to_one(own)
        return self.space.union(self.family.flows.from_one(own), self.family.metadata)

    def _own(self, server: Server) -> int:
        return int(IPAddress(server.address.address4 if self.family.version == 4 else server.address.address6))

    def _of_groups(self, groups: tuple[str, ...], direction: Direction) -> Node:
        key = (groups, direction)
        if key not in self._real:
            entries = [entry for _, entry in self._rules(groups, direction)]
            self._real[key] = decide(self.space, entries).accepted
        return self._real[key]

    def _rules(self, groups: tuple[str, ...], direction: Direction) -> Iterator[tuple[SecurityRule, Entry]]:
        every = every_address(self.family.version)
        for group in groups:
            for rule in self._groups[group].rules:
                if _FAMILIES[rule.family] == self.family.version and rule.direction == direction:
                    far, service = self._far(rule), (_service(rule),)
                    sides = (far, service, every) if direction == "ingress" else (every, service, far)
                    yield rule, Entry(sides, True)

    def _far(self, rule: SecurityRule) -> Spans:
        """Return the addresses of the far side of a rule; one that names none is for all."""
        if rule.address_group:
            return self._prefixes[rule.address_group]
        if rule.remote_group:
            members = (server for server in self.stack.servers if rule.remote_group in server.security_groups)
            return merged((self._own(server), self._own(server)) for server in members)
        return (_span(rule.prefix),) if rule.prefix else every_address(self.family.version)

    def _told(
        self, server: Server, direction: Direction, left: Node, gone: set[str], *, passes: bool
    ) -> Iterator[Divergence]:
        own = self._own(server)
        for _ in range(_MOST):
            if not left:
                return
            point = self.space.some(left)
            source, service, target = point
            ends = (source, service, own) if direction == "ingress" else (own, service, target)
            found = packet(self.family.version, ends)
            flow = None if passes else self.family.flows.of(found)
            rules = self._rules(server.security_groups, direction) if passes else iter(())
            rule, entry = next(
                ((r, e) for r, e in rules if self.space.holds(self.space.box(e.sides), point)), (None, None)
            )
            yield Divergence(
                tenant=self.stack.tenant,
                thing=server.id,
                direction=direction,
                packet=found,
                passes=passes,
                rule=rule.id if rule else "",
                flow=flow,
                alone=flow is not None and flow.id not in gone,
            )
            sides = entry.sides if entry else self._beside(flow, direction) if flow else self.space.whole
            left = self.space.difference(left, self.space.box(sides))

    def _beside(self, flow: FlowRule, direction: Direction) -> tuple[Spans, Spans, Spans]:
        sources, service, targets = self.family.flows.sides(flow)
        every = every_address(self.family.version)
        return (sources, service, every) if direction == "ingress" else (every, service, targets)

    def _at(self, server: Server, direction: Direction, node: Node) -> Node:
        own = ((self._own(server), self._own(server)),)
        whole = self.space.whole
        sides = (*whole[:2], own) if direction == "ingress" else (own, *whole[1:])
        return self.space.intersection(node, self.space.box(sides))

    def of_balancer(self, balancer: LoadBalancer) -> Iterator[Divergence]:
        """Yield whom the listener of a load balancer lets in, or not, against the matrix."""
        own, whole = int(IPAddress(balancer.address)), self.space.whole
        port = (of_protocol("tcp", balancer.port, balancer.port),)
        real = self.space.box((merged(map(_span, balancer.allowed)), port, whole[2]))
        asked = self.space.box((whole[0], port, whole[2]))
        wanted = self.space.intersection(self.family.flows.to_one(own), asked)
        for passes, node in (
            (True, self.space.difference(real, wanted)),
            (False, self.space.difference(wanted, real)),
        ):
            if node:
                source, service, _ = self.space.some(node)
                found = packet(self.family.version, (source, service, own))
                yield Divergence(
                    tenant=self.stack.tenant,
                    thing=balancer.id,
                    direction="ingress",
                    packet=found,
                    passes=passes,
                    flow=None if passes else self.family.flows.of(found),
                )


def _service(rule: SecurityRule) -> Span:
    if not rule.protocol:
        return EVERY_SERVICE[0]
    return of_protocol(_PROTOCOLS[rule.protocol], *(rule.ports or ()))


@cache
def _span(prefix: str) -> Span:
    network = IPNetwork(prefix)
    return int(network.first), int(network.last)
