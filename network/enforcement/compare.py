"""Whether a router's firewall, as text, lets pass exactly what the matrix of flows says, in both families.

What is compared, for every port of the router that the plan knows: which new connections are passed on (exactly the
flows from and to its zones; at a datacentre all flows); that answers pass and strays do not; that nothing of a zone,
the cloud or an upstream network goes by the links between routers or a public port; that a port takes in only sources
of its own; and what reaches the router itself. Translation towards upstream networks is read and not compared.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cached_property

from virgem.network.enforcement.flows import Flows
from virgem.network.enforcement.nftables import Table, Unread, read
from virgem.network.enforcement.packets import ICMP, VERSIONS, Packet, Version, of_protocol, packet
from virgem.network.enforcement.space import EMPTY, Node, Span, merged
from virgem.network.enforcement.walk import Context, Walker
from virgem.network.model import FlowRule, NetworkPlan, Place, RouterPlan, ZonePlan
from virgem.network.render import names
from virgem.network.render.frr import upstreams
from virgem.network.render.site.nftables import FILE
from virgem.network.render.site.nftables import text as render

FORWARD, GUARD, INPUT = "forward filter", "prerouting raw", "input filter"
# Link-local addresses (RFC 4291), and those of who has none yet (RFC 2131, RFC 4862): any port takes these in.
_LOCAL6 = (0xFE80 << 112, (0xFEC0 << 112) - 1)
_NOBODY = (0, 0)
# More differences of one kind at one router are only counted.
_MOST = 5


@dataclass(frozen=True, slots=True, kw_only=True)
class Difference:
    """A packet about which the text and the matrix do not agree: the line that decides, and the flow it is about.

    `passes`: the text lets it through. `line` is 0 where no line says anything of it.
    """

    router: RouterPlan
    line: int
    what: str
    packet: Packet | None = None
    passes: bool = False
    flow: FlowRule | None = None

    def __str__(self) -> str:
        """Return it as one sentence, behind the line of the rendered file."""
        about = f": {self.packet}" if self.packet else ""
        flow = f" (flow {self.flow.id}, {self.flow.origin})" if self.flow else ""
        return f"{self.router.folder}/{FILE}:{self.line}: {self.what}{about}{flow}"


@dataclass(frozen=True, slots=True, kw_only=True)
class _Question:
    """What a chain has to accept of the packets in `among`: just those in `wanted`, or none but those (`at_most`)."""

    hook: str
    context: Context
    wanted: Node
    among: Node
    what: str
    at_most: bool = False


@dataclass(frozen=True, kw_only=True)
class _Family:
    """The matrix and what chains do, in one family."""

    plan: NetworkPlan
    version: Version

    @cached_property
    def walker(self) -> Walker:
        return Walker(self.version)

    @cached_property
    def flows(self) -> Flows:
        return Flows(self.plan, self.version, self.walker.space, whole_icmp=False, floating=True)

    @cached_property
    def of_matrix(self) -> Node:
        """The packets that have to do with a zone, the cloud or an upstream network."""
        space, known = self.walker.space, self.flows.known
        one = space.box((known, *space.whole[1:]))
        return space.union(one, space.box((*space.whole[:2], known)))

    @cached_property
    def to_itself(self) -> Node:
        """The packets to a router itself that flows decide about: not ICMP, DHCP and what neighbours on a link send."""
        space = self.walker.space
        own = merged((of_protocol(ICMP[self.version]), of_protocol("udp", 67, 67), of_protocol("udp", 547, 547)))
        left = space.difference(self.walker.whole, space.box((space.whole[0], own, space.whole[2])))
        near = ((_LOCAL6,), *space.whole[1:])
        return left if self.version == 4 else space.difference(left, space.box(near))

    def prefix(self, zone: ZonePlan) -> Span:
        prefix = zone.prefix4 if self.version == 4 else zone.prefix6
        return int(prefix.first), int(prefix.last)


def differences(plan: NetworkPlan, routers: Iterable[RouterPlan]) -> Iterator[Difference]:
    """Yield where the firewalls of routers, as they are rendered, are not what the matrix says."""
    comparison = Comparison(plan)
    for router in routers:
        yield from comparison.differences(router, render(plan, router))


class Comparison:
    """Compares routers of one plan; what they have in common is worked out once."""

    def __init__(self, plan: NetworkPlan) -> None:
        self.plan = plan
        self._families = tuple(_Family(plan=plan, version=version) for version in VERSIONS)
        self._by_id = {flow.id: flow for flow in plan.rules}

    def differences(self, router: RouterPlan, text: str) -> tuple[Difference, ...]:
        """Return where the text of a router's firewall is not what the matrix says."""
        try:
            table = read(text)
            ports = _ports(self.plan, router, table)
            answers = [self._answers(family, router, table, ports) for family in self._families]
        except Unread as error:
            return (Difference(router=router, line=error.line, what=error.why),)
        return tuple(self._told(router, table, answers)) if any(answers) else ()

    def _answers(
        self, family: _Family, router: RouterPlan, table: Table, ports: _Ports
    ) -> list[tuple[_Question, Node, Node]]:
        """Return the questions whose answer is not the one wanted, with what is too much and what is missing."""
        wrong = []
        for question in _questions(family, router, ports):
            space = family.walker.space
            real = family.walker.accepted(table, question.hook, question.context)
            if question.among != family.walker.whole:
                real = space.intersection(real, question.among)
            if real != question.wanted:
                more = space.difference(real, question.wanted)
                less = EMPTY if question.at_most else space.difference(question.wanted, real)
                wrong += [(question, more, less)] if more or less else []
        return wrong

    def _told(
        self, router: RouterPlan, table: Table, answers: list[list[tuple[_Question, Node, Node]]]
    ) -> Iterator[Difference]:
        for number, (family, wrong) in enumerate(zip(self._families, answers, strict=True)):
            missing = {flow for _, _, less in answers[1 - number] for flow in self._missing(1 - number, less)}
            for question, more, less in wrong:
                yield from self._too_much(family, router, table, question, more)
                yield from self._too_little(family, router, table, question, less, missing)

    def _missing(self, number: int, less: Node) -> Iterator[str]:
        flows = self._families[number].flows
        space = flows.space
        for flow in self.plan.rules:
            if less and space.intersection(less, space.box(flows.sides(flow))):
                yield flow.id

    def _too_much(
        self, family: _Family, router: RouterPlan, table: Table, question: _Question, left: Node
    ) -> Iterator[Difference]:
        walker = family.walker
        for _ in range(_MOST):
            if not left:
                return
            found = packet(family.version, walker.space.some(left))
            line, rule = walker.decider(table, question.hook, question.context, found)
            flow = self._by_id.get(rule.comment) if rule else None
            what = f"{question.what}: the text lets it pass"
            yield Difference(router=router, line=line, what=what, packet=found, passes=True, flow=flow)
            left = walker.space.difference(left, walker.space.box(walker.sides(table, rule))) if rule else EMPTY

    def _too_little(
        self,
        family: _Family,
        router: RouterPlan,
        table: Table,
        question: _Question,
        left: Node,
        missing: set[str],
    ) -> Iterator[Difference]:
        walker = family.walker
        for _ in range(_MOST):
            if not left:
                return
            found = packet(family.version, walker.space.some(left))
            line, _ = walker.decider(table, question.hook, question.context, found)
            flow, other = family.flows.of(found), 10 - family.version
            alone = f"; the rule of IPv{other} is there, that of IPv{family.version} is not"
            what = f"{question.what}: the text drops it" + (alone if flow and flow.id not in missing else "")
            yield Difference(router=router, line=line, what=what, packet=found, flow=flow)
            left = walker.space.difference(left, walker.space.box(family.flows.sides(flow))) if flow else EMPTY


