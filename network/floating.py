"""Floating addresses: where a registered flow from a network that never sees an own address finds its target.

Only IPv4 has them: a pool of private IPv6 may be mapped address by address (see translation). A number is kept in
estate.lock; one of something that needs it no more is given to another only when no other is left.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from netaddr import IPAddress

from virgem.modules.codes import problem, warning
from virgem.modules.estate.model import Datacentre, Estate
from virgem.modules.problem import Mark, Problem
from virgem.network import translation
from virgem.network.lock import FILE, Entry, Lock
from virgem.network.matrix import matrix
from virgem.network.model import CloudAddress, FloatingPrefix, FlowRule, NetworkPlan, Side, UpstreamPlan


def prefixes(estate: Estate) -> tuple[FloatingPrefix, ...]:
    """Return the prefixes of all datacentres that have one, by datacentre."""
    centres = sorted(estate.datacentres, key=lambda centre: centre.id)
    return tuple(FloatingPrefix(datacentre=str(c.id), prefix=c.floating.network) for c in centres if c.floating)


class Floating:
    """The floating address of everything that needs one, and what stands in the way."""

    def __init__(self, estate: Estate, plan: NetworkPlan, lock: Lock) -> None:
        self.problems: list[Problem] = []
        self.addresses: dict[str, IPAddress] = {}  # by the key of the CloudAddress
        self._estate, self._plan, self._lock = estate, plan, lock
        self._centres = {str(centre.id): centre for centre in estate.datacentres}
        wanted = dict(_wanted(plan))
        for prefix in plan.floating:
            self._room_for_routers(prefix)
        here = {prefix.datacentre: prefix for prefix in plan.floating}
        lacking: dict[tuple[Mark, str], list[tuple[CloudAddress, UpstreamPlan]]] = {}
        for (host, rule), seers in wanted.items():
            if (centre := self._centre(host)) not in here:
                lacking.setdefault((rule.origin, centre), []).extend((host, seer) for seer in seers)
        for (mark, centre), reached in lacking.items():
            self._lacking(mark, self._centres[centre], reached)
        for name, prefix in here.items():
            hosts = sorted({host.key: host for host, _ in wanted if self._centre(host) == name}.items())
            self._deal(prefix, [host for _, host in hosts])

    def applied(self, hosts: tuple[CloudAddress, ...]) -> tuple[CloudAddress, ...]:
        """Return servers or load balancers with their floating addresses."""
        return tuple(replace(host, floating=self.addresses.get(host.key)) for host in hosts)

    def entries(self) -> dict[str, Entry]:
        """Return what the lock keeps of them."""
        return {f"floating {key}": Entry(((int(address), 0),)) for key, address in self.addresses.items()}

    def _centre(self, host: CloudAddress) -> str:
        return self._plan.network[host.network].datacentre

    def _room_for_routers(self, prefix: FloatingPrefix) -> None:
        """The router of a tenant takes an address here too, whether anything of the tenant floats or not."""
        tenants = {n.tenant for n in self._plan.cloud_networks if n.datacentre == prefix.datacentre}
        room = max(0, prefix.half - 2)
        if len(tenants) > room:
            centre = self._centres[prefix.datacentre]
            text = (
                f"{prefix.prefix}, the floating addresses of datacentre {centre.id}, has {room} for routers in its "
                f"lower half; {len(tenants)} tenant{'s have' if len(tenants) > 1 else ' has'} one there"
            )
            # The network, the gateway and as many routers as there are, doubled.
            length = 32 - (2 * (len(tenants) + 2) - 1).bit_length()
            self.problems.append(self._full(centre, text, f"take a /{length} or a shorter one"))

    def _full(self, centre: Datacentre, text: str, hint: str) -> Problem:
        return problem("E617", centre.origin.at("floating"), text, hint, target=centre.id)

    def _lacking(self, mark: Mark, centre: Datacentre, reached: list[tuple[CloudAddress, UpstreamPlan]]) -> None:
        """Tell of a flow that reaches these of a datacentre from these networks."""
        flow = next(str(flow.id) for flow in self._estate.flows if flow.origin.mark == mark)
        values = {
            "flow": flow,
            "name": ", ".join(dict.fromkeys(host.name for host, _ in reached)),
            "centre": centre.id,
            "upstream": ", ".join(dict.fromkeys(seer.id for _, seer in reached)),
        }
        related = (centre.origin.at(),)
        if all(_reaches6(self._plan, seer, host) for host, seer in reached):
            self.problems.append(warning("W616", mark, values, flow, related))
            return
        text = "flow {flow} comes from {upstream} to {name} in datacentre {centre}, which has no floating addresses"
        hint = f"add `floating`, a prefix that was assigned to us, to datacentre {centre.id}, or leave the flow out"
        self.problems.append(problem("E615", mark, text.format(**values), hint, related, flow))

    def _deal(self, prefix: FloatingPrefix, hosts: list[CloudAddress]) -> None:
        """Keep locked addresses; give the others the next free one, of what is gone only when no other is left."""
        base, last = int(prefix.prefix.first), int(prefix.prefix.last)
        places = range(base + prefix.half, last)
        used: dict[int, CloudAddress] = {}
        for host in hosts:
            entry = self._lock.entries.get(f"floating {host.key}")
            if entry and entry.ipv4 and (place := entry.ipv4[0][0]) in places:
                if place in used:
                    self._twice(host, used[place])
                used.setdefault(place, host)
                self.addresses[host.key] = IPAddress(place, 4)
        gone = {e.ipv4[0][0] for e in self._lock.kind("floating").values() if e.ipv4} - set(used)
        free = [place for place in places if place not in used]
        order = iter(sorted(free, key=lambda place: (place in gone, place)))
        for host in (host for host in hosts if host.key not in self.addresses):
            if (found := next(order, None)) is None:
                centre = self._centres[prefix.datacentre]
                text = (
                    f"{prefix.prefix}, the floating addresses of datacentre {centre.id}, has {len(places)} for servers "
                    f"and load balancers in its upper half; registered flows need {len(hosts)}"
                )
                hint = "take a shorter prefix, or let the flows end at load balancers"
                self.problems.append(self._full(centre, text, hint))
                return
            self.addresses[host.key] = IPAddress(found, 4)

    def _twice(self, host: CloudAddress, rival: CloudAddress) -> None:
        mine, other = (self._lock.mark(f"floating {one.key}") for one in (host, rival))
        text = f"{host.name} of {host.tenant} has the floating address of {rival.name} of {rival.tenant} in {FILE}"
        hint = f"delete line {mine.line} of {FILE} and it gets a new address"
        self.problems.append(problem("E609", mine, text, hint, (other,)))


def _wanted(plan: NetworkPlan) -> Iterator[tuple[tuple[CloudAddress, FlowRule], tuple[UpstreamPlan, ...]]]:
    """Yield what a registered flow reaches and its rule, with the upstream networks that do not see its address."""
    for rule in plan.rules:
        if not rule.registered or rule.source.side is not Side.UPSTREAM:
            continue
        above = [u for u in matrix(plan).holders(rule.source) if isinstance(u, UpstreamPlan)]
        for host in matrix(plan).hosts(rule.target):
            seers = tuple(u for u in above if any(host.address4 in p for p in translation.concealed(plan, u, 4)))
            if seers:
                yield (host, rule), seers


def _reaches6(plan: NetworkPlan, upstream: UpstreamPlan, host: CloudAddress) -> bool:
    """Tell whether an upstream reaches the IPv6 address of a host: it sees it, or it is mapped address by address."""
    hidden = any(host.address6 in pool for pool in translation.concealed(plan, upstream, 6))
    return not hidden or any(host.address6 in pool for pool, _ in translation.mapped(plan, upstream, 6))
