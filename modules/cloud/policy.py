"""From the flows of the network plan to the rules of security groups: both ends of every flow, both families.

The network's routers enforce the same flows; here they are enforced once more at each server. Pure.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import TypeVar

from netaddr import IPAddress, IPNetwork, cidr_merge

from virgem.modules.cloud.model import AddressGroup, Direction, Family, SecurityRule
from virgem.modules.estate.model.cloud import Tier
from virgem.network.model import SHARED, CloudAddress, CloudNetwork, FlowRule, NetworkPlan, Selector, Side, ZonePlan

# Servers and upstream prefixes up to this many stand in rules of their own; zones, services and tiers are always named
# by an address group, so that the number of rules does not grow with the region.
DIRECT = 4
# The link-local address of the metadata service, from which a server fetches its identity at boot.
METADATA = "169.254.169.254/32"
WORLD: Mapping[Family, str] = {"IPv4": "0.0.0.0/0", "IPv6": "::/0"}
DIRECTIONS: tuple[Direction, ...] = ("ingress", "egress")
FAMILIES: tuple[Family, ...] = ("IPv4", "IPv6")


# What selects servers in a flow: side, tenant and name; empty means any.
Key = tuple[Side, str, str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Subject:
    """What a security group is made for: all servers of a tenant, those of a tier, or servers alike.

    A server has all three groups, so that a rule for many servers stands once.
    """

    tenant: str
    id: str  # "tier:any", "tier:dmz", or the id of a server or service
    exposed: bool
    keys: tuple[Key, ...]
    defaults: tuple[SecurityRule, ...]


# One far end of a flow: a key made of ids, its IPv4 and its IPv6 prefix.
End = tuple[str, IPNetwork | None, IPNetwork | None]


# The far end of a rule: key, and one of prefix, address group and security group.
FarEnd = tuple[str, str, str, str]


@dataclass(frozen=True, slots=True)
class Remote:
    """The far side of a flow: `token` names the selection."""

    token: str
    ends: tuple[End, ...]

    def of(self, family: Family) -> list[tuple[str, IPNetwork]]:
        """Return key and prefix of every end that has this family."""
        pairs = ((key, four if family == "IPv4" else six) for key, four, six in self.ends)
        return [(key, prefix) for key, prefix in pairs if prefix is not None]


@dataclass(frozen=True, slots=True)
class Bundle:
    """Flows that become rules together: `grouped` ones always name an address group, so that they never split up."""

    direction: Direction
    ports: tuple[str, ...]
    remote: Remote
    grouped: bool
    purpose: str
    own_group: str = ""  # the security group of the same tenant that the far side has


@dataclass(frozen=True, slots=True, kw_only=True)
class Policy:
    """What the security groups of one tenant need: rules by subject id and the address groups they name."""

    rules: Mapping[str, tuple[SecurityRule, ...]]
    address_groups: tuple[AddressGroup, ...]


@dataclass(frozen=True, kw_only=True)
class Flows:
    """The flows of a network plan, indexed so that a region's policy is made in one pass."""

    plan: NetworkPlan
    targets: Mapping[tuple[Side, str, str], tuple[FlowRule, ...]]
    sources: Mapping[tuple[Side, str, str], tuple[FlowRule, ...]]
    zones: Mapping[str, tuple[ZonePlan, ...]]  # by municipality id, "" for all
    networks: Mapping[str, tuple[CloudNetwork, ...]]  # by tenant
    hosts: Mapping[tuple[str, str], tuple[CloudAddress, ...]]  # by tenant and server or service id
    _remotes: dict[Selector, Remote] = field(default_factory=dict, compare=False, repr=False)
    _unions: dict[frozenset[Selector], tuple[End, ...]] = field(default_factory=dict, compare=False, repr=False)

    def remote(self, selector: Selector) -> Remote:
        """Return the prefixes of one side of a flow."""
        if selector not in self._remotes:
            self._remotes[selector] = Remote(_token(selector), tuple(sorted(_ends(self, selector), key=str)))
        return self._remotes[selector]

    def union(self, selectors: frozenset[Selector]) -> tuple[End, ...]:
        """Return the ends that any of these selectors names, each once."""
        if selectors not in self._unions:
            found = {end[0]: end for selector in selectors for end in self.remote(selector).ends}
            self._unions[selectors] = tuple(found[key] for key in sorted(found))
        return self._unions[selectors]


def flows(plan: NetworkPlan) -> Flows:
    """Return the flows of a plan, ready to be asked."""
    rules = plan.rules
    zones = [(router.town.id, zone) for router in plan.routers for zone in router.zones]
    return Flows(
        plan=plan,
        targets=_grouped(((r.target.side, r.target.town, r.target.name), r) for r in rules),
        sources=_grouped(((r.source.side, r.source.town, r.source.name), r) for r in rules),
        zones=_grouped([*zones, *(("", zone) for _, zone in zones)]),
        networks=_grouped((network.tenant, network) for network in plan.cloud_networks),
        hosts=_grouped(((a.tenant, a.server), a) for a in plan.cloud_addresses),
    )


