"""Asks the matrix of flows: which rule lets one address reach another, and which prefixes a selector stands for."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable
from dataclasses import dataclass

from netaddr import IPAddress, IPNetwork

from virgem.network.beyond import beyond
from virgem.network.model import (
    SHARED,
    CloudAddress,
    CloudNetwork,
    FlowRule,
    NetworkPlan,
    Selector,
    Side,
    ZonePlan,
)

Families = tuple[tuple[IPNetwork, ...], tuple[IPNetwork, ...]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """Where an address lies: in a zone of a site, a network of the cloud (at a server or not), or above the region."""

    zone: ZonePlan | None = None
    network: CloudNetwork | None = None
    host: CloudAddress | None = None
    upstreams: tuple[str, ...] = ()

    def chosen_by(self, selector: Selector) -> bool:
        """Tell whether a selector stands for this place."""
        match selector.side:
            case Side.ZONE:
                return self.zone is not None and selector.matches(self.zone)
            case Side.UPSTREAM:
                return any(selector.name in ("", name) for name in self.upstreams)
            case Side.TIER:
                return self.network is not None and _of_tier(self.network, selector)
        return self.host is not None and _of_host(self.host, selector)


def _of_tier(network: CloudNetwork, selector: Selector) -> bool:
    return selector.town in ("", network.tenant) and selector.name in ("", network.tier.value)


def _of_host(host: CloudAddress, selector: Selector) -> bool:
    """Tell whether a service selector stands for a shared host, or a server selector for a tenant's."""
    shared = host.tenant == SHARED
    own = shared if selector.side is Side.SERVICE else not shared and selector.town in ("", host.tenant)
    return own and selector.name in ("", host.server)


class Matrix:
    """The flows of a plan, indexed; made by `matrix(plan)`, which keeps it with the plan."""

    def __init__(self, plan: NetworkPlan) -> None:
        self.plan = plan
        self.zones = tuple(zone for router in plan.routers for zone in router.zones)
        holders: list[ZonePlan | CloudNetwork] = [*self.zones, *plan.cloud_networks]
        self._index = {
            4: sorted(((h.prefix4.first, h.prefix4.last, h) for h in holders), key=lambda item: item[0]),
            6: sorted(((h.prefix6.first, h.prefix6.last, h) for h in holders), key=lambda item: item[0]),
        }
        self._starts = {version: [item[0] for item in items] for version, items in self._index.items()}
        self._hosts = {int(a): h for h in plan.cloud_addresses for a in (h.address4, h.address6)}
        self._resolved: dict[Selector, Families] = {}

    def place(self, address: IPAddress) -> Place:
        """Return where an address lies."""
        value, version = int(address), address.version
        at = bisect_right(self._starts[version], value) - 1
        first, last, holder = self._index[version][at] if at >= 0 else (0, -1, None)
        if holder is None or not first <= value <= last:
            return Place(upstreams=tuple(self._upstreams(address)))
        if isinstance(holder, ZonePlan):
            return Place(zone=holder)
        return Place(network=holder, host=self._hosts.get(value))

    def _upstreams(self, address: IPAddress) -> Iterable[str]:
        """Return the upstream networks that hold an address: those that name it, else those that name nothing."""
        pools = self.plan.pools4 if address.version == 4 else self.plan.pools6
        if any(address in pool for pool in pools):
            return []
        naming = [u for u in self.plan.upstreams if any(address in p for p in (*u.prefixes4, *u.prefixes6))]
        return [u.id for u in naming or [u for u in self.plan.upstreams if not (u.prefixes4 or u.prefixes6)]]

    def allowed(self, source: IPAddress, target: IPAddress, protocol: str, port: int = 0) -> FlowRule | None:
        """Return the first rule that allows a flow, or None: then it is dropped."""
        one, other = self.place(source), self.place(target)
        for rule in self.plan.rules:
            if opens(rule.ports, protocol, port) and one.chosen_by(rule.source) and other.chosen_by(rule.target):
                return rule
        return None

    def resolve(self, selector: Selector) -> Families:
        """Return the prefixes of both families that a selector stands for, sorted."""
        if selector not in self._resolved:
            found = self._prefixes(selector)
            self._resolved[selector] = (
                tuple(sorted(network for network in found if network.version == 4)),
                tuple(sorted(network for network in found if network.version == 6)),
            )
        return self._resolved[selector]

    def _prefixes(self, selector: Selector) -> list[IPNetwork]:
        match selector.side:
            case Side.ZONE:
                return [p for zone in self.zones if selector.matches(zone) for p in (zone.prefix4, zone.prefix6)]
            case Side.TIER:
                networks = (n for n in self.plan.cloud_networks if _of_tier(n, selector))
                return [prefix for network in networks for prefix in (network.prefix4, network.prefix6)]
            case Side.UPSTREAM:
                named = (u for u in self.plan.upstreams if selector.name in ("", u.id))
                return [prefix for upstream in named for prefix in beyond(self.plan, upstream)]
        hosts = (host for host in self.plan.cloud_addresses if _of_host(host, selector))
        return [IPNetwork(address) for host in hosts for address in (host.address4, host.address6)]


def opens(ports: Iterable[str], protocol: str, port: int) -> bool:
    """Tell whether a port is among those of a rule: "tcp/443", "udp/10000-20000", "icmp" or "any"."""
    for text in ports:
        name, _, span = text.partition("/")
        first, _, last = span.partition("-")
        if name == "any" or (name == protocol and (not span or int(first) <= port <= int(last or first))):
            return True
    return False


def matrix(plan: NetworkPlan) -> Matrix:
    """Return the indexed flows of a plan, made at the first call."""
    known = plan.memo.get("matrix")
    if not isinstance(known, Matrix):
        known = plan.memo["matrix"] = Matrix(plan)
    return known


def allowed(plan: NetworkPlan, source: IPAddress, target: IPAddress, protocol: str, port: int = 0) -> FlowRule | None:
    """Return the first rule that allows a flow between two addresses, or None: then it is dropped."""
    return matrix(plan).allowed(source, target, protocol, port)


def resolve(plan: NetworkPlan, selector: Selector) -> Families:
    """Return the IPv4 and the IPv6 prefixes that a selector stands for, sorted."""
    return matrix(plan).resolve(selector)
