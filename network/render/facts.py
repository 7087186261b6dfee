"""What the renderers derive from a plan once: prefixes behind selectors as text, peers, name servers."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property

from netaddr import IPAddress, IPNetwork, spanning_cidr

from virgem.modules.estate.kinds import service_kinds
from virgem.network.matrix import matrix
from virgem.network.model import (
    CloudAddress,
    CloudNetwork,
    NetworkPlan,
    Selector,
    Side,
    Vrf,
    ZonePlan,
)
from virgem.network.texts import address_text, dotted, network_text


@dataclass(frozen=True, slots=True)
class Prefixes:
    """The prefixes of one thing in both families, as text."""

    v4: tuple[str, ...]
    v6: tuple[str, ...]

    def __bool__(self) -> bool:
        """Tell whether there is any."""
        return bool(self.v4 or self.v6)


@dataclass(frozen=True, slots=True)
class ZoneText:
    """A zone's prefixes and its gateway with prefix length, as text: written many times, so made once."""

    prefix4: str
    prefix6: str
    gateway4: str
    gateway6: str

    @classmethod
    def of(cls, zone: ZonePlan) -> ZoneText:
        """Return the texts of a zone."""
        prefix4, prefix6 = network_text(zone.prefix4), network_text(zone.prefix6)
        base, _, length = prefix6.partition("/")
        gateway6 = f"{base}1/{length}" if base.endswith("::") else f"{zone.gateway6}/{length}"
        return cls(prefix4, prefix6, f"{dotted(int(zone.prefix4.first) + 1)}/{zone.prefix4.prefixlen}", gateway6)


class Facts:
    """Derived values of one plan; made by `facts(plan)`, which keeps them with the plan."""

    def __init__(self, plan: NetworkPlan) -> None:
        self.plan = plan
        self._prefixes: dict[Selector, Prefixes] = {}
        # Text that several sites share (set definitions, rule lines), by a key of its renderer's choice.
        self.text: dict[object, str] = {}
        self.sets: dict[object, frozenset[str]] = {}

    @cached_property
    def zone_text(self) -> Mapping[str, ZoneText]:
        """The texts of every zone, by key."""
        return {zone.key: ZoneText.of(zone) for zone in matrix(self.plan).zones}

    @cached_property
    def loopbacks(self) -> Prefixes:
        """The fewest prefixes that hold every router's loopback and no address of a tenant."""
        routers = self.plan.routers
        return self._cover([r.loopback4 for r in routers], [r.loopback6 for r in routers])

    @cached_property
    def underlay(self) -> Prefixes:
        """The same for all that the routers speak to each other from: loopbacks and the ends of links."""
        routers, ends = self.plan.routers, [end for link in self.plan.links for end in link.ends]
        return self._cover(
            [*(r.loopback4 for r in routers), *(end.address4.ip for end in ends)],
            [*(r.loopback6 for r in routers), *(end.address6.ip for end in ends)],
        )

    def _cover(self, four: Iterable[IPAddress], six: Iterable[IPAddress]) -> Prefixes:
        held: list[ZonePlan | CloudNetwork] = [*matrix(self.plan).zones, *self.plan.cloud_networks]
        return Prefixes(
            tuple(map(str, cover(four, [h.prefix4 for h in held]))),
            tuple(map(str, cover(six, [h.prefix6 for h in held]))),
        )

    def prefixes(self, selector: Selector) -> Prefixes:
        """Return every prefix behind one side of a rule."""
        found = self._prefixes.get(selector)
        if found is None:
            found = self._prefixes[selector] = self._resolve(selector)
        return found

    def _resolve(self, selector: Selector) -> Prefixes:
        """Return the answer of the matrix as text; that of zones, of which there are many, from their own texts."""
        if selector.side is Side.ZONE:
            zones = (h for h in matrix(self.plan).holders(selector) if isinstance(h, ZonePlan))
            texts = [self.zone_text[zone.key] for zone in zones]
            return Prefixes(tuple(t.prefix4 for t in texts), tuple(t.prefix6 for t in texts))
        four, six = matrix(self.plan).resolve(selector)
        # A datacentre's router stands before the translation of the cloud: it sees floating addresses, both ways.
        floating = (f"{address}/32" for address in matrix(self.plan).floating(selector))
        return Prefixes((*map(network_text, four), *floating), tuple(map(network_text, six)))

    @cached_property
    def resolvers(self) -> Prefixes:
        """The addresses of the shared name servers, without prefix length."""
        return _bare(self.plan.name_servers.values())

    @cached_property
    def clocks(self) -> Prefixes:
        """The addresses of the shared time servers, without prefix length."""
        clocks = (service for service in self.plan.services if service_kinds()[service.kind].tells_time)
        return _bare(host for service in clocks for host in service.hosts)

    def cloud_of(self, vrf: Vrf, datacentre: str) -> Prefixes:
        """Return the prefixes that the cloud of a datacentre holds in a routing instance."""
        return self._cloud.get((vrf.name, datacentre), Prefixes((), ()))

    @cached_property
    def _cloud(self) -> Mapping[tuple[str, str], Prefixes]:
        found: dict[tuple[str, str], list[CloudNetwork]] = {}
        for network in self.plan.cloud_networks:
            found.setdefault((network.vrf, network.datacentre), []).append(network)
        return {key: self._held(networks) for key, networks in found.items()}

    def _held(self, networks: Iterable[CloudNetwork]) -> Prefixes:
        """Return the prefixes of networks with the floating addresses of what stands in them."""
        of = _networks(networks)
        keys = {network.key for network in networks}
        hosts = (*self.plan.cloud_addresses, *self.plan.balancers)
        floating = sorted(h.floating for h in hosts if h.floating and h.network in keys)
        return Prefixes((*of.v4, *(f"{address}/32" for address in floating)), of.v6)

    @cached_property
    def reflectors4(self) -> str:
        """The reflectors' IPv4 loopbacks, joined by commas."""
        return ", ".join(str(router.loopback4) for router in self.plan.reflectors)


def facts(plan: NetworkPlan) -> Facts:
    """Return the derived values of a plan, made at the first call."""
    known = plan.memo.get("render")
    if not isinstance(known, Facts):
        known = plan.memo["render"] = Facts(plan)
    return known


def cover(addresses: Iterable[IPAddress], others: Iterable[IPNetwork]) -> list[IPNetwork]:
    """Return the fewest prefixes that hold these addresses and no part of the others."""
    starts = sorted(int(other.first) for other in others)
    found: list[IPNetwork] = []
    todo = [sorted(set(addresses), key=int)]
    while todo:
        some = todo.pop()
        if not some:
            continue
        whole = spanning_cidr([some[0], some[-1]]) if len(some) > 1 else IPNetwork(some[0])
        # Prefixes nest, so one that has a part in this one and does not hold an address starts within it.
        if len(some) == 1 or bisect_left(starts, whole.first) == bisect_right(starts, whole.last):
            found.append(whole)
            continue
        middle = IPAddress(whole.first + whole.size // 2, whole.version)
        todo += [[a for a in some if a >= middle], [a for a in some if a < middle]]
    return found


def _bare(hosts: Iterable[CloudAddress]) -> Prefixes:
    every = list(hosts)
    return Prefixes(tuple(address_text(h.address4) for h in every), tuple(address_text(h.address6) for h in every))


def _networks(networks: Iterable[CloudNetwork | ZonePlan]) -> Prefixes:
    every = list(networks)
    return Prefixes(tuple(network_text(n.prefix4) for n in every), tuple(network_text(n.prefix6) for n in every))
