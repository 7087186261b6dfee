"""What the firewall of a server itself lets in: the flows of the matrix that end at it, by port."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from netaddr import IPNetwork, cidr_merge

from virgem.network.matrix import Place, matrix, resolve
from virgem.network.model import CloudAddress, FlowRule, NetworkPlan, Side

# More prefixes than this for a port become the region's pools: routers and security groups hold the exact list, and a
# host's variables stay small.
MOST = 64
# The role itself sees to ssh, so that a wrong list never shuts out who has to mend it; ICMP is open on every host.
_OWN = ("tcp/22", "icmp")


@dataclass(frozen=True, slots=True, kw_only=True)
class Opened:
    """A port ("tcp/443", "udp/10000-20000", "any") and the prefixes that may reach it; none means everybody."""

    port: str
    sources: tuple[str, ...]

    @property
    def document(self) -> Mapping[str, object]:
        """The same as the role takes it."""
        return {"port": self.port, "sources": list(self.sources)}


class Openings:
    """Answers for every server of a plan; servers alike are asked for once."""

    def __init__(self, plan: NetworkPlan) -> None:
        self._plan = plan
        self._public = {upstream.id for upstream in plan.upstreams if upstream.public}
        self._known: dict[tuple[str, str], tuple[Opened, ...]] = {}

    def of(self, host: CloudAddress) -> tuple[Opened, ...]:
        """Return what is open on a server, by port."""
        key = (host.tenant, host.server)
        if key not in self._known:
            place = matrix(self._plan).place(host.address4)
            self._known[key] = tuple(self._opened(place))
        return self._known[key]

    def _opened(self, place: Place) -> Iterator[Opened]:
        ports: dict[str, list[FlowRule]] = {}
        for rule in self._plan.rules:
            if place.chosen_by(rule.target):
                for port in rule.ports:
                    ports.setdefault(port, []).append(rule)
        for port, rules in sorted(ports.items()):
            if port not in _OWN and (sources := self._sources(rules)) is not None:
                yield Opened(port=port, sources=sources)

    def _sources(self, rules: Iterable[FlowRule]) -> tuple[str, ...] | None:
        """Return the prefixes that rules start from; none for a public network, None when nobody is there."""
        selectors = {rule.source for rule in rules}
        if any(s.side is Side.UPSTREAM and s.name in self._public for s in selectors):
            return ()
        found: tuple[str, ...] = ()
        for family, pools in enumerate((self._plan.pools4, self._plan.pools6)):
            prefixes = {prefix for selector in selectors for prefix in resolve(self._plan, selector)[family]}
            found += tuple(map(str, _few(prefixes, pools)))
        return found or None


def _few(prefixes: set[IPNetwork], pools: tuple[IPNetwork, ...]) -> list[IPNetwork]:
    merged: list[IPNetwork] = cidr_merge(prefixes)
    if len(merged) <= MOST:
        return merged
    return cidr_merge([*pools, *(p for p in merged if not any(p in pool for pool in pools))])
