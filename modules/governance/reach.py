"""Who a planned rule lets in, by address: spans of both families, and the networks that servers stand in."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache

from netaddr import IPNetwork

from virgem.modules.estate.kinds import zone_kinds
from virgem.modules.estate.model.cloud import Tier
from virgem.modules.governance.planned import ADDRESS_GROUP, GROUP, NETWORK, PORT, RULE, SUBNET, Planned, Resource
from virgem.network.model import SHARED

# What no router of the internet passes on (RFC 1918, 6598, 3927, 1122; RFC 4193, 4291).
_NOT_PUBLIC = (
    *("10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "100.64.0.0/10", "169.254.0.0/16", "127.0.0.0/8"),
    *("fc00::/7", "fe80::/10", "::1/128"),
)
_ANYWHERE = {"IPv4": ("0.0.0.0/0",), "IPv6": ("::/0",)}

# Version, first and last address.
Span = tuple[int, int, int]


@cache
def span(prefix: str) -> Span:
    """Return the addresses of a prefix."""
    network = IPNetwork(prefix)
    return network.version, int(network.first), int(network.last)


@dataclass(frozen=True, slots=True)
class Addresses:
    """A set of addresses of both families, as spans that are joined and sorted."""

    spans: tuple[Span, ...]

    def holds(self, prefix: str) -> bool:
        """Tell whether all addresses of a prefix are in the set."""
        version, first, last = span(prefix)
        found = bisect_right(self.spans, (version, first, 1 << 129)) - 1
        if found < 0:
            return False
        other, begin, end = self.spans[found]
        return other == version and begin <= first and last <= end

    def beyond(self, prefixes: Iterable[str]) -> tuple[str, ...]:
        """Return the prefixes that have addresses outside the set."""
        return tuple(prefix for prefix in prefixes if not self.holds(prefix))


def addresses(prefixes: Iterable[str]) -> Addresses:
    """Return the set of all addresses of some prefixes."""
    joined: list[Span] = []
    for version, first, last in sorted(span(prefix) for prefix in prefixes):
        if joined and joined[-1][0] == version and first <= joined[-1][2] + 1:
            joined[-1] = (version, joined[-1][1], max(joined[-1][2], last))
        else:
            joined.append((version, first, last))
    return Addresses(tuple(joined))


def known_networks(planned: Planned) -> Addresses:
    """Return all addresses that are not those of public networks: private ones, ours, and upstreams by contract."""
    plan = planned.network
    upstreams = (p for up in plan.upstreams if not up.public for p in (*up.prefixes4, *up.prefixes6))
    return addresses([*_NOT_PUBLIC, *(str(prefix) for prefix in (*plan.pools4, *plan.pools6, *upstreams))])


def management_networks(planned: Planned, tenant: str) -> Addresses:
    """Return what may manage a tenant's servers: its own management networks and zones, and the operator's network."""
    plan, kinds = planned.network, zone_kinds()
    nets = [n for n in plan.cloud_networks if n.tier is Tier.MANAGEMENT and n.tenant in (tenant, SHARED)]
    zones = [
        zone
        for router in plan.routers
        if router.town.id == tenant
        for zone in router.zones
        if kinds[zone.zone.kind].management
    ]
    prefixes = [prefix for net in nets for prefix in (net.prefix4, net.prefix6)]
    prefixes += [prefix for zone in zones for prefix in (zone.prefix4, zone.prefix6)]
    return addresses(map(str, prefixes))


# ---- rules


@dataclass(frozen=True, slots=True)
class FarSide:
    """Whom a rule lets in: prefixes, or the servers of a security group."""

    prefixes: tuple[str, ...] = ()
    group: str = ""  # urn


def far_side(planned: Planned, rule: Resource) -> FarSide:
    """Return whom a rule lets in; what cannot be traced to planned prefixes or servers is anywhere."""
    if "remoteGroupId" in rule.planned.inputs:
        found = planned.needed(rule, "remoteGroupId", GROUP)
        return FarSide(group=found[0].urn) if found else FarSide(_anywhere(rule))
    if "remoteAddressGroupId" in rule.planned.inputs:
        groups = planned.needed(rule, "remoteAddressGroupId", ADDRESS_GROUP)
        return FarSide(tuple(p for g in groups for p in g.items("addresses")) if groups else _anywhere(rule))
    prefix = rule.text("remoteIpPrefix")
    return FarSide((prefix,) if prefix else _anywhere(rule))


def _anywhere(rule: Resource) -> tuple[str, ...]:
    return _ANYWHERE.get(rule.text("ethertype"), (*_ANYWHERE["IPv4"], *_ANYWHERE["IPv6"]))


def ingress(planned: Planned) -> tuple[Resource, ...]:
    """Return the rules that let something in."""
    return tuple(rule for rule in planned.of(RULE) if rule.text("direction") != "egress")


def service(rule: Resource) -> str:
    """Return what a rule is about, as flows write it: "tcp/443", "udp/10000-20000", "tcp" or "any"."""
    protocol = rule.text("protocol") or "any"
    first, last = rule.get("portRangeMin"), rule.get("portRangeMax")
    if first is None:
        return protocol
    return f"{protocol}/{first}" if first == last else f"{protocol}/{first}-{last}"


# ---- where servers stand


@dataclass(frozen=True, slots=True)
class Standing:
    """The tiers of planned networks: by port, and those of all ports that bear a security group."""

    of_port: Mapping[str, Tier | None]
    of_group: Mapping[str, frozenset[Tier | None]]
    holders: Mapping[str, tuple[str, ...]]  # names of the ports of a group


def standing(planned: Planned) -> Standing:
    """Return in which tier every port stands; None for a network that the plan does not have."""
    of_port = {port.urn: tier(planned, port) for port in planned.of(PORT)}
    of_group: dict[str, set[Tier | None]] = {}
    holders: dict[str, list[str]] = {}
    for port in planned.of(PORT):
        for group in port.needs("securityGroupIds"):
            of_group.setdefault(group, set()).add(of_port[port.urn])
            holders.setdefault(group, []).append(port.name)
    tiers = {group: frozenset(found) for group, found in of_group.items()}
    return Standing(of_port, tiers, {group: tuple(sorted(names)) for group, names in holders.items()})


def tier(planned: Planned, port: Resource) -> Tier | None:
    """Return the tier of the network that a port stands in, None where that is none of the plan's."""
    networks = planned.needed(port, "networkId", NETWORK)
    return planned.tiers.get(networks[0].text("name")) if networks else None


def subnet_tier(planned: Planned, resource: Resource, key: str) -> Tier | None:
    """Return the tier of the network in which a subnet lies that an input comes from."""
    subnets = planned.needed(resource, key, SUBNET)
    return tier(planned, subnets[0]) if subnets else None
