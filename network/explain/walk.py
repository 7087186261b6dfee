"""Walks a flow in one family from end to end and back, and stops where it is refused."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from netaddr import IPAddress, IPNetwork

from virgem.modules.estate.model import Estate
from virgem.network import translation
from virgem.network.explain.carriage import carried
from virgem.network.explain.firewall import between, passed
from virgem.network.explain.model import Asked, Direction, End, Family, Guards, Hop, Verdict, Way
from virgem.network.explain.routes import Attachment, Route, attachment, beside, route
from virgem.network.matrix import opens
from virgem.network.model import CloudNetwork, FlowRule, NetworkPlan, RouterPlan, UpstreamPlan
from virgem.network.render import names
from virgem.network.render.nft.text import ECHO

_SSH = 22
UNREACHED = "unreached"  # what stops a flow from an upstream network that knows no address of the target


@dataclass(frozen=True, slots=True, kw_only=True)
class Known:
    """What a walk looks things up in."""

    estate: Estate
    plan: NetworkPlan
    guards: Guards


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """A flow in one family, with the addresses that its ends have themselves."""

    known: Known
    asked: Asked
    family: Family
    source: IPAddress
    target: IPAddress

    @property
    def plan(self) -> NetworkPlan:
        """The network plan."""
        return self.known.plan


def way(known: Known, asked: Asked, family: Family) -> Way:
    """Return what becomes of a flow in one family."""
    source, target = asked.source.address(family), asked.target.address(family)
    if source is None or target is None:
        return Way(family=family, verdict=Verdict.ABSENT, source=source, target=target)
    step = Step(known=known, asked=asked, family=family, source=source, target=target)
    hops = tuple(_until_refused(_hops(step)))
    if not hops[-1].passes:
        # Nobody refuses what an upstream network finds no address for.
        verdict = Verdict.ABSENT if hops[-1].what == UNREACHED else Verdict.REFUSED
        return Way(family=family, verdict=verdict, source=source, target=target, hops=hops)
    back = tuple(_back(step))
    return Way(family=family, verdict=Verdict.PASSES, source=source, target=target, hops=hops, back=back)


def _until_refused(hops: Iterator[Hop]) -> Iterator[Hop]:
    for hop in hops:
        yield hop
        if not hop.passes:
            return


def _hops(step: Step) -> Iterator[Hop]:
    asked = step.asked
    yield from _leaving(step, asked.source)
    if not beside(asked.source, asked.target):
        yield from _routed(step)
    elif asked.source.network is not None:
        yield _between_tiers(asked)
    yield from _arriving(step, asked.target)


def _leaving(step: Step, end: End) -> Iterator[Hop]:
    """Yield what a flow meets before the first router: its host and what guards that."""
    yield Hop(where=_place(end), what="source", says=end.says, origin=end.origin, facts={"address": str(step.source)})
    if end.zone is not None:
        yield _switch(end, alone=beside(end, step.asked.target))
    if end.network is not None:
        yield _guarded(step, "egress", end, (step.asked.target, step.target))


def _arriving(step: Step, end: End) -> Iterator[Hop]:
    if end.network is not None:
        if step.asked.source.upstream is not None:
            yield from _floated(step, step.asked.source.upstream, end.network)
        yield _guarded(step, "ingress", end, (step.asked.source, step.source))
    if end.zone is not None and not end.itself and not beside(step.asked.source, end):
        yield _switch(end)
    if end.kept:
        yield _own_firewall(step, end)
    yield Hop(
        where=_place(end), what="destination", says=end.says, origin=end.origin, facts={"address": str(step.target)}
    )


def _place(end: End) -> str:
    if end.zone is not None:
        return end.zone.site
    return f"cloud {end.network.datacentre}" if end.network is not None else end.name


def _switch(end: End, *, alone: bool = False) -> Hop:
    """Return the access to a zone: the VLAN of its ports, and who may plug in; `alone`: nothing else is passed."""
    zone = end.zone
    assert zone is not None
    kind = names.zone_kind(zone.zone.kind)
    ways = "port or wireless network" if kind.wireless else "port"
    admits = ", who signs in (802.1X)" if kind.dot1x else ""
    return Hop(
        where=zone.site,
        what="switch",
        says=f"a {ways} of VLAN {zone.vlan}{admits}",
        why="both ends are in this zone: no router is passed, so no rule of the plan decides" if alone else "",
        origin=end.origin,
        facts={"vlan": str(zone.vlan), "zone": str(zone.zone.id)},
    )


def _own_firewall(step: Step, end: End) -> Hop:
    """Return what the firewall of a device that a role configures lets in: ICMP, and ssh from those who manage it.

    The role has both from the same rules (modules/devices/opened.py); it opens nothing else on such a device.
    """
    ssh = (step.asked.protocol, step.asked.port) == ("tcp", _SSH)
    rules = between(step.plan, step.source, step.target) if ssh else ()
    manages = next((rule for rule in rules if opens(rule.ports, "tcp", _SSH)), None)
    passes = step.asked.protocol == "icmp" or manages is not None
    return Hop(
        where=end.name,
        what="device",
        says=f"nftables of the device itself: {'allowed' if passes else 'refused'}",
        passes=passes,
        why=reason(manages) if manages else "it lets in ICMP, ssh from its managers, and nothing else",
        flow=manages.id if manages else "",
        origin=manages.origin if manages else end.origin,
    )


def _between_tiers(asked: Asked) -> Hop:
    one, other = asked.source.network, asked.target.network
    assert one is not None
    assert other is not None
    same = one.key == other.key
    says = f"both stand in network {one.name}" if same else f"router {one.tenant}-{one.datacentre}, to {other.name}"
    return Hop(where=f"cloud {one.datacentre}", what="cloud", says=f"{says}; no router of the region is passed")


def _guarded(step: Step, direction: Direction, near: End, far: tuple[End, IPAddress]) -> Hop:
    judged = step.known.guards.judged(direction, near, far, step.asked, step.family)
    return Hop(
        where=_place(near),
        what="guard",
        says=f"{direction}: {judged.says}",
        passes=judged.passes,
        why=judged.group,
        rule=judged.rule,
        origin=near.origin,
    )


def _routed(step: Step) -> Iterator[Hop]:
    """Yield the routers of the region and what carries the flow between them."""
    one, other = (attachment(step.plan, end) for end in (step.asked.source, step.asked.target))
    if step.asked.source.upstream is not None:
        yield from _inwards(step, step.asked.source.upstream)
    found = route(step.plan, one, other)
    yield _entered(step, one)
    if found is None:  # looked up before the forward chain is asked
        yield _no_route(step, one, other)
        return
    yield _firewall(step, one.router)
    yield from _onwards(step, found)
    if not step.asked.target.itself:
        yield _left(step, other)
    if step.asked.target.upstream is not None:
        yield _outwards(step, step.asked.target.upstream)


def _onwards(step: Step, found: Route) -> Iterator[Hop]:
    if found.riding:
        yield from carried(step.known.estate, step.plan, found)
        yield _firewall(step, found.routers[-1])


def _entered(step: Step, at: Attachment) -> Hop:
    """Return the port by which a flow enters the first router."""
    end = step.asked.source
    own = (end.zone.gateway4 if step.family == 4 else end.zone.gateway6) if end.zone else None
    gateway = f"gateway {own} on " if own else ""
    says = f"{gateway}{at.port}, instance {at.vrf.name} (table {at.vrf.table})"
    facts = {"interface": at.port, "vrf": at.vrf.name, "table": str(at.vrf.table)}
    return Hop(
        where=at.router.name,
        what="router",
        says=says,
        origin=end.origin if end.zone else at.router.site.origin.mark,
        facts={**facts, **({"address": str(own)} if own else {})},
    )


def _left(step: Step, at: Attachment) -> Hop:
    """Return the port by which a flow leaves the last router."""
    end = step.asked.target
    towards = "to the zone" if end.zone else "to the cloud" if end.network else _active_and_others(end.upstream)
    return Hop(
        where=at.router.name,
        what="router",
        says=f"out of {at.port}, instance {at.vrf.name}, {towards}",
        origin=at.router.site.origin.mark,
        facts={"interface": at.port, "vrf": at.vrf.name},
    )


def _active_and_others(upstream: UpstreamPlan | None) -> str:
    """Return which datacentre joins an upstream network now, and which would instead."""
    assert upstream is not None
    active, *others = upstream.datacentres
    stand_by = f"; {', '.join(others)} would take over" if others else ""
    return f"to the upstream network, which is joined at datacentre {active}{stand_by}"


def _firewall(step: Step, router: RouterPlan) -> Hop:
    into = step.asked.target.itself and step.asked.target.zone is not None
    if into and step.asked.protocol == "icmp" and router is attachment(step.plan, step.asked.target).router:
        return _echo(step, router)
    found = passed(step.plan, router, (step.source, step.target), step.asked, step.family)
    table = f"nftables, {found.chain.hook} > {found.chain.name}"
    facts = {"hook": found.chain.hook, "chain": found.chain.name}
    if found.rule is None:
        return Hop(
            where=router.name,
            what="firewall",
            says=f"{table}: refused",
            passes=False,
            why=f"no line of the estate lets {step.asked.transport} pass there; what no rule allows is dropped",
            rule="jump refuse",
            facts=facts,
        )
    return Hop(
        where=router.name,
        what="firewall",
        says=f"{table}: allowed",
        why=reason(found.rule),
        rule=found.line,
        flow=found.rule.id,
        origin=found.rule.origin,
        facts=facts,
    )


def _echo(step: Step, router: RouterPlan) -> Hop:
    """Return that a router answers whoever gets that far, so many times a second."""
    return Hop(
        where=router.name,
        what="firewall",
        says="nftables, input: allowed",
        why="a router answers echo requests, 20 a second in all",
        rule=f"{ECHO[f'v{step.family}']} limit rate 20/second accept",
        origin=router.site.origin.mark,
        facts={"hook": "input", "chain": "input"},
    )


def reason(rule: FlowRule) -> str:
    """Return a rule in words: a flow of the estate, or what the kind of a thing brings."""
    return f"{'registered flow' if rule.registered else 'default'} {rule.id}: {rule.purpose}"


def _no_route(step: Step, one: Attachment, other: Attachment) -> Hop:
    alone = one.vrf == other.vrf
    instances = "routes are joined at the datacentres, of `shared` with each other instance and of no two others"
    return Hop(
        where=one.router.name,
        what="route",
        says=f"instance {one.vrf.name} has no route into instance {other.vrf.name}, where {step.target} is",
        passes=False,
        why="no datacentre tells the routers of each other's zones" if alone else instances,
        origin=step.asked.target.origin,
        facts={"vrf": one.vrf.name, "target-vrf": other.vrf.name},
    )


def _outwards(step: Step, upstream: UpstreamPlan) -> Hop:
    """Return what an upstream network sees a flow come from, or that it must not see it."""
    seen, where = seen_as(step.plan, upstream, step.asked.source, step.source), _active(step.plan, upstream).name
    if seen is None:
        return Hop(
            where=where,
            what="translation",
            says=f"nftables, postrouting > keep-in: {step.source} never leaves to {upstream.id}",
            passes=False,
            why=f"{upstream.id} sees no private address, and nothing of IPv{step.family} stands in for it",
            rule=f'oifname "{names.upstream(upstream)}" ... counter drop',
            origin=step.asked.target.origin,
        )
    plain = seen == str(step.source)
    says = f"{step.source} is seen as it is" if plain else f"{step.source} appears as {seen}"
    return Hop(
        where=where,
        what="translation",
        says=says,
        origin=step.asked.target.origin,
        facts={"appears-as": seen},
    )


def _inwards(step: Step, upstream: UpstreamPlan) -> Iterator[Hop]:
    """Yield that an upstream network has no address to reach our end by, where it has none."""
    if reached_at(step.plan, upstream, step.asked.target, step.target) is None:
        yield Hop(
            where=_active(step.plan, upstream).name,
            what=UNREACHED,
            says=f"{upstream.id} finds no address of {step.asked.target.name} in IPv{step.family}",
            passes=False,
            why=f"{step.target} is never announced to {upstream.id}, and no address there stands for it",
            origin=step.asked.source.origin,
        )


def _floated(step: Step, upstream: UpstreamPlan, network: CloudNetwork) -> Iterator[Hop]:
    """Yield what the cloud does to a floating address: up to here the routers saw that."""
    outside = reached_at(step.plan, upstream, step.asked.target, step.target)
    if outside is not None and outside != step.target:
        yield Hop(
            where=f"cloud {network.datacentre}",
            what="translation",
            says=f"{outside}, a floating address, becomes {step.target}",
            origin=step.asked.target.origin,
            facts={"outside": str(outside)},
        )


def _active(plan: NetworkPlan, upstream: UpstreamPlan) -> RouterPlan:
    return plan.router_at[plan.datacentres[upstream.datacentres[0]]]


def seen_as(plan: NetworkPlan, upstream: UpstreamPlan, end: End, address: IPAddress) -> str | None:
    """Return what an upstream network sees an address of ours as, None when it may not leave there."""
    version = int(address.version)
    if not any(address in pool for pool in translation.concealed(plan, upstream, version)):
        return str(address)
    if version == 4 and end.host is not None and end.host.floating is not None:
        return f"{end.host.floating}, its floating address"
    mapped = translation.mapped(plan, upstream, version)
    if pair := next((pair for pair in mapped if address in pair[0]), None):
        return str(_mapped(address, *pair))
    found = translation.appears_as(upstream, version)
    return " or ".join(f"an address of {prefix}" for prefix in found) or None


def reached_at(plan: NetworkPlan, upstream: UpstreamPlan, end: End, address: IPAddress) -> IPAddress | None:
    """Return the address at which an upstream network reaches one of ours, None when at none.

    Routers translate what starts inside only, so behind a pool that is never seen there are floating addresses alone.
    """
    version = int(address.version)
    if not any(address in pool for pool in translation.concealed(plan, upstream, version)):
        return address
    return end.host.floating if version == 4 and end.host is not None else None


def _mapped(address: IPAddress, pool: IPNetwork, public: IPNetwork) -> IPAddress:
    """Return the address that stands for one of a pool: the same place from the start of another prefix."""
    return IPAddress(int(address) - pool.first + public.first, 6)


def _back(step: Step) -> Iterator[Hop]:
    """Yield the way back: nothing is asked again, every firewall on the way knows the connection."""
    asked = step.asked
    if asked.target.network is not None and not asked.target.balancer:
        yield Hop(where=_place(asked.target), what="guard", says="security groups keep state: the answer leaves")
    if not beside(asked.source, asked.target):
        found = route(step.plan, attachment(step.plan, asked.target), attachment(step.plan, asked.source))
        passed_by = found.routers[1 if asked.target.itself else 0 :] if found else ()
        for router in passed_by:
            yield Hop(where=router.name, what="firewall", says="nftables, forward: ct state established", rule=_STATE)
    if asked.source.network is not None:
        yield Hop(where=_place(asked.source), what="guard", says="security groups keep state: the answer enters")


_STATE = "ct state vmap { established : accept, related : accept, invalid : drop }"
