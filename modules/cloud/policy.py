"""From the flows of the network plan to the rules of security groups: both ends of every flow, both families.

The network's routers enforce the same flows; here they are enforced once more at each server. Pure.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Literal

from netaddr import IPNetwork

from virgem.modules.cloud.model import AddressGroup, Direction, Family, SecurityRule
from virgem.modules.estate.model.cloud import Tier
from virgem.network.lock import Block, prefix_text
from virgem.network.matrix import Named, grouped, matrix, opens
from virgem.network.model import SHARED, CloudAddress, FlowRule, NetworkPlan, Selector, Side

# Servers and upstream prefixes up to this many stand in rules of their own; zones, services and tiers are always named
# by an address group, so that the number of rules does not grow with the region. The internet is many prefixes, all but
# private ones, and so always a group.
DIRECT = 4
# The link-local address of the metadata service, from which a server fetches its identity at boot.
METADATA = "169.254.169.254/32"
FAMILIES: tuple[Family, ...] = ("IPv4", "IPv6")
# The longest description that the network service takes, in characters.
DESCRIPTION = 255


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


# A flow, and the side of it that is not the subject.
Pair = tuple[FlowRule, Selector]
# The far end of a rule: key (empty for all that use a port together), and one of prefix, address group, security group.
FarEnd = tuple[str, str, str, str]


@dataclass(frozen=True, slots=True)
class Remote:
    """The far side of a flow: `token` names the selection."""

    token: str
    selectors: frozenset[Selector]


@dataclass(frozen=True, slots=True, kw_only=True)
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
    targets: Mapping[Key, tuple[FlowRule, ...]]
    sources: Mapping[Key, tuple[FlowRule, ...]]
    _ends: dict[frozenset[Selector], tuple[Named, ...]] = field(default_factory=dict, compare=False, repr=False)
    _merged: dict[tuple[frozenset[Selector], Family], tuple[str, ...]] = field(
        default_factory=dict, compare=False, repr=False
    )

    def ends(self, remote: Remote, family: Family) -> list[Named]:
        """Return key and prefix of everything on the far side that has this family."""
        if remote.selectors not in self._ends:
            found = {named for selector in remote.selectors for named in matrix(self.plan).named(selector)}
            self._ends[remote.selectors] = tuple(found)
        version = 4 if family == "IPv4" else 6
        return [named for named in self._ends[remote.selectors] if named[1].version == version]

    def merged(self, remote: Remote, family: Family) -> tuple[str, ...]:
        """Return the prefixes of the far side, joined as far as they can be; many tenants name the same one."""
        key = (remote.selectors, family)
        if key not in self._merged:
            self._merged[key] = _joined([prefix for _, prefix in self.ends(remote, family)], family)
        return self._merged[key]


def _joined(prefixes: Iterable[IPNetwork], family: Family) -> tuple[str, ...]:
    """Return prefixes joined as far as they can be: as netaddr does, in a fraction of its time."""
    version: Literal[4, 6] = 4 if family == "IPv4" else 6
    spans: list[tuple[int, int]] = []
    for first, last in sorted((int(prefix.first), int(prefix.last)) for prefix in prefixes):
        if spans and first <= spans[-1][1] + 1:
            spans[-1] = (spans[-1][0], max(spans[-1][1], last))
        else:
            spans.append((first, last))
    return tuple(prefix_text(block, version) for span in spans for block in _blocks(*span))


def _blocks(first: int, last: int) -> Iterator[Block]:
    """Yield the fewest aligned blocks that make up a span."""
    while first <= last:
        fitting = (last - first + 1).bit_length() - 1
        order = min((first & -first).bit_length() - 1, fitting) if first else fitting
        yield first, order
        first += 1 << order


def flows(plan: NetworkPlan) -> Flows:
    """Return the flows of a plan, ready to be asked."""
    return Flows(
        plan=plan,
        targets=grouped(((r.target.side, r.target.town, r.target.name), r) for r in plan.rules),
        sources=grouped(((r.source.side, r.source.town, r.source.name), r) for r in plan.rules),
    )


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


def alike(tenant: str, name: str, exposed: bool) -> Subject:
    """Return servers alike, of a town or of a shared service."""
    side = Side.SERVICE if tenant == SHARED else Side.SERVER
    keys = (*_keys(side, tenant, name), *_keys(side, tenant, ""))
    return Subject(tenant=tenant, id=name, exposed=exposed, keys=keys, defaults=())


def _keys(side: Side, tenant: str, name: str) -> tuple[Key, ...]:
    return (side, tenant, name), (side, "", name)


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
            ends = list(_far_ends(flows, bundle, family, groups))
            for port in bundle.ports:
                yield from (_rule(bundle, port, family, end) for end in ends)


def _bundles(flows: Flows, subject: Subject, near: frozenset[str]) -> Iterator[Bundle]:
    """Return the flows of a subject, joined where they open the same port in the same direction.

    So a server has one rule for a port and not one for each who uses it. What is written in the estate is joined with
    its like from zones only, so that a finding about a rule leads to its flow; upstreams stand alone, so that whatever
    leads outside is seen as such.
    """
    joint: dict[tuple[Direction, bool, str], list[Pair]] = {}
    for direction, flow, far in _touching(flows, subject):
        if far.side is Side.ZONE or not (flow.registered or far.side is Side.UPSTREAM):
            for port in flow.ports:
                joint.setdefault((direction, flow.registered, port), []).append((flow, far))
        else:
            yield _bundle(subject, near, direction, flow.ports, [(flow, far)])
    same: dict[tuple[Direction, frozenset[Pair]], list[str]] = {}
    for (direction, _, port), pairs in joint.items():
        same.setdefault((direction, frozenset(pairs)), []).append(port)
    for (direction, found), ports in same.items():
        yield _bundle(subject, near, direction, tuple(sorted(ports)), sorted(found, key=lambda pair: pair[0].id))


def _bundle(
    subject: Subject, near: frozenset[str], direction: Direction, ports: tuple[str, ...], pairs: Sequence[Pair]
) -> Bundle:
    selectors = frozenset(far for _, far in pairs)
    far = next(iter(selectors))
    alone = len(selectors) == 1
    # One selection has one name, whatever uses it; several together are named after their use.
    used = "-".join((subject.id.replace(":", "-"), direction, *(port.replace("/", "-") for port in ports)))
    own = alone and far.side is Side.SERVER and far.town == subject.tenant and far.name in near
    return Bundle(
        direction=direction,
        ports=ports,
        remote=Remote(_token(far) if alone else used, selectors),
        grouped=not alone or far.side in (Side.SERVICE, Side.TIER, Side.RELAY, Side.ZONE),
        purpose=_purpose(dict.fromkeys(flow for flow, _ in pairs)),
        own_group=far.name if own else "",
    )


def _purpose(flows: Iterable[FlowRule]) -> str:
    """Return what flows are for, in as many characters as a description may have: all ids, or as many as go in."""
    found = list(flows)
    if len(found) == 1:
        return f"{found[0].id}: {found[0].purpose}"[:DESCRIPTION]
    named = ", ".join(flow.id for flow in found)
    if len(named) <= DESCRIPTION:
        return named
    more = f", {len(found)} in all"
    return named[: DESCRIPTION - len(more)].rpartition(", ")[0] + more


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
        id="-".join(filter(None, (bundle.direction, port.replace("/", "-"), family, key))),
        direction=bundle.direction,
        family=family,
        protocol=protocol,
        ports=span,
        prefix=prefix,
        address_group=group,
        remote_group=own,
        description=bundle.purpose,
    )


def _far_ends(flows: Flows, bundle: Bundle, family: Family, groups: dict[str, AddressGroup]) -> Iterator[FarEnd]:
    remote, ends = bundle.remote, flows.ends(bundle.remote, family)
    if bundle.own_group:
        yield remote.token, "", "", bundle.own_group
    elif len(ends) <= DIRECT and not bundle.grouped:
        yield from ((_slug(key), str(prefix.cidr), "", "") for key, prefix in ends)
    elif ends:
        name = f"{remote.token}-{family.lower()}"
        if name not in groups:
            groups[name] = _address_group(name, family, remote, flows.merged(remote, family))
        yield ("" if len(remote.selectors) > 1 else remote.token), "", name, ""


def _address_group(name: str, family: Family, remote: Remote, prefixes: tuple[str, ...]) -> AddressGroup:
    return AddressGroup(id=name, name=name, prefixes=prefixes, description=f"{family} of {remote.token}"[:DESCRIPTION])


def admitted(flows: Flows, balancer: CloudAddress, tier: Tier, port: int, family: Family) -> tuple[str, ...]:
    """Return the prefixes of those whom a flow lets reach a load balancer, as its listener takes them."""
    named = _keys(Side.BALANCER, balancer.tenant, balancer.server)
    around = (*_keys(Side.TIER, balancer.tenant, tier.value), *_keys(Side.TIER, balancer.tenant, ""))
    found = {flow for key in {*named, *around} for flow in flows.targets.get(key, ()) if opens(flow.ports, "tcp", port)}
    return flows.merged(Remote("", frozenset(flow.source for flow in found)), family)


def _slug(key: str) -> str:
    """Return a key as a part of a rule's id, in which `/` and `:` have a meaning of their own."""
    return key.replace(":", "-").replace("/", ".")


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
    entities = ".".join(path.rpartition("/")[2] for path in selector.entities)
    parts = (selector.side.value, where, selector.name, selector.kind, selector.icr, entities)
    more = (*(["desks"] if selector.desks else []), *([f"managed_by_{selector.manager}"] if selector.manager else []))
    return "-".join((*(part for part in parts if part), *more))
