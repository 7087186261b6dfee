"""What would have to change before a flow passes: a flow to write, ports that are open, an address, or why nothing can.

Whether a flow may be written is asked of the estate's own checks, with the flow in it; that it would do is asked of the
walk itself, through the plan with its rules.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace

from netaddr import IPAddress

from virgem.modules import codes
from virgem.modules.estate import checks
from virgem.modules.estate.base import Origin
from virgem.modules.estate.checks import flows as of_flows
from virgem.modules.estate.checks.facts import Facts
from virgem.modules.estate.checks.register import Finding
from virgem.modules.estate.kinds import upstream_kinds
from virgem.modules.estate.model import Estate, Flow
from virgem.modules.estate.scalars import Description, Endpoint, Identifier, PortRange, Protocol, TaggedName
from virgem.network import policy
from virgem.network.explain.firewall import between
from virgem.network.explain.model import Asked, Change, Direction, End, Family, Judged, Verdict, Way
from virgem.network.explain.routes import attachment, beside, route
from virgem.network.explain.walk import Known, reached_at, way
from virgem.network.management import management
from virgem.network.matrix import opens
from virgem.network.model import FlowRule, NetworkPlan, Selector, Side

_NO_LETTER = re.compile(r"[^a-z0-9]+")
_LONGEST = 40  # of an identifier
# Stands for the number that only the owner of an upstream network can give.
_UNREGISTERED = "TO-BE-GIVEN"


def changes(known: Known, asked: Asked, ways: tuple[Way, ...]) -> tuple[Change, ...]:
    """Return what would have to change, each once; nothing where the flow passes in every family."""
    found: dict[Change, None] = {}
    for one in ways:
        if one.source is None or one.target is None:
            found |= dict.fromkeys(_lacking(asked, one))
        elif one.verdict is not Verdict.PASSES:
            rules = between(known.plan, one.source, one.target)
            found |= dict.fromkeys([*_in_the_way(known, asked, one), *_rules(known, asked, one, rules)])
    return tuple(found)


def _lacking(asked: Asked, one: Way) -> Iterator[Change]:
    for end, address in ((asked.source, one.source), (asked.target, one.target)):
        if address is None:
            more = ": add one to its `prefixes`" if end.upstream else ""
            yield Change(says=f"{end.name} has no IPv{one.family} address{more}", origin=end.origin)


def _in_the_way(known: Known, asked: Asked, one: Way) -> Iterator[Change]:
    """Yield what no flow mends: instances apart, translation, a load balancer's port."""
    if not beside(asked.source, asked.target):
        yield from _instances(known, asked)
        yield from _translated(known, asked, one)
    if asked.target.balancer and (waits := _waits(known.estate, asked)):
        yield Change(
            says=f"{asked.target.name} is a load balancer and waits at {waits} only", origin=asked.target.origin
        )


def _rules(known: Known, asked: Asked, one: Way, rules: tuple[FlowRule, ...]) -> Iterator[Change]:
    """Yield the ports that are open between two ends, and the flow that opens the one that was asked about."""
    if rules and one.hops[-1].what in ("firewall", "guard"):
        ports = ", ".join(dict.fromkeys(port for rule in rules for port in rule.ports))
        yield Change(says=f"open between these two: {ports}", origin=rules[0].origin)
    if asked.target.kept and asked.transport not in ("tcp/22", "icmp"):
        says = f"{asked.target.name} serves nobody: a role configures it and opens no port of it but for management"
        yield Change(says=says, origin=asked.target.origin)
        return
    opened = any(opens(rule.ports, asked.protocol, asked.port) for rule in rules)
    if not opened and not (asked.target.balancer and _waits(known.estate, asked)):
        yield from _flow(known, asked)


def _waits(estate: Estate, asked: Asked) -> str:
    """Return where a load balancer waits, "" when that is what was asked about."""
    assert asked.target.host is not None
    one = Selector(side=Side.BALANCER, town=asked.target.host.tenant, name=asked.target.host.server)
    ports = policy.known_ports(estate, one)
    return "" if asked.transport in ports else ", ".join(ports)


def _instances(known: Known, asked: Asked) -> Iterator[Change]:
    """Yield that no instance leads from one end to the other, which no flow mends."""
    one, other = (attachment(known.plan, end) for end in (asked.source, asked.target))
    if route(known.plan, one, other) is not None:
        return
    if not known.plan.reflectors:
        yield Change(says="no flow mends that: routers hear of each other's zones from a datacentre; add one")
        return
    says = (
        f"no flow mends that: {one.vrf.name} and {other.vrf.name} are instances of their own, joined with `shared` "
        "and not with each other; let both ends meet at a shared service in a DMZ"
    )
    yield Change(says=says)