@dataclass(frozen=True, slots=True, kw_only=True)
class _Ports:
    """One port of each kind that the chains of a hook tell apart, of all that the plan knows."""

    inside: list[str]  # where zones, the cloud and upstream networks, and what rides in VXLAN, come in
    between: list[str]  # where other routers are
    public: list[str]
    bridges: list[str]  # at the guard
    own: list[str]  # those inside, for what is meant for the router itself


def _ports(plan: NetworkPlan, router: RouterPlan, table: Table) -> _Ports:
    clouds = [names.cloud(vrf) for vrf in router.vrfs if upstreams.joins_cloud(plan, router, vrf)]
    ups = [names.upstream(network) for network in upstreams.joined(plan, router)]
    bridges = [names.bridge(vrf) for vrf in router.vrfs]
    inside = [*map(names.lan, router.zones), *(vrf.name for vrf in router.vrfs), *bridges, *clouds, *ups]
    passed = _asked(table, FORWARD)
    return _Ports(
        inside=_alike(passed, inside),
        between=_alike(passed, [link.end(router.site.path).interface for link in router.links]),
        public=_alike(passed, names.publics(router)),
        bridges=_alike(_asked(table, GUARD), bridges),
        own=_alike(_asked(table, INPUT), inside),
    )


def _alike(asked: list[frozenset[str]], ports: Iterable[str]) -> list[str]:
    found: dict[tuple[bool, ...], str] = {}
    for port in ports:
        found.setdefault(tuple(port in names_ for names_ in asked), port)
    return list(found.values())


