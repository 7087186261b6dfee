"""The invented fibre between real centre points: a ring and chords between town halls, spurs to social houses."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations, pairwise

from virgem.modules.estate.public import PublicMunicipality
from virgem.modules.estate.starter import geo
from virgem.modules.estate.starter.dice import Dice
from virgem.modules.estate.starter.places import Place, welfare_span

# Above this distance in a straight line a route would pass the reach of the optics: such a link is a provider's.
REACH_KM = 55.0
# A longer route gets a hut half-way, where its cable passes from one duct into the next.
HUT_FROM_KM = 20.0
_CANDIDATES = 40  # the datacentres are looked for among so many of the largest municipalities
_DRUM_KM = 4.0  # a cable comes on drums of about this length: a splice between two


@dataclass(frozen=True, slots=True, kw_only=True)
class Route:
    """A way through the ground between two points of presence, in one duct or in two with a hut between."""

    id: str
    ends: tuple[str, str]
    legs: tuple[Leg, ...]
    hut: geo.Place | None
    splices: int
    measured: float | None
    strands: int

    @property
    def length(self) -> float:
        """Length of the fibre in km, to the metre."""
        return round(sum(leg.length for leg in self.legs), 3)


@dataclass(frozen=True, slots=True, kw_only=True)
class Leg:
    """One duct: the bends of its route and its length in km."""

    via: tuple[geo.Place, ...]
    length: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Hop:
    """A link of the backbone between two town halls; `route` is None where it is a provider's."""

    id: str
    between: tuple[str, str]
    route: Route | None
    fast: bool


def datacentres(towns: Sequence[PublicMunicipality]) -> tuple[PublicMunicipality, PublicMunicipality]:
    """Return the two municipalities for the datacentres, west and east: large, far apart, within reach of own fibre."""
    if len(towns) == 1:
        return towns[0], towns[0]
    largest = sorted(towns, key=lambda town: (-town.population, town.nis))[:_CANDIDATES]
    pairs = list(combinations(largest, 2))
    near = [pair for pair in pairs if _apart(*pair) < REACH_KM] or pairs
    a, b = max(
        near, key=lambda pair: (pair[0].population * pair[1].population * _apart(*pair), pair[0].nis, pair[1].nis)
    )
    return (a, b) if a.lon <= b.lon else (b, a)


def _apart(a: PublicMunicipality, b: PublicMunicipality) -> float:
    return geo.distance((a.lat, a.lon), (b.lat, b.lon))


def backbone(towns: Sequence[PublicMunicipality], seats: Mapping[str, Place], seed: int) -> tuple[Hop, ...]:
    """Return the links between town halls (`seats` by municipality id), sorted: no single cut parts two of them."""
    spots = [seats[town.id].at for town in towns]
    capitals = {town.id for town in datacentres(towns)}
    return tuple(_hop(towns[i], towns[j], turn, seats, seed, capitals) for i, j, turn in _pairs(spots, towns))


def _pairs(spots: Sequence[geo.Place], towns: Sequence[PublicMunicipality]) -> list[tuple[int, int, int]]:
    if len(spots) == 1:
        return []
    if len(spots) == 2:
        return [(0, 1, 1), (0, 1, 2)]  # two ways: a ring of two
    tour = geo.ring(spots)
    found = {tuple(sorted(pair)) for pair in zip(tour, [*tour[1:], tour[0]], strict=True)}
    west, east = (towns.index(town) for town in datacentres(towns))
    chords = {*geo.relative_neighbours(spots), (min(west, east), max(west, east))}
    return [(i, j, 1) for i, j in sorted({(i, j) for i, j in (*found, *chords)})]


def _hop(
    a: PublicMunicipality,
    b: PublicMunicipality,
    turn: int,
    seats: Mapping[str, Place],
    seed: int,
    capitals: set[str],
) -> Hop:
    name = _name(a, b) + (f"-{turn}" if turn > 1 else "")
    start, end = seats[a.id], seats[b.id]
    near = geo.distance(start.at, end.at) < REACH_KM
    dice = Dice(seed, f"route {name}")
    route = _route(name, (f"pop-{a.id}", f"pop-{b.id}"), (start.at, end.at), dice, strands=96) if near else None
    between = (f"{a.id}/{start.id}", f"{b.id}/{end.id}")
    return Hop(id=name, between=between, route=route, fast=near and capitals == {a.id, b.id})


def _name(a: PublicMunicipality, b: PublicMunicipality) -> str:
    """Return the names of both ends, or their codes where that would be longer than an identifier may be."""
    name = f"{a.id}-{b.id}"
    return name if len(name) <= 34 else f"{a.nis}-{b.nis}"


def spur(town: PublicMunicipality, sites: Sequence[Place], seed: int) -> Route:
    """Return the fibre from the town hall of a municipality to its social house."""
    hall, house = sites[0], sites[1]
    ends = (f"pop-{town.id}", f"{town.id}-sociaal")
    return _route(welfare_span(town), ends, (hall.at, house.at), Dice(seed, f"route {town.id}"), strands=48)


def _route(name: str, ends: tuple[str, str], spots: tuple[geo.Place, geo.Place], dice: Dice, strands: int) -> Route:
    detour = dice.between(1.22, 1.4)
    straight = geo.distance(*spots)
    hut = _aside(*spots, 0.5, dice) if straight * detour > HUT_FROM_KM else None
    stops = (spots[0], *((hut,) if hut else ()), spots[1])
    legs = tuple(_leg(a, b, detour, dice) for a, b in pairwise(stops))
    length = sum(leg.length for leg in legs)
    splices = 2 + int(length / _DRUM_KM) + (2 if hut else 0)
    return Route(
        id=name,
        ends=ends,
        legs=legs,
        hut=hut,
        splices=splices,
        measured=_measured(length, splices, dice),
        strands=strands,
    )


def _leg(a: geo.Place, b: geo.Place, detour: float, dice: Dice) -> Leg:
    """Return a duct with a few bends: never shorter than the line through them."""
    straight = geo.distance(a, b)
    bends = min(4, int(straight / 2.5) + (1 if straight > 0.4 else 0))
    via = tuple(_aside(a, b, (i + 1) / (bends + 1), dice) for i in range(bends))
    return Leg(via=via, length=round(max(straight * detour, geo.path_length((a, *via, b)), 0.01) + 0.0005, 3))


def _aside(a: geo.Place, b: geo.Place, share: float, dice: Dice) -> geo.Place:
    """Return a place so far along the line from a to b, a little to the left or right of it."""
    straight = geo.distance(a, b)
    on_line = (a[0] + (b[0] - a[0]) * share, a[1] + (b[1] - a[1]) * share)
    return geo.moved(on_line, straight * dice.between(-0.07, 0.07), geo.bearing(a, b) + math.pi / 2)


def _measured(length: float, splices: int, dice: Dice) -> float | None:
    """Return a plausible loss at 1550 nm for two of three routes; the others were never measured."""
    loss = 0.2 * length + 0.05 * splices + 2 * 0.25
    return round(loss * dice.between(0.9, 1.02), 2) if dice.whole(1, 3) > 1 else None