def _translated(known: Known, asked: Asked, one: Way) -> Iterator[Change]:
    """Yield what a public network lacks to see, or to reach, an end of ours."""
    upstream = asked.target.upstream
    if upstream is not None and one.hops[-1].what == "translation":
        says = f"give {upstream.id} a public IPv{one.family} prefix in `translate`, which our traffic there appears as"
        yield Change(says=says, origin=asked.target.origin)
    upstream = asked.source.upstream
    if upstream is None or one.target is None or reached_at(known.plan, upstream, asked.target, one.target):
        return
    if one.family == 6:
        says = f"routers translate no IPv6 inwards: {upstream.id} reaches only what is in a pool of public addresses"
    elif asked.target.network is None or asked.target.host is None:
        says = f"only servers and load balancers get a floating address, by which {upstream.id} reaches them"
    elif _floats(known.plan, asked.target):
        says = f"a registered flow gives {asked.target.name} a floating address of its datacentre, for {upstream.id}"
    else:
        says = (
            f"datacentre {asked.target.network.datacentre} has no `floating` prefix, of which it would get an address"
        )
    yield Change(says=says, origin=asked.target.origin)


def _floats(plan: NetworkPlan, end: End) -> IPAddress | None:
    """Return an address such as a server may get to be reached at from outside, None where its datacentre has none."""
    found = (one for one in plan.floating if end.network and one.datacentre == end.network.datacentre)
    return next((IPAddress(one.prefix.last - 1, 4) for one in found), None)


def _flow(known: Known, asked: Asked) -> Iterator[Change]:
    """Yield the flow that would let it pass, or the rules of the framework that forbid it."""
    unnamed = [end for end in (asked.source, asked.target) if not end.endpoint]
    if unnamed:
        for end in unnamed:
            yield Change(says=f"no flow can name {end.name}: name a zone or a server of it", origin=end.origin)
        return
    flow = _candidate(known.estate, asked)
    wider = _with(known.estate, flow)
    forbidden = tuple(_forbidden(wider, str(flow.id)))
    yield from forbidden
    if not forbidden and not _stops(known, wider, asked):
        alone = [end.name for end in (asked.source, asked.target) if end.zone and end.name != end.endpoint]
        wide = f" (it holds for the whole zone of {' and '.join(alone)})" if alone else ""
        yield Change(says=f"write this flow in a file of the operator{wide}:", text=_text(flow))


def _candidate(estate: Estate, asked: Asked) -> Flow:
    """Return the narrowest flow for what is asked, under a name that no flow of the estate has."""
    source, target = asked.source.endpoint, asked.target.endpoint
    upstreams = [end.upstream for end in (asked.source, asked.target) if end.upstream]
    registered = any(upstream_kinds()[one.kind].registration_required for one in upstreams)
    return Flow(
        id=_name({str(flow.id) for flow in estate.flows}, f"{source}-{target}"),
        source=Endpoint(source),
        target=Endpoint(target),
        protocol=Protocol(asked.protocol),
        ports=(PortRange(str(asked.port)),) if asked.port else (),
        purpose=Description(f"Say here why {source} needs {target}"),
        registration=TaggedName(_UNREGISTERED) if registered else None,
        origin=Origin(),
    )


def _name(taken: set[str], text: str) -> Identifier:
    plain = _NO_LETTER.sub("-", text)[: _LONGEST - 3].strip("-")
    names = (plain, *(f"{plain}-{number}" for number in range(2, 100)))
    return Identifier(next(name for name in names if name not in taken))


def _with(estate: Estate, flow: Flow) -> Estate:
    return replace(estate, flows=(*estate.flows, flow))


def _forbidden(wider: Estate, name: str) -> Iterator[Change]:
    """Yield each check of flows that a flow breaks: its code, the framework behind it, and what to do instead."""
    facts = Facts(estate=wider)
    for code, function in checks.checks().items():
        if code.startswith("E") and function.__module__ == of_flows.__name__:
            for found in function(facts):
                if isinstance(found, Finding) and found.target == name:
                    why = found.message.replace(f"flow {name} ", "it ")
                    behind = ", ".join(codes.rules()[code].controls)
                    basis = f" ({behind})" if behind else ""
                    yield Change(says=f"{code} forbids a flow{basis}: {why}; {found.hint}")


def _stops(known: Known, wider: Estate, asked: Asked) -> bool:
    """Tell whether a flow would still be refused by the routers in every family, its rules being in the plan."""
    plan = replace(known.plan, rules=policy.rules(wider, management(wider)))
    among = replace(known, plan=plan, estate=wider, guards=_Alike())
    host = asked.target.host
    if asked.source.upstream and host and not host.floating and (floating := _floats(plan, asked.target)):
        asked = replace(asked, target=replace(asked.target, host=replace(host, floating=floating)))
    families: tuple[Family, ...] = (4, 6)
    return all(way(among, asked, family).verdict is not Verdict.PASSES for family in families)


class _Alike:
    """Guards of the cloud for a plan that is none yet: they come of the same rules as the routers' chains."""

    def judged(
        self, _direction: Direction, _near: End, _far: tuple[End, IPAddress], _asked: Asked, _family: Family
    ) -> Judged:
        return Judged(passes=True, group="", says="")


def _text(flow: Flow) -> str:
    """Return a flow as it stands in an estate."""
    lines = ["flows:", f"  {flow.id}:", f"    from: {flow.source}", f"    to: {flow.target}"]
    lines += [f"    protocol: {flow.protocol}"] if flow.protocol != "tcp" else []
    lines += [f"    ports: [{', '.join(map(str, flow.ports))}]"] if flow.ports else []
    lines += [f"    registration: {flow.registration}"] if flow.registration else []
    return "\n".join([*lines, f"    purpose: {flow.purpose}"])
