"""Asks the matrix of flows: which rule lets one address reach another, and which prefixes a selector stands for."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Hashable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import TypeVar

from netaddr import IPAddress, IPNetwork, cidr_merge, iprange_to_cidrs

from virgem.network.beyond import beyond
from virgem.network.model import (
    SHARED,
    CloudAddress,
    CloudNetwork,
    FlowRule,
    NetworkPlan,
    Selector,
    Side,
    UpstreamPlan,
    ZonePlan,
)

Families = tuple[tuple[IPNetwork, ...], tuple[IPNetwork, ...]]
# What a selector stands for: each has a key of its own and prefixes of both families.
Holder = ZonePlan | CloudNetwork | CloudAddress | UpstreamPlan
Named = tuple[str, IPNetwork]  # key of a holder, one of its prefixes
# Positions in the list of rules, by the narrowest key of a selector of zones.
Index = Mapping[tuple[str, str], tuple[int, ...]]

K = TypeVar("K", bound=Hashable)
V = TypeVar("V")


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """Where an address lies: in a zone of a site, a network of the cloud (at a server or not), or above the region.

    `relays` are the load balancers that may speak from it.
    """

    zone: ZonePlan | None = None
    network: CloudNetwork | None = None
    host: CloudAddress | None = None
    balancer: CloudAddress | None = None
    relays: tuple[CloudAddress, ...] = ()
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
            case Side.BALANCER:
                return self.balancer is not None and _of_balancer(self.balancer, selector)
            case Side.RELAY:
                return any(_of_balancer(balancer, selector) for balancer in self.relays)
        return self.host is not None and _of_host(self.host, selector)


def _of_tier(network: CloudNetwork, selector: Selector) -> bool:
    return selector.town in ("", network.tenant) and selector.name in ("", network.tier.value)


def _of_balancer(balancer: CloudAddress, selector: Selector) -> bool:
    return selector.town in ("", balancer.tenant) and selector.name in ("", balancer.server)


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
        self._balancers = {int(a): b for b in plan.balancers for a in (b.address4, b.address6)}
        self._floating = {int(h.floating): h for h in (*plan.cloud_addresses, *plan.balancers) if h.floating}
        self._balancers_in = grouped((balancer.network, balancer) for balancer in plan.balancers)
        self.zones_by_town = grouped((zone.site.partition("/")[0], zone) for zone in self.zones)
        self._beyond: dict[str, tuple[IPNetwork, ...]] = {}
        self._resolved: dict[Selector, Families] = {}
        self._matched: dict[tuple[object, ...], tuple[int, ...]] = {}

    def place(self, address: IPAddress) -> Place:
        """Return where an address lies."""
        value, version = int(address), address.version
        if version == 4 and (behind := self._floating.get(value)):
            return self.place(behind.address4)
        at = bisect_right(self._starts[version], value) - 1
        first, last, holder = self._index[version][at] if at >= 0 else (0, -1, None)
        if holder is None or not first <= value <= last:
            return Place(upstreams=tuple(self._upstreams(address)))
        if isinstance(holder, ZonePlan):
            return Place(zone=holder)
        return Place(
            network=holder,
            host=self._hosts.get(value),
            balancer=self._balancers.get(value),
            relays=self._relays(holder, address),
        )

    def _relays(self, network: CloudNetwork, address: IPAddress) -> tuple[CloudAddress, ...]:
        """Return the load balancers that may speak from an address: those of the network, from what it leaves them."""
        first, last = network.left(4 if address.version == 4 else 6)
        return self._balancers_in.get(network.key, ()) if first <= address <= last else ()

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

    @cached_property
    def _by_source(self) -> Index:
        return _by_key((i, rule.source) for i, rule in enumerate(self.plan.rules))

    @cached_property
    def _by_target(self) -> Index:
        return _by_key((i, rule.target) for i, rule in enumerate(self.plan.rules))

    def rules_from(self, zone: ZonePlan) -> tuple[int, ...]:
        """Return the indexes of the rules that let this zone out, in order."""
        return self._rules("from", self._by_source, zone)

    def rules_to(self, zone: ZonePlan) -> tuple[int, ...]:
        """Return the indexes of the rules that let others into this zone, in order."""
        return self._rules("to", self._by_target, zone)

    def _rules(self, way: str, index: Index, zone: ZonePlan) -> tuple[int, ...]:
        # Zones alike share the answer; a site or town counts only where a rule names it.
        town = zone.site.partition("/")[0]
        site_, town_ = zone.site if ("site", zone.site) in index else "", town if ("town", town) in index else ""
        key = (way, site_, town_, zone.zone.id, zone.zone.kind, zone.managers, zone.entity if town_ else "")
        if key not in self._matched:
            rules = self.plan.rules
            found = _candidates(index, zone, town)
            sides = ((i, rules[i].source if way == "from" else rules[i].target) for i in found)
            self._matched[key] = tuple(sorted(i for i, side in sides if side.matches(zone)))
        return self._matched[key]

    @cached_property
    def networks(self) -> Mapping[str, tuple[CloudNetwork, ...]]:
        """The networks of every tenant of the cloud."""
        return grouped((network.tenant, network) for network in self.plan.cloud_networks)

    @cached_property
    def servers(self) -> Mapping[tuple[str, str], tuple[CloudAddress, ...]]:
        """The addresses of servers alike, by tenant and server or service."""
        return grouped(((host.tenant, host.server), host) for host in self.plan.cloud_addresses)

    @cached_property
    def balancers(self) -> Mapping[str, tuple[CloudAddress, ...]]:
        """The addresses of load balancers, by tenant."""
        return grouped((balancer.tenant, balancer) for balancer in self.plan.balancers)

    def holders(self, selector: Selector) -> Iterable[Holder]:
        """Return what a selector stands for: the one answer for routers, cloud and questions alike."""
        match selector.side:
            case Side.ZONE:
                town = selector.site.partition("/")[0] or selector.town
                among = self.zones_by_town.get(town, ()) if town else self.zones
                return (zone for zone in among if selector.matches(zone))
            case Side.TIER:
                networks = self.networks.get(selector.town, ()) if selector.town else self.plan.cloud_networks
                return (network for network in networks if _of_tier(network, selector))
            case Side.UPSTREAM:
                return (upstream for upstream in self.plan.upstreams if selector.name in ("", upstream.id))
            case Side.BALANCER | Side.RELAY:
                balancers = self.balancers.get(selector.town, ()) if selector.town else self.plan.balancers
                return (balancer for balancer in balancers if _of_balancer(balancer, selector))
        return self._chosen_hosts(selector)

    def _chosen_hosts(self, selector: Selector) -> Iterable[CloudAddress]:
        tenant = SHARED if selector.side is Side.SERVICE else selector.town
        if tenant and selector.name:
            known = self.servers.get((tenant, selector.name), ())
            return (host for host in known if _of_host(host, selector))
        return (host for host in self.plan.cloud_addresses if _of_host(host, selector))

    def named(self, selector: Selector) -> Iterator[Named]:
        """Yield key and prefix, in both families, of everything a selector stands for."""
        for holder in self.holders(selector):
            if selector.side is Side.RELAY and isinstance(holder, CloudAddress):
                yield from self._left(self.plan.network[holder.network])
            elif isinstance(holder, CloudAddress):
                yield holder.key, IPNetwork(holder.address4)
                yield holder.key, IPNetwork(holder.address6)
            elif isinstance(holder, UpstreamPlan):
                yield from ((f"upstream:{holder.id}/{prefix}", prefix) for prefix in self.beyond(holder))
            else:
                yield holder.key, holder.prefix4
                yield holder.key, holder.prefix6

    def hosts(self, selector: Selector) -> Iterator[CloudAddress]:
        """Yield the servers and load balancers that a selector stands for, by itself or by their network."""
        if selector.side in (Side.SERVER, Side.SERVICE, Side.BALANCER):
            yield from (holder for holder in self.holders(selector) if isinstance(holder, CloudAddress))
        elif selector.side is Side.TIER:
            networks = {holder.key for holder in self.holders(selector) if isinstance(holder, CloudNetwork)}
            every = (*self.plan.cloud_addresses, *self.plan.balancers)
            yield from (host for host in every if host.network in networks)

    def floating(self, selector: Selector) -> tuple[IPAddress, ...]:
        """Return the floating addresses of what a selector stands for, sorted."""
        if not self._floating:
            return ()
        return tuple(sorted(host.floating for host in self.hosts(selector) if host.floating))

    def _left(self, network: CloudNetwork) -> Iterator[Named]:
        """Yield what a network leaves to the provider: load balancers speak from there, not from their own address."""
        for first, last in (network.left(4), network.left(6)):
            yield from ((f"{network.key}/{prefix}", prefix) for prefix in iprange_to_cidrs(first, last))

    def beyond(self, upstream: UpstreamPlan) -> tuple[IPNetwork, ...]:
        """Return the prefixes of an upstream network, worked out once."""
        if upstream.id not in self._beyond:
            self._beyond[upstream.id] = beyond(self.plan, upstream)
        return self._beyond[upstream.id]

    def resolve(self, selector: Selector) -> Families:
        """Return the prefixes of both families that a selector stands for, sorted; those of upstreams merged."""
        if selector not in self._resolved:
            found = {network for _, network in self.named(selector)}
            every = cidr_merge(found) if selector.side is Side.UPSTREAM else sorted(found, key=IPNetwork.sort_key)
            self._resolved[selector] = (
                tuple(network for network in every if network.version == 4),
                tuple(network for network in every if network.version == 6),
            )
        return self._resolved[selector]


def _key(selector: Selector) -> tuple[str, str]:
    for kind, value in (
        ("site", selector.site),
        ("town", selector.town),
        ("name", selector.name),
        ("kind", selector.kind),
    ):
        if value:
            return kind, value
    return "", ""


def _by_key(selectors: Iterable[tuple[int, Selector]]) -> Index:
    return grouped((_key(selector), index) for index, selector in selectors if selector.side is Side.ZONE)


def _candidates(index: Index, zone: ZonePlan, town: str) -> set[int]:
    id_, kind = zone.zone.id, zone.zone.kind
    keys = (("site", zone.site), ("town", town), ("name", id_), ("name", kind), ("kind", kind), ("", ""))
    return {i for key in keys for i in index.get(key, ())}


def grouped(pairs: Iterable[tuple[K, V]]) -> dict[K, tuple[V, ...]]:
    """Return the values of every key, in order."""
    found: dict[K, list[V]] = {}
    for name, value in pairs:
        found.setdefault(name, []).append(value)
    return {name: tuple(values) for name, values in found.items()}


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
