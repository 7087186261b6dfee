"""What a router's forward chain says of a flow: the chain it takes, and the first rule there that lets it pass."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from netaddr import IPAddress

from virgem.network.explain.model import Asked, End, Family
from virgem.network.matrix import Place, matrix, opens
from virgem.network.model import FlowRule, NetworkPlan, RouterPlan
from virgem.network.render.facts import facts
from virgem.network.render.nft import policy


@dataclass(frozen=True, slots=True, kw_only=True)
class Chain:
    """A chain of a router's table: its rules by their place in the plan, and which sides they still match."""

    name: str
    way: str  # "from": the target, "to": the source, "transit": both
    rules: tuple[int, ...]
    hook: str = "forward"


@dataclass(frozen=True, slots=True, kw_only=True)
class Passed:
    """The rule that lets a flow pass a chain, as the plan and as the rendered text have it; None: it is refused."""

    chain: Chain
    rule: FlowRule | None
    line: str = ""


def chain_at(plan: NetworkPlan, router: RouterPlan, source: Place, target: Place) -> Chain:
    """Return the chain of a router that decides: of the source's zone when it is local, of the target's, or transit.

    The order of the forward chain; the first that takes a flow also ends it.
    """
    for way, zone in (("from", source.zone), ("to", target.zone)):
        if zone is not None and zone.site == router.site.path:
            found = matrix(plan).rules_from(zone) if way == "from" else matrix(plan).rules_to(zone)
            return Chain(name=f"{way}-{zone.zone.id}", way=way, rules=found)
    return Chain(name="transit", way="transit", rules=tuple(range(len(plan.rules))))


def chain_into(plan: NetworkPlan, target: End) -> Chain:
    """Return the chain that decides what reaches a router itself, at its address for management."""
    assert target.zone is not None
    name = f"to-{target.zone.zone.id}"
    return Chain(name=name, way="to", rules=matrix(plan).rules_to(target.zone), hook="input")


def passed(
    plan: NetworkPlan, router: RouterPlan, ends: tuple[IPAddress, IPAddress], asked: Asked, family: Family
) -> Passed:
    """Return what a router's forward chain, or where it ends there its input chain, says of a flow's first packet."""
    source, target = (matrix(plan).place(address) for address in ends)
    into = asked.target.itself and asked.target.zone is not None and asked.target.zone.site == router.site.path
    chain = chain_into(plan, asked.target) if into else chain_at(plan, router, source, target)
    name = f"v{family}"
    for rule in _fitting(plan, chain, source, target):
        if opens(rule.ports, asked.protocol, asked.port):
            line = policy.line(facts(plan), chain.way, rule, name, asked.protocol)
            if line:
                return Passed(chain=chain, rule=rule, line=line)
    return Passed(chain=chain, rule=None)


def _fitting(plan: NetworkPlan, chain: Chain, source: Place, target: Place) -> Iterator[FlowRule]:
    """Yield the rules of a chain that are about both ends, whatever the port."""
    for rule in (plan.rules[index] for index in chain.rules):
        from_it = chain.way == "from" or source.chosen_by(rule.source)
        if from_it and (chain.way == "to" or target.chosen_by(rule.target)):
            yield rule


def between(plan: NetworkPlan, source: IPAddress, target: IPAddress) -> tuple[FlowRule, ...]:
    """Return every rule between two addresses, whatever the port."""
    one, other = matrix(plan).place(source), matrix(plan).place(target)
    every: Iterable[FlowRule] = plan.rules
    return tuple(rule for rule in every if one.chosen_by(rule.source) and other.chosen_by(rule.target))
