"""The structure of the network: upstream networks inside, the ring of hubs around them, sites outside their hub."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from math import ceil, cos, pi, sin

from virgem.modules.estate.model import Estate
from virgem.modules.reports.pictures import svg
from virgem.modules.reports.words.speech import Speech
from virgem.network.model import NetworkPlan, Place, RouterPlan, WanLink

# Above this many hubs names stand along the spokes with the count of sites, since dots no longer fit side by side.
_UPRIGHT = 24


@dataclass(frozen=True, slots=True, kw_only=True)
class _Ring:
    """The measures of a picture: centre, radius of the ring, distance between the dots of sites."""

    hubs: tuple[RouterPlan, ...]
    centre: tuple[float, float]
    radius: float
    step: float

    @property
    def upright(self) -> bool:
        """Whether names stand upright."""
        return len(self.hubs) <= _UPRIGHT

    def angle(self, index: int) -> float:
        """Return the direction of a hub, the first at the top."""
        return 2 * pi * index / max(len(self.hubs), 1) - pi / 2

    def at(self, angle: float, radius: float, aside: float = 0.0) -> tuple[float, float]:
        """Return the point at a distance in a direction, and so much aside."""
        x, y = self.centre
        return x + radius * cos(angle) - aside * sin(angle), y + radius * sin(angle) + aside * cos(angle)


def topology(estate: Estate, plan: NetworkPlan, towns: frozenset[str], speech: Speech) -> str:
    """Return the picture for some municipalities (by id); datacentres are always part of it."""
    inner = [r for r in plan.routers if r.place is not Place.EDGE]
    hubs = _in_order([r for r in inner if r.town.id in towns or r.place is Place.DATACENTRE], plan.links)
    edges = _edges(plan, towns)
    ring = _measured(hubs, edges)
    half, high = ring.centre
    entries = _legend(speech, ring.upright)
    bottom = 2 * high + 10
    body = [
        *_cables(ring, plan),
        *_upstreams(ring, plan, estate, speech),
        *(part for i, hub in enumerate(hubs) for part in _hub(ring, i, edges.get(hub.site.path, ()), estate, speech)),
        *svg.legend((40, bottom), 2 * half - 80, entries),
    ]
    size = (2 * half, bottom + svg.legend_height(2 * half - 80, entries) + 5)
    description = speech(
        "topology-desc",
        upstreams=len(plan.upstreams),
        datacentres=len(plan.datacentres),
        hubs=len(hubs),
        edges=sum(map(len, edges.values())),
    )
    return svg.picture("topology", speech("topology"), description, size, body)


def _measured(hubs: tuple[RouterPlan, ...], edges: Mapping[str, Sequence[RouterPlan]]) -> _Ring:
    """Return a ring with room for every hub on it, and outside it for the most sites of a hub and the longest name."""
    upright = len(hubs) <= _UPRIGHT
    radius = 210.0 if upright else len(hubs) * 15 / (2 * pi)
    rough = _Ring(hubs=hubs, centre=(0, 0), radius=radius, step=10.0)
    rows = max((ceil(len(sites) / _across(rough)) for sites in edges.values()), default=0) if upright else 0
    longest = max((svg.width_of(hub.town.title, 14 if upright else 9.5) for hub in hubs), default=0)
    half = radius + 50 + rows * rough.step + max(longest, 80) + (0 if upright else 30)
    high = half - longest + 30 if upright else half
    return _Ring(hubs=hubs, centre=(half, high), radius=radius, step=rough.step)


def _in_order(hubs: Sequence[RouterPlan], links: Sequence[WanLink]) -> tuple[RouterPlan, ...]:
    """Return the hubs in the order in which the backbone joins them, so that a ring is drawn as a ring."""
    by_path = {hub.site.path: hub for hub in hubs}
    near: dict[str, set[str]] = {path: set() for path in by_path}
    for link in links:
        a, b = link.ends[0].site, link.ends[1].site
        if link.backbone and a in near and b in near:
            near[a].add(b)
            near[b].add(a)
    order: dict[str, RouterPlan] = {}
    for start in sorted(by_path):
        path: str | None = start
        while path is not None and path not in order:
            order[path] = by_path[path]
            path = min((other for other in near[path] if other not in order), default=None)
    return tuple(order.values())


def _edges(plan: NetworkPlan, towns: frozenset[str]) -> Mapping[str, tuple[RouterPlan, ...]]:
    """The edge sites of every hub."""
    found: dict[str, list[RouterPlan]] = {}
    for router in plan.routers:
        if router.place is Place.EDGE and router.town.id in towns:
            found.setdefault(plan.town[router.town.id].hub, []).append(router)
    return {hub: tuple(routers) for hub, routers in found.items()}


def _cables(ring: _Ring, plan: NetworkPlan) -> Iterator[str]:
    place = {hub.site.path: ring.at(ring.angle(i), ring.radius) for i, hub in enumerate(ring.hubs)}
    pairs = sorted(
        {
            (link.ends[0].site, link.ends[1].site)
            for link in plan.links
            if link.backbone and all(end.site in place for end in link.ends)
        }
    )
    yield svg.lines("backbone" if ring.upright else "access", [(place[a], place[b]) for a, b in pairs])


def _upstreams(ring: _Ring, plan: NetworkPlan, estate: Estate, speech: Speech) -> Iterator[str]:
    """The upstream networks as boxes in the middle, each joined to its datacentres."""
    site = {hub.site.path: i for i, hub in enumerate(ring.hubs)}
    labels = {str(upstream.id): upstream.label or "" for upstream in estate.upstreams}
    x, y = ring.centre
    top = y - (len(plan.upstreams) - 1) * 24
    boxes = []
    for number, upstream in enumerate(plan.upstreams):
        middle = top + number * 48
        for path in (plan.datacentres[name] for name in upstream.datacentres):
            if path in site:
                yield svg.lines("access", [((x, middle), ring.at(ring.angle(site[path]), ring.radius))])
        words = labels.get(upstream.id) or speech.word("upstreams", upstream.kind)
        boxes.append(_box(x, middle, words))
    yield from boxes


def _box(x: float, y: float, words: str) -> str:
    half = max(60.0, svg.width_of(words, 13) / 2 + 12)
    return (
        f'<rect class="upstream" x="{svg.num(x - half)}" y="{svg.num(y - 16)}" width="{svg.num(2 * half)}" height="32" '
        f'rx="16" fill="{svg.PAPER}" stroke="{svg.INK}" stroke-width="1.5"/>'
        + svg.text(x, y + 4.5, words, 13, ' text-anchor="middle"')
    )


def _hub(ring: _Ring, index: int, edges: Sequence[RouterPlan], estate: Estate, speech: Speech) -> Iterator[str]:
    """A hub, its sites in rows outside it, and its name beyond them."""
    hub, angle = ring.hubs[index], ring.angle(index)
    across = _across(ring)
    dots = sorted(edges, key=lambda router: (_tunnelled(router), router.key)) if ring.upright else []
    for number, edge in enumerate(dots):
        row, column = divmod(number, across)
        in_row = min(across, len(dots) - row * across)
        aside = (column - (in_row - 1) / 2) * ring.step
        yield svg.dot(*ring.at(angle, ring.radius + 24 + row * ring.step, aside), ring.step * 0.3, _tunnelled(edge))
    scale = 1.0 if ring.upright else 0.6
    x, y = ring.at(angle, ring.radius)
    yield svg.diamond(x, y, 10 * scale) if hub.place is Place.DATACENTRE else svg.square(x, y, 6 * scale)
    beyond = ring.radius + (24 + ceil(len(dots) / across) * ring.step if ring.upright else 8)
    count = speech.number(len(edges))
    if ring.upright:
        count = speech("site-one") if len(edges) == 1 else speech("site-count", count=count)
    yield from _name(ring, angle, beyond, estate.towns[hub.town.id].title, count)


def _across(ring: _Ring) -> int:
    """How many dots fit side by side outside a hub."""
    room = 2 * pi * (ring.radius + 24) / max(len(ring.hubs), 1)
    return max(1, min(8, int(room / ring.step) - 1))


def _tunnelled(router: RouterPlan) -> bool:
    return all(link.tunnel for link in router.links if not link.backup)


def _name(ring: _Ring, angle: float, radius: float, title: str, count: str) -> Iterator[str]:
    if ring.upright:
        x, y = ring.at(angle, radius + 12)
        side = cos(angle)
        anchor = "middle" if abs(side) < 0.3 else "start" if side > 0 else "end"
        extra = f' text-anchor="{anchor}"'
        yield svg.text(x, y + 6 * sin(angle), title, 14, f'{extra} font-weight="600"')
        yield svg.text(x, y + 6 * sin(angle) + 15, count, 11.5, extra)
        return
    x, y = ring.at(angle, radius + 6)
    flip = cos(angle) < 0
    turn = angle * 180 / pi + (180 if flip else 0)
    anchor = "end" if flip else "start"
    rotate = f' transform="rotate({svg.num(turn)} {svg.num(x)} {svg.num(y)})" text-anchor="{anchor}"'
    yield svg.text(x, y + 3, f"{title} ({count})", 9.5, rotate)


def _legend(speech: Speech, upright: bool) -> list[tuple[str, str]]:
    box = f'<rect x="-15" y="-8" width="30" height="16" rx="8" fill="{svg.PAPER}" stroke="{svg.INK}"/>'
    entries = [(box, "upstream"), (svg.diamond(0, 0), "datacentre"), (svg.square(0, 0), "hub")]
    entries.append((svg.sample_line("backbone" if upright else "access"), "backbone"))
    if upright:
        entries += [(svg.dot(0, 0, 3), "direct"), (svg.dot(0, 0, 3, hollow=True), "tunnelled")]
    return [(sample, speech(f"legend-{name}")) for sample, name in entries]
