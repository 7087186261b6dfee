"""The structure of the network: upstream networks inside, the ring of hubs around them, sites outside their hub."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from math import ceil, cos, hypot, pi, sin

from virgem.modules.estate.model import Estate
from virgem.modules.reports.pictures import svg
from virgem.modules.reports.pictures.labels import Box, Spoke, fan_out
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


@dataclass(frozen=True, slots=True, kw_only=True)
class _Cloud:
    """An upstream network: its name, and how far below the centre its box has its middle."""

    words: str
    middle: float

    @property
    def half(self) -> float:
        """Return half the width of the box."""
        return max(60.0, svg.width_of(self.words, 13) / 2 + 12)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Caption:
    """The name of an upright hub and the count of its sites, about the centre of the ring."""

    title: str
    count: str
    anchor: str
    box: Box


def topology(estate: Estate, plan: NetworkPlan, towns: frozenset[str], speech: Speech) -> str:
    """Return the picture for some municipalities (by id); datacentres are always part of it."""
    inner = [r for r in plan.routers if r.place is not Place.EDGE]
    hubs = _in_order([r for r in inner if r.town.id in towns or r.place is Place.DATACENTRE], plan.links)
    edges = _edges(plan, towns)
    clouds = _clouds(plan, estate, speech)
    rough = _rough(hubs, clouds)
    captions = _captions(rough, edges, estate, speech) if rough.upright else ()
    ring = _measured(rough, estate, captions)
    half, high = ring.centre
    entries = _legend(speech, ring.upright)
    bottom = 2 * high + 10
    body = [
        *_cables(ring, plan),
        *_upstreams(ring, plan, clouds),
        *(part for i, hub in enumerate(hubs) for part in _hub(ring, i, edges.get(hub.site.path, ()))),
        *(part for caption in captions for part in _caption(ring, caption)),
        *(() if ring.upright else _along(ring, edges, estate, speech)),
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


def _rough(hubs: tuple[RouterPlan, ...], clouds: Sequence[_Cloud]) -> _Ring:
    """Return a ring about (0, 0) with room for every hub on it, and within it for the upstream networks."""
    needed = 210.0 if len(hubs) <= _UPRIGHT else len(hubs) * 15 / (2 * pi)
    inside = max((hypot(cloud.half, abs(cloud.middle) + 16) + 20 for cloud in clouds), default=0.0)
    return _Ring(hubs=hubs, centre=(0, 0), radius=max(needed, inside), step=10.0)


def _measured(ring: _Ring, estate: Estate, captions: Sequence[_Caption]) -> _Ring:
    """Return the ring in the middle of a picture with room for its names."""
    if ring.upright:
        boxes = [caption.box for caption in captions]
        half = max(ring.radius + 130, *(max(-box.left, box.right) + 10 for box in boxes))
        high = max(ring.radius + 40, *(max(-box.top, box.bottom) + 10 for box in boxes))
    else:
        longest = max(svg.width_of(f"{estate.towns[hub.town.id].title} (000)", 9.5) for hub in ring.hubs)
        half = high = ring.radius + 30 + longest
    return replace(ring, centre=(half, high))


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


def _clouds(plan: NetworkPlan, estate: Estate, speech: Speech) -> tuple[_Cloud, ...]:
    """The upstream networks below each other, about the centre."""
    labels = {str(upstream.id): upstream.label or "" for upstream in estate.upstreams}
    top = -(len(plan.upstreams) - 1) * 24
    words = [labels.get(upstream.id) or speech.word("upstreams", upstream.kind) for upstream in plan.upstreams]
    return tuple(_Cloud(words=text, middle=top + number * 48) for number, text in enumerate(words))


def _upstreams(ring: _Ring, plan: NetworkPlan, clouds: Sequence[_Cloud]) -> Iterator[str]:
    """The upstream networks as boxes in the middle, each joined to its datacentres."""
    site = {hub.site.path: i for i, hub in enumerate(ring.hubs)}
    x, y = ring.centre
    for upstream, cloud in zip(plan.upstreams, clouds, strict=True):
        for path in (plan.datacentres[name] for name in upstream.datacentres):
            if path in site:
                end = ring.at(ring.angle(site[path]), ring.radius)
                yield svg.lines("access", [((x, y + cloud.middle), end)])
    yield from (_box(x, y + cloud.middle, cloud) for cloud in clouds)


def _box(x: float, y: float, cloud: _Cloud) -> str:
    return (
        f'<rect class="upstream" x="{svg.num(x - cloud.half)}" y="{svg.num(y - 16)}" '
        f'width="{svg.num(2 * cloud.half)}" height="32" '
        f'rx="16" fill="{svg.PAPER}" stroke="{svg.INK}" stroke-width="1.5"/>'
        + svg.text(x, y + 4.5, cloud.words, 13, ' text-anchor="middle"')
    )


def _hub(ring: _Ring, index: int, edges: Sequence[RouterPlan]) -> Iterator[str]:
    """A hub and its sites in rows outside it."""
    hub, angle = ring.hubs[index], ring.angle(index)
    for edge, spot in _dots(ring, index, edges):
        yield svg.dot(*spot, ring.step * 0.3, _tunnelled(edge))
    scale = 1.0 if ring.upright else 0.6
    x, y = ring.at(angle, ring.radius)
    yield svg.diamond(x, y, 10 * scale) if hub.place is Place.DATACENTRE else svg.square(x, y, 6 * scale)


def _dots(ring: _Ring, index: int, edges: Sequence[RouterPlan]) -> Iterator[tuple[RouterPlan, tuple[float, float]]]:
    """The sites of a hub with their places; without room for dots there are none."""
    across = _across(ring)
    dots = sorted(edges, key=lambda router: (_tunnelled(router), router.key)) if ring.upright else []
    for number, edge in enumerate(dots):
        row, column = divmod(number, across)
        in_row = min(across, len(dots) - row * across)
        aside = (column - (in_row - 1) / 2) * ring.step
        yield edge, ring.at(ring.angle(index), ring.radius + 24 + row * ring.step, aside)


def _across(ring: _Ring) -> int:
    """How many dots fit side by side outside a hub."""
    room = 2 * pi * (ring.radius + 24) / max(len(ring.hubs), 1)
    return max(1, min(8, int(room / ring.step) - 1))


def _tunnelled(router: RouterPlan) -> bool:
    return all(link.tunnel for link in router.links if not link.backup)


def _captions(
    ring: _Ring, edges: Mapping[str, Sequence[RouterPlan]], estate: Estate, speech: Speech
) -> tuple[_Caption, ...]:
    """The names of hubs outside their sites, over no other name and no site."""
    size = ring.step * 0.3 + 1
    taken, spokes, words = [], [], []
    for index, hub in enumerate(ring.hubs):
        sites = edges.get(hub.site.path, ())
        taken += [Box(x - size, y - size, x + size, y + size) for _, (x, y) in _dots(ring, index, sites)]
        count = speech("site-one") if len(sites) == 1 else speech("site-count", count=speech.number(len(sites)))
        words.append((estate.towns[hub.town.id].title, count))
        beyond = ring.radius + 36 + ceil(len(sites) / _across(ring)) * ring.step
        spokes.append(_spoke(ring, ring.angle(index), beyond, *words[-1]))
    boxes = fan_out(spokes, taken)
    return tuple(
        _Caption(title=title, count=count, anchor=spoke.anchor, box=box)
        for (title, count), spoke, box in zip(words, spokes, boxes, strict=True)
    )


def _spoke(ring: _Ring, angle: float, radius: float, title: str, count: str) -> Spoke:
    x, y = ring.at(angle, radius)
    width = max(svg.width_of(title, 14), svg.width_of(count, 11.5))
    return Spoke(x=x, y=y, dx=cos(angle), dy=sin(angle), width=width, height=34)


def _caption(ring: _Ring, caption: _Caption) -> Iterator[str]:
    box, (x, y) = caption.box, ring.centre
    side = {"start": box.left, "middle": (box.left + box.right) / 2, "end": box.right}[caption.anchor]
    extra = f' text-anchor="{caption.anchor}"'
    yield svg.text(x + side, y + box.top + 12, caption.title, 14, f'{extra} font-weight="600"')
    yield svg.text(x + side, y + box.top + 27, caption.count, 11.5, extra)


def _along(ring: _Ring, edges: Mapping[str, Sequence[RouterPlan]], estate: Estate, speech: Speech) -> Iterator[str]:
    """The names of many hubs, each along its spoke with the count of its sites."""
    for index, hub in enumerate(ring.hubs):
        angle = ring.angle(index)
        x, y = ring.at(angle, ring.radius + 14)
        flip = cos(angle) < 0
        turn = svg.num(angle * 180 / pi + (180 if flip else 0))
        around = f' transform="rotate({turn} {svg.num(x)} {svg.num(y)})" text-anchor="{"end" if flip else "start"}"'
        count = speech.number(len(edges.get(hub.site.path, ())))
        yield svg.text(x, y + 3, f"{estate.towns[hub.town.id].title} ({count})", 9.5, around)


def _legend(speech: Speech, upright: bool) -> list[tuple[str, str]]:
    box = f'<rect x="-15" y="-8" width="30" height="16" rx="8" fill="{svg.PAPER}" stroke="{svg.INK}"/>'
    entries = [(box, "upstream"), (svg.diamond(0, 0), "datacentre"), (svg.square(0, 0), "hub")]
    entries.append((svg.sample_line("backbone" if upright else "access"), "backbone"))
    if upright:
        entries += [(svg.dot(0, 0, 3), "direct"), (svg.dot(0, 0, 3, hollow=True), "tunnelled")]
    return [(sample, speech(f"legend-{name}")) for sample, name in entries]