K = TypeVar("K")
V = TypeVar("V")


def _grouped(pairs: Iterable[tuple[K, V]]) -> dict[K, tuple[V, ...]]:
    found: dict[K, list[V]] = {}
    for name, value in pairs:
        found.setdefault(name, []).append(value)
    return {name: tuple(values) for name, values in found.items()}


def everywhere(tenant: str) -> Subject:
    """Return what all servers of a tenant have in common, with the one flow that no kind of thing brings."""
    metadata = SecurityRule(
        id="egress-tcp-80-IPv4-metadata",
        direction="egress",
        family="IPv4",
        protocol="tcp",
        ports=(80, 80),
        prefix=METADATA,
        description="default: metadata service",
    )
    return Subject(tenant=tenant, id="tier:any", exposed=False, keys=_keys(Side.TIER, tenant, ""), defaults=(metadata,))


def tier(tenant: str, name: Tier) -> Subject:
    """Return what the servers of a tier have in common."""
    keys = _keys(Side.TIER, tenant, name.value)
    return Subject(tenant=tenant, id=f"tier:{name}", exposed=name is Tier.DMZ, keys=keys, defaults=())


def alike(tenant: str, name: str, exposed: bool, copies: int) -> Subject:
    """Return servers alike, of a town or of a shared service; copies may reach each other."""
    side = Side.SERVICE if tenant == SHARED else Side.SERVER
    keys = (*_keys(side, tenant, name), *_keys(side, tenant, ""))
    defaults = tuple(_between(name, d, f) for d in DIRECTIONS for f in FAMILIES) if copies > 1 else ()
    return Subject(tenant=tenant, id=name, exposed=exposed, keys=keys, defaults=defaults)


def _keys(side: Side, tenant: str, name: str) -> tuple[Key, ...]:
    return (side, tenant, name), (side, "", name)


def _between(group: str, direction: Direction, family: Family) -> SecurityRule:
    return SecurityRule(
        id=f"{direction}-any-{family}-own-group",
        direction=direction,
        family=family,
        protocol="",
        ports=None,
        remote_group=group,
        description="default: between servers alike",
    )


def policy(flows: Flows, subjects: Iterable[Subject]) -> Policy:
    """Return the rules of every subject of one tenant."""
    groups: dict[str, AddressGroup] = {}
    found = tuple(subjects)
    alike_ids = frozenset(subject.id for subject in found)
    rules = {subject.id: _rules(flows, subject, alike_ids, groups) for subject in found}
    return Policy(rules=rules, address_groups=tuple(groups[name] for name in sorted(groups)))


def _rules(
    flows: Flows, subject: Subject, near: frozenset[str], groups: dict[str, AddressGroup]
) -> tuple[SecurityRule, ...]:
    found: dict[SecurityRule, SecurityRule] = {}
    for rule in sorted([*subject.defaults, *_from_flows(flows, subject, near, groups)], key=lambda r: r.id):
        # The service refuses two rules that say the same, whatever flows they come from.
        found.setdefault(replace(rule, id="", description=""), rule)
    return tuple(found.values())


def _from_flows(
    flows: Flows, subject: Subject, near: frozenset[str], groups: dict[str, AddressGroup]
) -> Iterator[SecurityRule]:
    for bundle in _bundles(flows, subject, near):
        for family in FAMILIES:
            ends = list(_far_ends(bundle, family, groups))
            for port in bundle.ports:
                yield from (_rule(bundle, port, family, end) for end in ends)


def _bundles(flows: Flows, subject: Subject, near: frozenset[str]) -> Iterator[Bundle]:
    """Return the flows of a subject; those of zones with the same ports become one, however many zones there are."""
    zones: dict[tuple[Direction, tuple[str, ...]], list[tuple[FlowRule, Selector]]] = {}
    for direction, flow, far in _touching(flows, subject):
        if far.side is Side.ZONE:
            zones.setdefault((direction, tuple(sorted(flow.ports))), []).append((flow, far))
        else:
            own = far.name if far.side is Side.SERVER and far.town == subject.tenant and far.name in near else ""
            grouped = far.side in (Side.SERVICE, Side.TIER)
            yield Bundle(direction, flow.ports, flows.remote(far), grouped, f"{flow.id}: {flow.purpose}", own)
    for (direction, ports), pairs in zones.items():
        selectors = frozenset(far for _, far in pairs)
        shared_by = "-".join((subject.id, direction, *(port.replace("/", "-") for port in ports), "zones"))
        # One selection has one name, whatever uses it; several together are named after their use.
        token = _token(pairs[0][1]) if len(selectors) == 1 else shared_by
        remote = Remote(token, flows.union(selectors))
        yield Bundle(direction, ports, remote, True, ", ".join(sorted({flow.id for flow, _ in pairs})))


def _touching(flows: Flows, subject: Subject) -> Iterator[tuple[Direction, FlowRule, Selector]]:
    for key in subject.keys:
        for flow in flows.targets.get(key, ()):
            yield "ingress", flow, _bounded(flow.source, subject)
        for flow in flows.sources.get(key, ()):
            yield "egress", flow, _bounded(flow.target, subject)


