"""The matrix of flows as exact sets of packets: what may pass in all, at one place, or towards one address."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property

from virgem.modules.problem import Mark
from virgem.network.enforcement.lists import Entry, decide, review
from virgem.network.enforcement.packets import VERSIONS, Packet, Version, services, space
from virgem.network.enforcement.space import EMPTY, Node, Sides, Space, Span, Spans, merged
from virgem.network.matrix import matrix
from virgem.network.model import CloudNetwork, FlowRule, NetworkPlan, Selector, ZonePlan


class Flows:
    """The flows of a plan in one family, in the space of that family.

    `whole_icmp`: "icmp" is all of ICMP. `floating`: floating addresses stand for who has them, as before the cloud's
    translation; behind it nobody sees them.
    """

    def __init__(self, plan: NetworkPlan, version: Version, space: Space, *, whole_icmp: bool, floating: bool) -> None:
        self.plan, self.version, self.space = plan, version, space
        self._whole_icmp, self._floating = whole_icmp, floating
        self._spans: dict[Selector, Spans] = {}
        self._turned: dict[Node, Node] = {}

    def spans(self, selector: Selector) -> Spans:
        """Return the addresses that one side of a flow stands for."""
        if selector not in self._spans:
            flows = matrix(self.plan)
            found = [(int(p.first), int(p.last)) for _, p in flows.named(selector) if p.version == self.version]
            if self._floating and self.version == 4:
                found += [(int(address), int(address)) for address in flows.floating(selector)]
            self._spans[selector] = merged(found)
        return self._spans[selector]

    def sides(self, flow: FlowRule) -> Sides:
        """Return the box of a flow: sources, services, destinations."""
        ports = services(flow.ports, self.version, self._whole_icmp)
        return self.spans(flow.source), ports, self.spans(flow.target)

    @cached_property
    def allowed(self) -> Node:
        """All that may pass."""
        return decide(self.space, [Entry(self.sides(flow), True) for flow in self.plan.rules]).accepted

    @cached_property
    def _by_target(self) -> Node:
        """The same with source and destination in each other's place: both have the same range."""
        boxes = (self.sides(flow) for flow in self.plan.rules)
        return decide(self.space, [Entry((t, service, s), True) for s, service, t in boxes]).accepted

    def out_of(self, sources: Iterable[Span]) -> Node:
        """Return what may pass from these sources; they do not overlap."""
        parts = (self.space.slice(self.allowed, span) for span in sorted(sources))
        return self.space.node(edge for part in parts for edge in self.space.edges(part))

    def into(self, span: Span) -> Node:
        """Return what may pass to these destinations."""
        found = EMPTY
        for first, last, node in self.space.edges(self.space.slice(self._by_target, span)):
            ends = self.space.box((*self.space.whole[:2], ((first, last),)))
            found = self.space.union(found, self.space.intersection(self._turn(node), ends))
        return found

    def to_one(self, address: int) -> Node:
        """Return what may pass to an address, whatever destination is written in it."""
        edges = self.space.edges(self.space.slice(self._by_target, (address, address)))
        return self._turn(edges[0][2]) if edges else EMPTY

    def from_one(self, address: int) -> Node:
        """Return what may pass from an address, whatever source is written in it."""
        edges = self.space.edges(self.space.slice(self.allowed, (address, address)))
        return self.space.box(self.space.whole[:1], edges[0][2]) if edges else EMPTY

    def _turn(self, node: Node) -> Node:
        """Return services with their sources as sources with their services, and all destinations."""
        every = self.space.whole[2]
        if node not in self._turned:
            entries = [
                Entry((tuple((f, t) for f, t, _ in self.space.edges(below)), ((first, last),), every), True)
                for first, last, below in self.space.edges(node)
            ]
            self._turned[node] = decide(self.space, entries).accepted
        return self._turned[node]

    def at(self, locals_: Iterable[Span]) -> Node:
        """Return what may pass where these addresses are at home: from them, and to them."""
        here, found = sorted(locals_), EMPTY
        for span in here:
            found = self.space.union(found, self.into(span))
        return self.space.union(self.out_of(here), found)

    def of(self, packet: Packet) -> FlowRule | None:
        """Return the first flow that allows a packet."""
        return next((flow for flow in self.plan.rules if self._holds(flow, packet)), None)

    def _holds(self, flow: FlowRule, packet: Packet) -> bool:
        point = (packet.source, packet.service, packet.target)
        pairs = zip(self.sides(flow), point, strict=True)
        return all(any(first <= value <= last for first, last in spans) for spans, value in pairs)

    @cached_property
    def known(self) -> Spans:
        """All addresses that some flow may name: zones, networks of the cloud, floating ones, upstream networks."""
        flows = matrix(self.plan)
        held: list[ZonePlan | CloudNetwork] = [*flows.zones, *self.plan.cloud_networks]
        prefixes = [holder.prefix4 if self.version == 4 else holder.prefix6 for holder in held]
        prefixes += [p for upstream in self.plan.upstreams for p in flows.beyond(upstream) if p.version == self.version]
        prefixes += [floating.prefix for floating in self.plan.floating if self.version == 4]
        return merged((int(prefix.first), int(prefix.last)) for prefix in prefixes)


@dataclass(frozen=True, slots=True, order=True)
class Idle:
    """A registered flow that could be left out: those named in `by` allow all that it does, in both families."""

    mark: Mark
    by: tuple[str, ...]  # ids of flows; none where it stands for no addresses at all

    def __str__(self) -> str:
        """Return it as one sentence."""
        named = f"all of it is allowed already by {', '.join(self.by[:3])}{' and more' if self.by[3:] else ''}"
        return f"{self.mark}: this flow adds nothing: {named if self.by else 'it stands for no addresses'}"


def idle(plan: NetworkPlan) -> tuple[Idle, ...]:
    """Return the registered flows that add nothing to the others, by their lines in the estate."""
    rules: dict[Mark, list[int]] = {}
    for number, flow in enumerate(plan.rules):
        if flow.registered:
            rules.setdefault(flow.origin, []).append(number)
    by: dict[Mark, set[str]] = {mark: set() for mark in rules}
    for version in VERSIONS:
        of_family = space(version)
        flows = Flows(plan, version, of_family, whole_icmp=True, floating=True)
        entries = [Entry(flows.sides(flow), True) for flow in plan.rules]
        reviewed = review(of_family, entries, default=False)
        alone = {*reviewed.redundant, *(number for number, _ in reviewed.shadowed)}
        # What could be left out rule by rule can seldom be left out together: one of two alike has to stay.
        left = [mark for mark in by if alone.issuperset(rules[mark])]
        left = [mark for mark in left if flows.allowed == _without(of_family, entries, rules[mark])]
        by = {mark: by[mark] | _beside(flows, entries, rules[mark]) for mark in left}
    return tuple(sorted(Idle(mark, tuple(sorted(ids))) for mark, ids in by.items()))


def _without(of_family: Space, entries: list[Entry], left_out: list[int]) -> Node:
    return decide(of_family, [entry for number, entry in enumerate(entries) if number not in left_out]).accepted


def _beside(flows: Flows, entries: list[Entry], own: list[int]) -> set[str]:
    """Return the flows that allow a part of what these rules do."""
    made = flows.space.box
    part = decide(flows.space, [entries[number] for number in own]).accepted
    others = (number for number in range(len(entries)) if number not in own)
    meeting = (n for n in others if flows.space.intersection(part, made(entries[n].sides)))
    return {flows.plan.rules[number].id for number in meeting}
