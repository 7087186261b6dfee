"""From the flows of the network plan to the rules of security groups: both ends of every flow, both families.

The network's routers enforce the same flows; here they are enforced once more at each server. Pure.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import TypeVar

from netaddr import IPAddress, IPNetwork, cidr_merge

from virgem.modules.cloud.model import SHARED, AddressGroup, Direction, Family, SecurityRule
from virgem.modules.estate.model.cloud import Tier
from virgem.network.model import CloudAddress, CloudNetwork, FlowRule, NetworkPlan, Selector, Side, ZonePlan

# Above this many far ends a rule names an address group, so that the number of rules does not grow with the region.
DIRECT = 4
# The link-local address of the metadata service, from which a server fetches its identity at boot.
METADATA = "169.254.169.254/32"
WORLD: Mapping[Family, str] = {"IPv4": "0.0.0.0/0", "IPv6": "::/0"}
DIRECTIONS: tuple[Direction, ...] = ("ingress", "egress")
FAMILIES: tuple[Family, ...] = ("IPv4", "IPv6")


@dataclass(frozen=True, slots=True, kw_only=True)
class Subject:
    """Servers alike, for which a security group is made: a server id of a tenant or a shared service."""

    tenant: str
    id: str
    tier: Tier
    hosts: tuple[CloudAddress, ...]


@dataclass(frozen=True, slots=True)
class Remote:
    """The far side of a flow: `token` names the selection, `ends` are (key, IPv4, IPv6)."""

    token: str
    ends: tuple[tuple[str, IPNetwork | None, IPNetwork | None], ...]

    def of(self, family: Family) -> list[tuple[str, IPNetwork]]:
        """Return key and prefix of every end that has this family."""
        pairs = ((key, four if family == "IPv4" else six) for key, four, six in self.ends)
        return [(key, prefix) for key, prefix in pairs if prefix is not None]


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

    def remote(self, selector: Selector) -> Remote:
        """Return the prefixes of one side of a flow."""
        if selector not in self._remotes:
            self._remotes[selector] = Remote(_token(selector), tuple(sorted(_ends(self, selector), key=str)))
        return self._remotes[selector]


def flows(plan: NetworkPlan, more: Iterable[FlowRule] = ()) -> Flows:
    """Return the flows of a plan, with those that servers declare within their tenant, ready to be asked."""
    rules = (*plan.rules, *more)
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


def policy(flows: Flows, subjects: Iterable[Subject]) -> Policy:
    """Return the rules of every subject of one tenant."""
    groups: dict[str, AddressGroup] = {}
    rules = {subject.id: _rules(flows, subject, groups) for subject in subjects}
    return Policy(rules=rules, address_groups=tuple(groups[name] for name in sorted(groups)))


def _rules(flows: Flows, subject: Subject, groups: dict[str, AddressGroup]) -> tuple[SecurityRule, ...]:
    found: dict[tuple[object, ...], SecurityRule] = {}
    for rule in sorted([*_explicit_defaults(subject), *_from_flows(flows, subject, groups)], key=lambda r: r.id):
        # The service refuses two rules that say the same, whatever flows they come from.
        content = (
            rule.direction,
            rule.family,
            rule.protocol,
            rule.ports,
            rule.prefix,
            rule.address_group,
            rule.own_group,
        )
        found.setdefault(content, rule)
    return tuple(found.values())


def _explicit_defaults(subject: Subject) -> Iterator[SecurityRule]:
    """What every server may do though no flow says so; the provider's own default rules are all removed."""
    yield SecurityRule(
        id="egress-tcp-80-IPv4-metadata",
        direction="egress",
        family="IPv4",
        protocol="tcp",
        ports=(80, 80),
        prefix=METADATA,
        description="default: metadata service",
    )
    if len(subject.hosts) > 1:
        for direction in DIRECTIONS:
            for family in FAMILIES:
                yield SecurityRule(
                    id=f"{direction}-any-{family}-own-group",
                    direction=direction,
                    family=family,
                    protocol="",
                    ports=None,
                    own_group=True,
                    description="default: between servers alike",
                )


