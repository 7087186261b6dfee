"""What carries a flow between two routers: VXLAN over the cheapest links, each with its spans, ducts or tunnel."""

from __future__ import annotations

from collections.abc import Iterator

from virgem.modules.estate.base import Origin
from virgem.modules.estate.checks.facts import Facts
from virgem.modules.estate.model import Estate
from virgem.modules.estate.scalars import Capacity
from virgem.modules.problem import Mark
from virgem.network.explain.model import Hop
from virgem.network.explain.routes import Route, path
from virgem.network.model import NetworkPlan, WanLink
from virgem.network.render import names


def carried(estate: Estate, plan: NetworkPlan, found: Route) -> Iterator[Hop]:
    """Yield the tunnel between two routers of a route and the links under it."""
    one, other = found.routers[0], found.routers[-1]
    way = path(plan, one.site.path, other.site.path)
    vnis = " or ".join(f"{vrf.vni} ({vrf.name})" for vrf in found.riding)
    if way is None:
        yield Hop(where=one.name, what="overlay", says=f"no link leads to {other.name}", passes=False)
        return
    mtu = min(names.inner_mtu(one), names.inner_mtu(other))
    least = min((link.capacity for _, link in way.links), default=0)
    alike = f", one of {way.alike} paths alike" if way.alike > 1 else ""
    yield Hop(
        where=one.name,
        what="overlay",
        says=f"VXLAN {vnis} to {other.name} at {other.loopback4}, MTU {mtu}, cost {way.cost}{alike}",
        why="the routers between them see VXLAN from loopback to loopback only (chain between-routers)",
        origin=other.site.origin.mark,
        facts={
            "vni": " ".join(str(vrf.vni) for vrf in found.riding),
            "next-hop": str(other.loopback4),
            "mtu": str(mtu),
            "cost": str(way.cost),
            "paths-alike": str(way.alike),
            "capacity": str(least),
        },
    )
    for start, link in way.links:
        yield _link(estate, plan, start, link)


def _link(estate: Estate, plan: NetworkPlan, start: str, link: WanLink) -> Hop:
    near, far = link.end(start), link.far(start)
    over = _over(estate, plan, link)
    facts = {
        "link": link.key,
        "kind": link.kind,
        "interface": near.interface,
        "next-hop": str(far.address4.ip),
        "capacity": str(link.capacity),
        "mtu": str(link.mtu),
        "cost": str(link.cost),
    }
    return Hop(
        where=plan.router_at[start].name,
        what="link",
        says=f"{near.interface} > {plan.router_at[far.site].name}: {link.kind} {Capacity(link.capacity)}, "
        f"MTU {link.mtu}, cost {link.cost}{over}",
        origin=_mark(estate, link),
        facts={**facts, **({"spans": " ".join(link.over)} if link.over else {})},
    )


def _over(estate: Estate, plan: NetworkPlan, link: WanLink) -> str:
    """Return what a link rides on: the spans and ducts of the estate, or the internet by a tunnel."""
    if link.tunnel:
        ends = ", ".join(str(end.address) for end in plan.router_at[link.listener].public)
        return f", WireGuard to {ends or link.listener} udp/{names.listen_port(link)}"
    if not link.over:
        return ""
    known = Facts(estate=estate)
    ducts = dict.fromkeys(duct for span in link.over for duct in known.span_ducts(known.spans[span]))
    through = f" through {', '.join(ducts)}" if ducts else ""
    return f", over {', '.join(link.over)}{through}"


def _mark(estate: Estate, link: WanLink) -> Mark:
    """Return where a link was written; one that follows from a site stands at the site that it joins."""
    if link.origin.file:
        return link.origin
    origin: Origin = estate.sites[link.ends[0].site].origin
    return origin.at("link")
