"""The map: sites and links at their true places, in an equirectangular projection about the middle of the region."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import cos, radians

from virgem.modules.estate.model import Estate
from virgem.modules.estate.model.connectivity import Point
from virgem.modules.reports.pictures import svg
from virgem.modules.reports.pictures.labels import Box, Name, place
from virgem.modules.reports.words.speech import Speech
from virgem.network.model import NetworkPlan, Place, RouterPlan, WanLink

# Above this many sites only the backbone is drawn, and names are smaller.
_MANY = 1_000
_MARGIN = 40.0
_KM_PER_DEGREE = 6371.0088 * radians(1)
_ROLES = ("tunnel", "backup", "access", "backbone")  # drawn in this order


@dataclass(frozen=True, slots=True, kw_only=True)
class Drawn:
    """A map and what must be said beside it, as keys of sentences with their values."""

    svg: str
    remarks: tuple[tuple[str, Mapping[str, str]], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Projection:
    """From degrees to the picture: `scale` is units per km, north is up."""

    west: float
    north: float
    squeeze: float
    scale: float
    width: float
    height: float

    def __call__(self, point: Point) -> tuple[float, float]:
        """Return x and y of a point."""
        x = (point.lon - self.west) * self.squeeze * _KM_PER_DEGREE * self.scale
        y = (self.north - point.lat) * _KM_PER_DEGREE * self.scale
        return _MARGIN + x, _MARGIN + y


def projection(points: Sequence[Point], width: float) -> Projection:
    """Return the projection in which all points fit a picture of this width; a lone point gets two km around it."""
    pad = 1.0 / _KM_PER_DEGREE
    lats, lons = [p.lat for p in points], [p.lon for p in points]
    north, south = max(lats) + pad, min(lats) - pad
    squeeze = cos(radians((north + south) / 2))
    west, east = min(lons) - pad / squeeze, max(lons) + pad / squeeze
    across, down = (east - west) * squeeze * _KM_PER_DEGREE, (north - south) * _KM_PER_DEGREE
    scale = (width - 2 * _MARGIN) / max(across, down * 1.2)
    return Projection(
        west=west - (max(across, down * 1.2) - across) / 2 / squeeze / _KM_PER_DEGREE,
        north=north,
        squeeze=squeeze,
        scale=scale,
        width=width,
        height=down * scale + 2 * _MARGIN,
    )


def region_map(estate: Estate, plan: NetworkPlan, towns: frozenset[str], speech: Speech) -> Drawn:
    """Return the map of some municipalities (by id) with the far ends of their links."""
    own = {router.site.path for router in plan.routers if router.town.id in towns}
    links = [link for link in plan.links if link.ends[0].site in own or link.ends[1].site in own]
    shown = own | {end.site for link in links for end in link.ends}
    routers = [router for router in plan.routers if router.site.path in shown]
    if not routers:
        empty = svg.picture("map", speech("map"), speech("map-desc", towns=0, sites=0, links=0), (100, 20), [])
        return Drawn(svg=empty, remarks=())
    return _draw(estate, routers, links, speech)


def _draw(estate: Estate, routers: Sequence[RouterPlan], links: Sequence[WanLink], speech: Speech) -> Drawn:
    many = len(routers) > _MANY
    places = {router.site.path: router.site.at or router.town.centre for router in routers}
    project = projection(list(places.values()), 1600 if many else 1000)
    at = {path: project(point) for path, point in places.items()}
    drawn = [link for link in links if link.backbone or not many]
    hubs = [router for router in routers if router.place is not Place.EDGE]
    names, left_out = _names(estate, hubs, at, project, 9.5 if many else 14)
    entries = _legend(speech, many)
    foot = project.height + 14
    body = [
        *_links(drawn, at),
        *(svg.dot(*at[r.site.path], 1.4 if many else 2.6) for r in routers if r.place is Place.EDGE),
        *(svg.named(_title(estate, hub), _marker(hub, *at[hub.site.path], 0.6 if many else 1.0)) for hub in hubs),
        *names,
        *svg.legend((_MARGIN, foot), project.width - 2 * _MARGIN, entries),
        *_scale_bar(project),
    ]
    towns = len({router.town.id for router in routers})
    description = speech("map-desc", towns=towns, sites=len(routers), links=len(links))
    size = (project.width, foot + svg.legend_height(project.width - 2 * _MARGIN, entries) + 10)
    remarks: list[tuple[str, Mapping[str, str]]] = [("map-large", {})] if many else []
    remarks += [("map-left-out", {"count": str(left_out)})] if left_out else []
    return Drawn(svg=svg.picture("map", speech("map"), description, size, body), remarks=tuple(remarks))


def role(link: WanLink) -> str:
    """Return how a link is drawn."""
    if link.backbone:
        return "backbone"
    return "backup" if link.backup else "tunnel" if link.tunnel else "access"


def _links(links: Sequence[WanLink], at: Mapping[str, tuple[float, float]]) -> list[str]:
    drawn = []
    for name in _ROLES:
        ends = {(link.ends[0].site, link.ends[1].site) for link in links if role(link) == name}
        drawn.append(svg.lines(name, [(at[a], at[b]) for a, b in sorted(ends)]))
    return [path for path in drawn if path]


def _marker(router: RouterPlan, x: float, y: float, size: float) -> str:
    return svg.diamond(x, y, 9 * size) if router.place is Place.DATACENTRE else svg.square(x, y, 5 * size)


def _names(
    estate: Estate,
    hubs: Sequence[RouterPlan],
    at: Mapping[str, tuple[float, float]],
    project: Projection,
    size: float,
) -> tuple[list[str], int]:
    """Return the names of municipalities at their hubs, and how many did not fit; datacentres and large towns first."""
    ordered = sorted(hubs, key=lambda r: (r.place is not Place.DATACENTRE, -r.town.population, r.key))
    reach = size * 0.75
    names = [
        Name(
            text=_title(estate, hub),
            x=at[hub.site.path][0],
            y=at[hub.site.path][1],
            gap=reach,
            width=svg.width_of(_title(estate, hub), size),
            height=size,
        )
        for hub in ordered
    ]
    taken = [Box(n.x - reach * 0.7, n.y - reach * 0.7, n.x + reach * 0.7, n.y + reach * 0.7) for n in names]
    frame = Box(4, 4, project.width - 4, project.height - 4)
    inner = {hub.site.path for hub in hubs}
    dots = [Box(x - 2.6, y - 2.6, x + 2.6, y + 2.6) for path, (x, y) in at.items() if path not in inner]
    placed = place(names, taken, frame, dots)
    return [_name(name, box, size) for name, box in placed], len(names) - len(placed)


def _name(name: Name, box: Box, size: float) -> str:
    """A name in its box, set against the side where its point is."""
    ends = {"start": box.left, "end": box.right, "middle": (box.left + box.right) / 2}
    anchor = "start" if box.left > name.x else "end" if box.right < name.x else "middle"
    extra = f' text-anchor="{anchor}" font-weight="600"'
    return svg.text(ends[anchor], box.bottom - 0.2 * size, name.text, size, extra)


def _title(estate: Estate, router: RouterPlan) -> str:
    return estate.towns[router.town.id].title


def _legend(speech: Speech, many: bool) -> list[tuple[str, str]]:
    shapes = [(svg.diamond(0, 0), "datacentre"), (svg.square(0, 0), "hub"), (svg.dot(0, 0), "site")]
    shown = ("backbone",) if many else ("backbone", "access", "tunnel", "backup")
    entries = [*shapes, *((svg.sample_line(name), name) for name in shown)]
    return [(sample, speech(f"legend-{name}")) for sample, name in entries]


def _scale_bar(project: Projection) -> list[str]:
    """The longest of 1, 2, 5, 10 ... km that takes at most a fifth of the width, at the bottom right."""
    fitting = [km for km in (1, 2, 5, 10, 20, 50, 100) if km * project.scale <= project.width / 5]
    km = fitting[-1] if fitting else 1
    right, y = project.width - _MARGIN, project.height - 14
    left = right - km * project.scale
    path = f"M{svg.num(left)} {svg.num(y - 5)}v5H{svg.num(right)}v-5"
    return [
        f'<path class="scale" d="{path}" fill="none" stroke="{svg.INK}" stroke-width="1.5"/>',
        svg.text((left + right) / 2, y - 5, f"{km} km", 12, ' text-anchor="middle"'),
    ]
