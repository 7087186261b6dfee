"""The way of a flow: whose firewalls it passes in which routing instance, and the links that carry it between those."""

from __future__ import annotations

import heapq
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from virgem.network.explain.model import End
from virgem.network.model import SHARED, NetworkPlan, Place, RouterPlan, Vrf, WanLink
from virgem.network.render import names
from virgem.network.render.frr import overlay


@dataclass(frozen=True, slots=True, kw_only=True)
class Attachment:
    """Where an end touches the routers: the router, its port there and the instance of that port."""

    router: RouterPlan
    vrf: Vrf
    port: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Route:
    """The routers whose forward chain a flow passes, in order, and the instances in which it may ride between them.

    Two instances where both lead to the same router: a datacentre hears of the shared services of another in its own
    `shared` and, by what that one tells, in the tenant's.
    """

    routers: tuple[RouterPlan, ...]
    riding: tuple[Vrf, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Path:
    """The links between two routers, each with the site it starts from; `alike` counts the paths of this cost."""

    links: tuple[tuple[str, WanLink], ...]
    cost: int
    alike: int


def attachment(plan: NetworkPlan, end: End) -> Attachment:
    """Return where an end touches the routers; of an upstream network: at the datacentre that is active for it."""
    vrfs = {vrf.name: vrf for vrf in plan.vrfs}
    if end.zone is not None:
        return Attachment(router=plan.router_at[end.zone.site], vrf=vrfs[end.zone.vrf], port=names.lan(end.zone))
    if end.network is not None:
        vrf = vrfs[end.network.vrf]
        return Attachment(router=_at(plan, end.network.datacentre), vrf=vrf, port=names.cloud(vrf))
    assert end.upstream is not None
    active = _at(plan, end.upstream.datacentres[0])
    return Attachment(router=active, vrf=vrfs[SHARED], port=names.upstream(end.upstream))


def _at(plan: NetworkPlan, datacentre: str) -> RouterPlan:
    return plan.router_at[plan.datacentres[datacentre]]


def beside(one: End, other: End) -> bool:
    """Tell whether no router of the region stands between two ends: in one zone, or in one tenant's cloud beside."""
    if one.zone is not None and other.zone is not None:
        return one.zone.key == other.zone.key and not other.itself
    a, b = one.network, other.network
    return a is not None and b is not None and (a.datacentre, a.vrf) == (b.datacentre, b.vrf)


def route(plan: NetworkPlan, one: Attachment, other: Attachment) -> Route | None:
    """Return the way between two attachments; None where no instance knows a route between theirs.

    Routers hear of each other's zones from the datacentres alone, which reflect. A site's routes are those of its own
    instance. A datacentre imports `shared` into every tenant's instance and those into `shared`, and tells on what it
    imported, so instances meet at the end that is a datacentre's.
    """
    a, b = one.router, other.router
    if a is not b and not plan.reflectors:
        return None
    if one.vrf == other.vrf:
        return Route(routers=(a,)) if a is b else Route(routers=(a, b), riding=(one.vrf,))
    at_source, at_target = (_joins(end.router, one.vrf, other.vrf) for end in (one, other))
    if a is b:
        return Route(routers=(a,)) if at_source else None
    riding = [*([one.vrf] if at_target else []), *([other.vrf] if at_source else [])]
    return Route(routers=(a, b), riding=tuple(riding)) if riding else None


def _joins(router: RouterPlan, one: Vrf, other: Vrf) -> bool:
    """Tell whether a router holds both instances and imports the routes of each into the other, as FRR is told to."""
    return (
        router.place is Place.DATACENTRE
        and other.name in overlay.imports(router, one)
        and one.name in overlay.imports(router, other)
    )


def path(plan: NetworkPlan, one: str, other: str) -> Path | None:
    """Return the cheapest links from one site's router to another's, as OSPF finds them (RFC 2328, 16.1).

    Of several alike the first by the keys of its links; both may carry traffic. None where no links lead there.
    """
    best, before, counts = _tree(plan, one)
    if other not in best:
        return None
    links: list[tuple[str, WanLink]] = []
    at = other
    while at != one:
        link = min(before[at], key=lambda link: link.key)
        at = link.far(at).site
        links.append((at, link))
    return Path(links=tuple(reversed(links)), cost=best[other], alike=counts[other])


def _tree(plan: NetworkPlan, start: str) -> tuple[dict[str, int], dict[str, list[WanLink]], dict[str, int]]:
    """Return cost, last links and number of the cheapest paths to every site (Dijkstra)."""
    best, before, counts = {start: 0}, {start: list[WanLink]()}, {start: 1}
    todo, done = [(0, start)], set[str]()
    while todo:
        cost, at = heapq.heappop(todo)
        if at in done:
            continue
        done.add(at)
        for link, far in _links(plan.router_at, at):
            total = cost + link.cost
            if far not in best or total < best[far]:
                best[far], before[far], counts[far] = total, [link], counts[at]
                heapq.heappush(todo, (total, far))
            elif total == best[far] and far not in done:
                before[far].append(link)
                counts[far] += counts[at]
    return best, before, counts


def _links(routers: Mapping[str, RouterPlan], at: str) -> Iterator[tuple[WanLink, str]]:
    for link in routers[at].links:
        yield link, link.far(at).site