def _bounded(selector: Selector, subject: Subject) -> Selector:
    """Servers of any tenant mean those of the same tenant; only the shared services see every tenant."""
    if selector.side in (Side.SERVER, Side.TIER) and not selector.town and subject.tenant != SHARED:
        return replace(selector, town=subject.tenant)
    return selector


def _rule(bundle: Bundle, port: str, family: Family, end: FarEnd) -> SecurityRule:
    key, prefix, group, own = end
    protocol, span = parse_port(port, family)
    return SecurityRule(
        id=f"{bundle.direction}-{port.replace('/', '-')}-{family}-{key}",
        direction=bundle.direction,
        family=family,
        protocol=protocol,
        ports=span,
        prefix=prefix,
        address_group=group,
        remote_group=own,
        description=bundle.purpose[:255],
    )


def _far_ends(bundle: Bundle, family: Family, groups: dict[str, AddressGroup]) -> Iterator[FarEnd]:
    ends = bundle.remote.of(family)
    if bundle.own_group:
        yield bundle.remote.token, "", "", bundle.own_group
    elif len(ends) <= DIRECT and not bundle.grouped:
        yield from ((key, str(prefix.cidr), "", "") for key, prefix in ends)
    elif ends:
        name = f"{bundle.remote.token}-{family.lower()}"
        if name not in groups:
            groups[name] = _address_group(name, family, bundle.remote, ends)
        yield bundle.remote.token, "", name, ""


def _address_group(name: str, family: Family, remote: Remote, ends: list[tuple[str, IPNetwork]]) -> AddressGroup:
    prefixes = tuple(str(prefix) for prefix in cidr_merge([prefix for _, prefix in ends]))
    return AddressGroup(id=name, name=name, prefixes=prefixes, description=f"{family} of {remote.token}"[:255])


def parse_port(text: str, family: Family) -> tuple[str, tuple[int, int] | None]:
    """Return protocol and range of a flow's port: "tcp/443", "udp/10000-20000", "tcp", "icmp" or "any"."""
    protocol, _, ports = text.partition("/")
    if protocol == "any":
        return "", None
    if protocol == "icmp":
        return ("icmp" if family == "IPv4" else "ipv6-icmp"), None
    if not ports:
        return protocol, None
    first, _, last = ports.partition("-")
    return protocol, (int(first), int(last or first))


def _token(selector: Selector) -> str:
    where = (selector.site or selector.town or "all").replace("/", ".")
    parts = (selector.side.value, where, selector.name, selector.kind, selector.icr)
    return "-".join(part for part in parts if part)


def _ends(flows: Flows, selector: Selector) -> Iterator[End]:
    return _RESOLVERS[selector.side](flows, selector)


def _zone_ends(flows: Flows, selector: Selector) -> Iterator[End]:
    town = selector.town or selector.site.partition("/")[0]
    for zone in flows.zones.get(town, ()):
        if selector.matches(zone):
            yield f"zone-{zone.site}:{zone.zone.id}".replace("/", "."), zone.prefix4, zone.prefix6


def _host_ends(hosts: Iterable[CloudAddress]) -> Iterator[End]:
    for host in hosts:
        yield f"host-{host.tenant}.{host.name}", _single(host.address4), _single(host.address6)


def _service_ends(flows: Flows, selector: Selector) -> Iterator[End]:
    for service in flows.plan.services:
        if selector.name in ("", service.id):
            yield from _host_ends(service.hosts)


def _server_ends(flows: Flows, selector: Selector) -> Iterator[End]:
    for (tenant, server), hosts in flows.hosts.items():
        if tenant != SHARED and selector.town in ("", tenant) and selector.name in ("", server):
            yield from _host_ends(hosts)


def _tier_ends(flows: Flows, selector: Selector) -> Iterator[End]:
    tenants = (selector.town,) if selector.town else tuple(flows.networks)
    for tenant in tenants:
        for network in flows.networks.get(tenant, ()):
            if selector.name in ("", network.tier.value):
                yield f"network-{network.name}", network.prefix4, network.prefix6


def _upstream_ends(flows: Flows, selector: Selector) -> Iterator[End]:
    for upstream in flows.plan.upstreams:
        if selector.name not in ("", upstream.id):
            continue
        if not upstream.prefixes4 and not upstream.prefixes6:
            yield f"upstream-{upstream.id}", IPNetwork(WORLD["IPv4"]), IPNetwork(WORLD["IPv6"])
        for prefix in (*upstream.prefixes4, *upstream.prefixes6):
            key = f"upstream-{upstream.id}-{prefix}".replace("/", "_")
            yield (key, prefix, None) if prefix.version == 4 else (key, None, prefix)


_RESOLVERS = {
    Side.ZONE: _zone_ends,
    Side.SERVICE: _service_ends,
    Side.SERVER: _server_ends,
    Side.TIER: _tier_ends,
    Side.UPSTREAM: _upstream_ends,
}


def _single(address: IPAddress) -> IPNetwork:
    return IPNetwork(f"{address}/{32 if address.version == 4 else 128}")
