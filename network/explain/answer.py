"""The answer to a question about a flow: names become ends, a missing port is chosen, every family is walked."""

from __future__ import annotations

from dataclasses import replace

from netaddr import IPAddress

from virgem.modules.problem import UserError
from virgem.network import policy
from virgem.network.explain.changes import changes
from virgem.network.explain.ends import Ends
from virgem.network.explain.firewall import between
from virgem.network.explain.model import Asked, End, Explanation, Family
from virgem.network.explain.walk import Known, way
from virgem.network.model import SHARED, Selector, Side

PROTOCOLS = ("tcp", "udp", "icmp")
_USUAL = 443
FAMILIES: tuple[Family, ...] = (4, 6)


def explain(
    known: Known, names: tuple[str, str], protocol: str = "", port: int | None = None, family: Family | None = None
) -> Explanation:
    """Return what becomes of a flow between two named ends; refuse what names nothing or makes no sense.

    Without a protocol and a port the first that the target is there for, else the first that is open, else tcp/443.
    """
    if port is not None and not 1 <= port <= 65535:
        raise UserError(f"{port} is no port", "ports are 1 to 65535")
    if port is not None and protocol == "icmp":
        raise UserError("icmp has no ports", "leave --port out")
    found = Ends(known.estate, known.plan)
    source, target = _apart(found.find(names[0], starts=True), found.find(names[1]))
    _refuse(source, target)
    families = _families(source, target, family)
    asked = _asked(known, source, target, protocol, port)
    ways = tuple(way(known, asked, one) for one in families)
    return Explanation(asked=asked, ways=ways, changes=changes(known, asked, ways))


def _apart(source: End, target: End) -> tuple[End, End]:
    """Return two ends of which the second is another host of the same zone or tier where both are only examples."""
    if source.name != target.name or source.host is not None or source.upstream is not None or not source.endpoint:
        return source, target
    four, six = (
        IPAddress(int(a) + 1, a.version) if a is not None else None for a in (target.address4, target.address6)
    )
    return source, replace(target, address4=four, address6=six)


def _refuse(source: End, target: End) -> None:
    if source.upstream and target.upstream:
        raise UserError(
            f"{source.name} and {target.name} are both outside the region, and nothing passes through it",
            "name one end that is ours",
        )
    for end in (source, target):
        if end.upstream is not None and not end.upstream.datacentres:
            raise UserError(f"no datacentre joins {end.name}, so nothing leads there", "add one under `datacentres`")
    if source.balancer:
        raise UserError(
            f"{source.name} is a load balancer, which starts no flow but to its own servers",
            "name a server as the source",
        )
    if source.itself:
        raise UserError(f"{source.name} is a router; what it opens itself is not followed", "name a zone as the source")
    if source.host is not None and source.host == target.host:
        raise UserError(f"{source.name} is both ends of this flow", "name two different ends")


def _families(source: End, target: End, family: Family | None) -> tuple[Family, ...]:
    """Return the families to walk: both, but for an address only its own."""
    alone = [end for end in (source, target) if end.name in (str(end.address4), str(end.address6))]
    found = [one for one in FAMILIES if all(end.address(one) is not None for end in alone)]
    if not found:
        raise UserError(f"{source.name} and {target.name} are of different families", "name two ends of one family")
    if family is None:
        return tuple(found)
    if family not in found:
        raise UserError(f"{alone[0].name} is no IPv{family} address", f"leave --family out, or name an IPv{family} end")
    return (family,)


def _asked(known: Known, source: End, target: End, protocol: str, port: int | None) -> Asked:
    if protocol == "icmp" or port is not None:
        return Asked(source=source, target=target, protocol=protocol or "tcp", port=port or 0)
    meant = [text for text in _meant(known, target) if _fits(text, protocol)]
    open_ = [text for text in _open(known, source, target) if _fits(text, protocol)]
    if first := next((text for text in meant if text in open_), None) or next(iter([*meant, *open_]), None):
        name, _, span = first.partition("/")
        why = f"what {target.name} is there for" if first in meant else "open between these two"
        return Asked(
            source=source,
            target=target,
            protocol=protocol or (name if name in PROTOCOLS else "tcp"),
            port=int(span.partition("-")[0] or (_USUAL if name != "icmp" else 0)),
            chosen=f"no port was named: {why}",
        )
    chosen = "no port was named: an example"
    return Asked(source=source, target=target, protocol=protocol or "tcp", port=_USUAL, chosen=chosen)


def _fits(text: str, protocol: str) -> bool:
    return not protocol or text == "any" or text.partition("/")[0] == protocol


def _meant(known: Known, target: End) -> tuple[str, ...]:
    """Return the ports that a target is there for, as the policy knows them."""
    if target.upstream is not None:
        return policy.known_ports(known.estate, Selector(side=Side.UPSTREAM, name=target.upstream.id))
    if target.host is None:
        return ()
    shared, host = target.host.tenant == SHARED, target.host
    side = Side.BALANCER if target.balancer else Side.SERVICE if shared else Side.SERVER
    return policy.known_ports(known.estate, Selector(side=side, town=host.tenant, name=host.server))


def _open(known: Known, source: End, target: End) -> list[str]:
    """Return the ports that a rule opens between two ends in some family."""
    found: dict[str, None] = {}
    for family in FAMILIES:
        one, other = source.address(family), target.address(family)
        if one is not None and other is not None:
            found |= dict.fromkeys(port for rule in between(known.plan, one, other) for port in rule.ports)
    return list(found)
