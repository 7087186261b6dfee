"""What is asked about a flow and what is answered: its ends, every hop there and back, what would have to change.

Capacities are in bit/s, MTUs in bytes, costs those of OSPF.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Literal, Protocol

from netaddr import IPAddress

from virgem.modules.problem import NOWHERE, Mark
from virgem.network.model import CloudAddress, CloudNetwork, UpstreamPlan, ZonePlan

Family = Literal[4, 6]
Direction = Literal["ingress", "egress"]


class Verdict(StrEnum):
    """What becomes of a flow in one family."""

    PASSES = "passes"
    REFUSED = "refused"
    ABSENT = "absent"  # an end has no address of this family, so there is nothing to refuse


@dataclass(frozen=True, slots=True, kw_only=True)
class End:
    """One end of a flow: a zone, a server, a load balancer, a tier of a tenant or an upstream network.

    `endpoint` is how a flow of the estate names it, "" when none can. An address is an example where many would do.
    `itself`: the router of the zone, where it is managed, and no host in it. `kept`: a device that a role configures,
    with a firewall of its own.
    """

    name: str
    says: str
    endpoint: str = ""
    zone: ZonePlan | None = None
    itself: bool = False
    kept: bool = False
    network: CloudNetwork | None = None
    host: CloudAddress | None = None  # a server, or a load balancer where `balancer` says so
    balancer: bool = False
    upstream: UpstreamPlan | None = None
    address4: IPAddress | None = None
    address6: IPAddress | None = None
    origin: Mark = NOWHERE
    note: str = ""

    def address(self, family: Family) -> IPAddress | None:
        """Return its address of a family, None when it has none."""
        return self.address4 if family == 4 else self.address6


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """A flow that is asked about; `port` is 0 for ICMP. `chosen` says why this port when nobody named one."""

    source: End
    target: End
    protocol: str
    port: int
    chosen: str = ""

    @property
    def transport(self) -> str:
        """Return `tcp/443` or `icmp`, as flows write it."""
        return f"{self.protocol}/{self.port}" if self.port else self.protocol


@dataclass(frozen=True, slots=True, kw_only=True)
class Hop:
    """One step: where, what happens there, whether it lets the flow on, and the line of the estate that decides it.

    `rule` is the rule as it stands in what is rendered; `facts` are the numbers behind `says`, for machines.
    """

    where: str
    what: str
    says: str
    passes: bool = True
    why: str = ""
    rule: str = ""
    flow: str = ""
    origin: Mark = NOWHERE
    facts: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """What would have to change, or why nothing can: `text` is what to write in the estate, where that would do."""

    says: str
    text: str = ""
    origin: Mark = NOWHERE


@dataclass(frozen=True, slots=True, kw_only=True)
class Way:
    """The flow in one family: up to the hop that refuses it, or to the end and back."""

    family: Family
    verdict: Verdict
    source: IPAddress | None
    target: IPAddress | None
    hops: tuple[Hop, ...] = ()
    back: tuple[Hop, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Explanation:
    """The answer for a flow in the families that were asked about."""

    asked: Asked
    ways: tuple[Way, ...]
    changes: tuple[Change, ...] = ()

    @property
    def verdict(self) -> Verdict:
        """Refused where any family is; else it passes if it does in one of them; an absent family refuses nothing."""
        found = {way.verdict for way in self.ways}
        return next(v for v in (Verdict.REFUSED, Verdict.PASSES, Verdict.ABSENT) if v in found)


@dataclass(frozen=True, slots=True, kw_only=True)
class Judged:
    """What guards a server or a load balancer says of a flow: the group or listener, and the rule that lets it pass."""

    passes: bool
    group: str
    says: str
    rule: str = ""


class Guards(Protocol):
    """What the cloud lets pass at a server or load balancer; given by the part above, which plans the cloud."""

    def judged(
        self, direction: Direction, near: End, far: tuple[End, IPAddress], asked: Asked, family: Family
    ) -> Judged:
        """Return whether the near end may open the flow (egress) or take it (ingress), to or from a far address."""