def _from_flows(flows: Flows, subject: Subject, groups: dict[str, AddressGroup]) -> Iterator[SecurityRule]:
    for key in _selected_by(subject):
        for flow in flows.targets.get(key, ()):
            yield from _flow_rules(flows, flow, "ingress", _bounded(flow.source, subject), groups)
        for flow in flows.sources.get(key, ()):
            yield from _flow_rules(flows, flow, "egress", _bounded(flow.target, subject), groups)


def _selected_by(subject: Subject) -> Iterator[tuple[Side, str, str]]:
    """Every (side, town, name) of a selector that selects the subject; empty means any."""
    for name in (subject.id, ""):
        if subject.tenant == SHARED:
            yield from ((Side.SERVICE, town, name) for town in (SHARED, ""))
        else:
            yield from ((Side.SERVER, town, name) for town in (subject.tenant, ""))
    for tier in (subject.tier.value, ""):
        yield from ((Side.TIER, town, tier) for town in (subject.tenant, ""))


def _bounded(selector: Selector, subject: Subject) -> Selector:
    """Servers of any tenant mean those of the same tenant; only the shared services see every tenant."""
    if selector.side in (Side.SERVER, Side.TIER) and not selector.town and subject.tenant != SHARED:
        return replace(selector, town=subject.tenant)
    return selector


def _flow_rules(
    flows: Flows, flow: FlowRule, direction: Direction, far: Selector, groups: dict[str, AddressGroup]
) -> Iterator[SecurityRule]:
    remote = flows.remote(far)
    for family in FAMILIES:
        ends = list(_far_ends(remote, family, groups))
        for port in flow.ports:
            protocol, span = parse_port(port, family)
            for key, prefix, group in ends:
                yield SecurityRule(
                    id=f"{direction}-{port.replace('/', '-')}-{family}-{key}",
                    direction=direction,
                    family=family,
                    protocol=protocol,
                    ports=span,
                    prefix=prefix,
                    address_group=group,
                    description=f"{flow.id}: {flow.purpose}"[:255],
                )


def _far_ends(remote: Remote, family: Family, groups: dict[str, AddressGroup]) -> Iterator[tuple[str, str, str]]:
    """Return (key, prefix, address group) for each far end of a rule."""
    ends = remote.of(family)
    if len(ends) <= DIRECT:
        yield from ((key, str(prefix.cidr), "") for key, prefix in ends)
        return
    name = f"{remote.token}-{family.lower()}"
    if name not in groups:
        prefixes = tuple(str(prefix) for prefix in cidr_merge([prefix for _, prefix in ends]))
        groups[name] = AddressGroup(id=name, name=name, prefixes=prefixes, description=f"{family} of {remote.token}")
    yield name, "", name


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


_End = tuple[str, IPNetwork | None, IPNetwork | None]


def _ends(flows: Flows, selector: Selector) -> Iterator[_End]:
    return _RESOLVERS[selector.side](flows, selector)


def _zone_ends(flows: Flows, selector: Selector) -> Iterator[_End]:
    town = selector.town or selector.site.partition("/")[0]
    for zone in flows.zones.get(town, ()):
        if selector.matches(zone):
            yield f"zone-{zone.site}:{zone.zone.id}".replace("/", "."), zone.prefix4, zone.prefix6


def _host_ends(hosts: Iterable[CloudAddress]) -> Iterator[_End]:
    for host in hosts:
        yield f"host-{host.tenant}.{host.name}", _single(host.address4), _single(host.address6)


def _service_ends(flows: Flows, selector: Selector) -> Iterator[_End]:
    for service in flows.plan.services:
        if selector.name in ("", service.id):
            yield from _host_ends(service.hosts)


def _server_ends(flows: Flows, selector: Selector) -> Iterator[_End]:
    for (tenant, server), hosts in flows.hosts.items():
        if tenant != SHARED and selector.town in ("", tenant) and selector.name in ("", server):
            yield from _host_ends(hosts)


def _tier_ends(flows: Flows, selector: Selector) -> Iterator[_End]:
    tenants = (selector.town,) if selector.town else tuple(flows.networks)
    for tenant in tenants:
        for network in flows.networks.get(tenant, ()):
            if selector.name in ("", network.tier.value):
                yield f"network-{network.name}", network.prefix4, network.prefix6


def _upstream_ends(flows: Flows, selector: Selector) -> Iterator[_End]:
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