def _asked(table: Table, hook: str) -> list[frozenset[str]]:
    """Return the sets of ports that the chain of a hook, or one it leads to, asks for."""
    found: dict[frozenset[str], None] = {}
    todo, seen = [table.base(hook)], set[str]()
    while todo:
        name = todo.pop()
        if not name or name in seen:
            continue
        seen.add(name)
        body = table.chains[name].body
        found |= dict.fromkeys(table.sets[c.named].names if c.named else c.names for c in body.places)
        todo += [*body.chains, *(to for map_, _ in body.maps for _, to in table.maps[map_].jumps)]
    return list(found)


def _questions(family: _Family, router: RouterPlan, ports: _Ports) -> Iterator[_Question]:
    whole, allowed = family.walker.whole, _allowed(family, router)
    for port in ports.inside:
        what = f"a new connection from port {port}"
        yield _Question(hook=FORWARD, context=Context(port), wanted=allowed, among=whole, what=what)
        for state, wanted in (("established", whole), ("related", whole), ("invalid", EMPTY)):
            context, what = Context(port, state), f"an {state} connection from port {port}"
            yield _Question(hook=FORWARD, context=context, wanted=wanted, among=whole, what=what)
    for port in ports.between:
        context, what = Context(port, loosely=True), f"a connection from {port}, where only routers are"
        yield _Question(hook=FORWARD, context=context, wanted=EMPTY, among=family.of_matrix, what=what, at_most=True)
    for port in ports.public:
        context, what = Context(port, loosely=True), f"a connection from the public port {port}"
        yield _Question(hook=FORWARD, context=context, wanted=EMPTY, among=whole, what=what)
    yield from _guarded(family, router, ports)
    yield from _itself(family, router, ports)


def _allowed(family: _Family, router: RouterPlan) -> Node:
    if router.place is Place.DATACENTRE:
        return family.flows.allowed
    return family.flows.at(family.prefix(zone) for zone in router.zones)


def _guarded(family: _Family, router: RouterPlan, ports: _Ports) -> Iterator[_Question]:
    """Yield what a port may take in (BCP 38): a zone's its own sources, the region's none of the zones here."""
    space, whole = family.walker.space, family.walker.whole
    unnamed = [_NOBODY] if family.version == 4 else [_NOBODY, _LOCAL6]

    def from_(spans: Iterable[Span]) -> Node:
        return space.box((merged(spans), *space.whole[1:]))

    for zone in router.zones:
        port = names.lan(zone)
        own = from_([family.prefix(zone), *unnamed])
        what = f"a source that {zone.key} has not"
        yield _Question(hook=GUARD, context=Context(port), wanted=own, among=whole, what=what)
    here = from_(family.prefix(zone) for zone in router.zones)
    for port in ports.bridges:
        wanted = space.difference(whole, here)
        yield _Question(hook=GUARD, context=Context(port), wanted=wanted, among=whole, what="a source of a zone here")


def _itself(family: _Family, router: RouterPlan, ports: _Ports) -> Iterator[_Question]:
    """Yield what reaches the router's own address for management: what flows let into that zone, and no more."""
    zone, wanted = router.managed_in, EMPTY
    if zone:
        gateway = int(zone.gateway4 if family.version == 4 else zone.gateway6)
        wanted = family.walker.space.intersection(family.flows.into((gateway, gateway)), family.to_itself)
    for port in ports.own:
        context, what = Context(port, loosely=True), f"a connection to the router itself from port {port}"
        yield _Question(hook=INPUT, context=context, wanted=wanted, among=family.to_itself, what=what)
