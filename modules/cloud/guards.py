"""What the cloud lets pass at one server or load balancer: its security groups, or its listener. Asks no cloud."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property

from netaddr import IPAddress, IPNetwork

from virgem.modules.cloud import policy
from virgem.modules.cloud.applications import subjects
from virgem.modules.cloud.model import AddressGroup, SecurityRule
from virgem.modules.cloud.tenants import tenants
from virgem.modules.estate.model import Estate
from virgem.network.explain.model import Asked, Direction, End, Family, Judged
from virgem.network.model import NetworkPlan, Selector, Side
from virgem.network.policy import known_ports


@dataclass(frozen=True)
class CloudGuards:
    """The guards of a whole estate's cloud; those of a tenant are worked out when one of its ends is asked about."""

    estate: Estate
    plan: NetworkPlan

    @cached_property
    def _flows(self) -> policy.Flows:
        return policy.flows(self.plan)

    @cached_property
    def _policies(self) -> dict[str, policy.Policy]:
        return {}

    def _policy(self, tenant: str) -> policy.Policy:
        if tenant not in self._policies:
            own = next(one for one in tenants(self.estate, self.plan) if one.id == tenant)
            found = {subject.id: subject for subject in subjects(own)}
            for network in own.networks:  # a tier in which no server stands yet
                found.setdefault(f"tier:{network.tier}", policy.tier(tenant, network.tier))
            self._policies[tenant] = policy.policy(self._flows, found.values())
        return self._policies[tenant]

    def judged(
        self, direction: Direction, near: End, far: tuple[End, IPAddress], asked: Asked, family: Family
    ) -> Judged:
        """Return what the security groups of a server, or the listener of a load balancer, say of a flow."""
        assert near.network is not None
        if near.balancer:
            return self._listener(near, far[1], asked, family)
        made = self._policy(near.network.tenant)
        groups = {group.id: group for group in made.address_groups}
        for name in groups_of(near):
            for rule in made.rules.get(name, ()):
                if rule.direction == direction and _opens(rule, asked, family) and _meets(rule, groups, near, far):
                    says = f"security group {near.network.tenant}-{name.replace(':', '-')}, rule {rule.id}"
                    return Judged(passes=True, group=_some(rule.description), says=says, rule=rule.id)
        listed = ", ".join(groups_of(near))
        says = f"no rule of security groups {listed} of {near.network.tenant} lets {asked.transport} pass"
        return Judged(passes=False, group="what no rule of a security group allows is dropped", says=says)

    def _listener(self, near: End, far: IPAddress, asked: Asked, family: Family) -> Judged:
        assert near.host is not None
        assert near.network is not None
        one = Selector(side=Side.BALANCER, town=near.host.tenant, name=near.host.server)
        ports = known_ports(self.estate, one)
        listener = f"the listener of {near.host.server} at {', '.join(ports)}"
        if asked.transport not in ports:
            return Judged(passes=False, group="a load balancer waits at its own port only", says=f"{listener}: refused")
        named = policy.FAMILIES[family == 6]
        taken = policy.admitted(self._flows, near.host, near.network.tier, asked.port, named)
        passes = any(far in IPNetwork(prefix) for prefix in taken)
        why = "it takes those whom a flow lets reach it" if passes else "no flow lets that source reach it"
        return Judged(passes=passes, group=why, says=f"{listener}: {'allowed' if passes else 'refused'}")


def _some(description: str) -> str:
    """Return the flows that a rule was made for, the first few where they are many."""
    flows = description.split(", ")
    return ", ".join(flows[:3]) + f" and {len(flows) - 3} more" if ":" not in flows[0] and flows[3:] else description


def groups_of(end: End) -> tuple[str, ...]:
    """Return the security groups of a server; of any server of a tier those that all of it have."""
    assert end.network is not None
    tier = f"tier:{end.network.tier}"
    return (end.host.server, tier, "tier:any") if end.host is not None else (tier, "tier:any")


def _opens(rule: SecurityRule, asked: Asked, family: Family) -> bool:
    """Tell whether a rule is about this family, protocol and port."""
    named = {4: "icmp", 6: "ipv6-icmp"}[family] if asked.protocol == "icmp" else asked.protocol
    if rule.family != policy.FAMILIES[family == 6] or rule.protocol not in ("", named):
        return False
    return rule.ports is None or rule.ports[0] <= asked.port <= rule.ports[1]


def _meets(rule: SecurityRule, groups: Mapping[str, AddressGroup], near: End, far: tuple[End, IPAddress]) -> bool:
    """Tell whether the far side of a rule holds an address, or is a security group that the far end has."""
    end, address = far
    if rule.remote_group:
        own = near.network is not None and end.network is not None and end.network.tenant == near.network.tenant
        return own and not end.balancer and rule.remote_group in groups_of(end)
    return any(address in IPNetwork(prefix) for prefix in _prefixes(rule, groups))


def _prefixes(rule: SecurityRule, groups: Mapping[str, AddressGroup]) -> Iterator[str]:
    yield from (rule.prefix,) if rule.prefix else groups[rule.address_group].prefixes if rule.address_group else ()
