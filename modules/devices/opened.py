"""What the firewall of a host itself lets in, and which services it may use: the flows that end or start there."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property

from netaddr import IPNetwork, cidr_merge

from virgem.network.matrix import grouped, matrix, opens, resolve
from virgem.network.model import CloudAddress, FlowRule, NetworkPlan, Side, ZonePlan

# More prefixes than this for a port become the region's pools: routers and security groups hold the exact list, and a
# host's variables stay small.
MOST = 64
# The sources of ssh stand in a variable of their own, that of management; ICMP is open on every host.
_OWN = ("tcp/22", "icmp")
_SSH = 22


@dataclass(frozen=True, slots=True, kw_only=True)
class Opened:
    """A port ("tcp/443", "udp/10000-20000", "any") and the prefixes that may reach it; none means everybody."""

    port: str
    sources: tuple[str, ...]

    @property
    def document(self) -> Mapping[str, object]:
        """The same as the role takes it."""
        return {"port": self.port, "sources": list(self.sources)}


class Openings:
    """Answers for every host of a plan; hosts alike are asked for once."""

    def __init__(self, plan: NetworkPlan) -> None:
        self._plan = plan
        self._public = {upstream.id for upstream in plan.upstreams if upstream.public}
        self._known: dict[tuple[str, str], tuple[Opened, ...]] = {}
        self._used: dict[tuple[str, str], tuple[str, ...]] = {}
        self._rules: dict[tuple[str, str], tuple[FlowRule, ...]] = {}
        self._ssh: dict[tuple[FlowRule, ...], tuple[str, ...] | None] = {}

    def of(self, host: CloudAddress) -> tuple[Opened, ...]:
        """Return what is open on a server, by port."""
        key = (host.tenant, host.server)
        if key not in self._known:
            self._known[key] = tuple(self._opened(self._towards(host)))
        return self._known[key]

    def managers(self, place: ZonePlan | CloudAddress) -> tuple[str, ...] | None:
        """Return the prefixes that may reach ssh there, none for everybody; None when nobody may."""
        rules = self._towards(place) if isinstance(place, CloudAddress) else self._into(place)
        ssh = tuple(rule for rule in rules if opens(rule.ports, "tcp", _SSH))
        if ssh not in self._ssh:
            self._ssh[ssh] = self._sources(ssh)
        return self._ssh[ssh]

    def services(self, place: ZonePlan | CloudAddress) -> tuple[str, ...]:
        """Return the kinds of shared services that may be used from there."""
        if isinstance(place, ZonePlan):
            positions = matrix(self._plan).rules_from(place)
            return self._kinds(self._plan.rules[i] for i in positions)
        key = (place.tenant, place.server)
        if key not in self._used:
            here = matrix(self._plan).place(place.address4)
            near = (*self._sources_of.get("", ()), *self._sources_of.get(place.tenant, ()))
            self._used[key] = self._kinds(rule for rule in near if here.chosen_by(rule.source))
        return self._used[key]

    def _kinds(self, rules: Iterable[FlowRule]) -> tuple[str, ...]:
        named = {rule.target.name for rule in rules if rule.target.side is Side.SERVICE}
        return tuple(sorted({s.kind for s in self._plan.services if s.id in named or "" in named}))

    @cached_property
    def _sources_of(self) -> Mapping[str, tuple[FlowRule, ...]]:
        return grouped((rule.source.town, rule) for rule in self._plan.rules)

    @cached_property
    def _targets_of(self) -> Mapping[str, tuple[FlowRule, ...]]:
        return grouped((rule.target.town, rule) for rule in self._plan.rules)

    def _into(self, zone: ZonePlan) -> tuple[FlowRule, ...]:
        return tuple(self._plan.rules[i] for i in matrix(self._plan).rules_to(zone))

    def _towards(self, host: CloudAddress) -> tuple[FlowRule, ...]:
        key = (host.tenant, host.server)
        if key not in self._rules:
            place = matrix(self._plan).place(host.address4)
            # What names another tenant never means this one.
            near = (*self._targets_of.get("", ()), *self._targets_of.get(host.tenant, ()))
            self._rules[key] = tuple(rule for rule in near if place.chosen_by(rule.target))
        return self._rules[key]

    def _opened(self, rules: Iterable[FlowRule]) -> Iterator[Opened]:
        ports: dict[str, list[FlowRule]] = {}
        for rule in rules:
            for port in rule.ports:
                ports.setdefault(port, []).append(rule)
        for port, known in sorted(ports.items()):
            if port not in _OWN and (sources := self._sources(known)) is not None:
                yield Opened(port=port, sources=sources)

    def _sources(self, rules: Iterable[FlowRule]) -> tuple[str, ...] | None:
        """Return the prefixes that rules start from; none for a public network, None when nobody is there."""
        selectors = {rule.source for rule in rules}
        if any(s.side is Side.UPSTREAM and s.name in self._public for s in selectors):
            return ()
        found: tuple[str, ...] = ()
        for family, pools in enumerate((self._plan.pools4, self._plan.pools6)):
            prefixes = {prefix for selector in selectors for prefix in resolve(self._plan, selector)[family]}
            found += tuple(map(str, _few(prefixes, pools)))
        return found or None


def _few(prefixes: set[IPNetwork], pools: tuple[IPNetwork, ...]) -> list[IPNetwork]:
    merged: list[IPNetwork] = cidr_merge(prefixes)
    if len(merged) <= MOST:
        return merged
    return cidr_merge([*pools, *(p for p in merged if not any(p in pool for pool in pools))])
