"""OSPFv2 and OSPFv3 between the routers, one area, with BFD: it carries loopbacks and link addresses only."""

from __future__ import annotations

from dataclasses import dataclass

from virgem.modules.estate.kinds.types import Medium
from virgem.network.model import NetworkPlan, RouterPlan, WanLink
from virgem.network.render import names

AREA = "0"


@dataclass(frozen=True, slots=True)
class Pace:
    """How often two routers greet each other over a medium: BFD in ms, OSPF in s; both ends must agree."""

    profile: str
    interval: int
    hello: int = 1
    dead: int = 4


# Over fibre a silent cut is found in 0.3 s; over networks of others jitter and metered data ask for patience.
FIBRE, FIXED, TUNNEL = Pace("fibre", 100), Pace("fixed", 300), Pace("tunnel", 1000, 2, 8)


def pace(link: WanLink) -> Pace:
    """Return how fast the two ends of a link watch each other."""
    if link.tunnel:
        return TUNNEL
    return FIBRE if names.link_kind(link.kind).medium is Medium.FIBRE else FIXED


def loopback() -> list[str]:
    """Return the loopback interface: announced, never spoken on."""
    lines = [f" ip ospf area {AREA}", " ip ospf passive", f" ipv6 ospf6 area {AREA}", " ipv6 ospf6 passive"]
    return ["interface lo", *lines, "exit", "!"]


def wan(plan: NetworkPlan, router: RouterPlan, link: WanLink) -> list[str]:
    """Return one WAN interface."""
    far = plan.router_at[link.far(router.site.path).site]
    speed = pace(link)
    return [
        f"interface {link.end(router.site.path).interface}",
        f" description to {far.name} {link.kind}{' backup' if link.backup else ''}",
        *_ospf("ip ospf", link, speed),
        *_ospf("ipv6 ospf6", link, speed),
        "exit",
        "!",
    ]


def _ospf(command: str, link: WanLink, speed: Pace) -> list[str]:
    return [
        f" {command} area {AREA}",
        f" {command} network point-to-point",
        f" {command} hello-interval {speed.hello}",
        f" {command} dead-interval {speed.dead}",
        f" {command} cost {min(max(link.cost, 1), 65535)}",
        f" {command} bfd",
        f" {command} bfd profile {speed.profile}",
    ]


def processes(router: RouterPlan) -> list[str]:
    """Return the two OSPF processes, tuned to converge in tens of milliseconds, and the BFD profiles in use."""
    return [
        "router ospf",
        f" ospf router-id {router.loopback4}",
        " log-adjacency-changes",
        " timers throttle spf 10 50 1000",
        " timers throttle lsa all 50",
        " timers lsa min-arrival 50",
        "exit",
        "!",
        "router ospf6",
        f" ospf6 router-id {router.loopback4}",
        " log-adjacency-changes",
        " timers throttle spf 10 50 1000",
        " timers lsa min-arrival 50",
        "exit",
        "!",
        *_bfd(sorted({pace(link) for link in router.links}, key=lambda p: p.profile)),
    ]


def _bfd(paces: list[Pace]) -> list[str]:
    lines = ["bfd"]
    for speed in paces:
        lines += [
            f" profile {speed.profile}",
            "  detect-multiplier 3",
            f"  transmit-interval {speed.interval}",
            f"  receive-interval {speed.interval}",
            " exit",
            " !",
        ]
    return [*lines, "exit", "!"] if paces else []
