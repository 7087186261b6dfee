"""The invented sites of a municipality around its centre: as many as the sizing formula says."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from virgem.modules.estate.kinds import site_kinds
from virgem.modules.estate.public import PublicMunicipality
from virgem.modules.estate.starter import geo, names
from virgem.modules.estate.starter.dice import Dice
from virgem.modules.estate.starter.sizing import sizes

# The six that even the smallest municipality has, then what a growing one adds, in about this order.
FIRST = ("town-hall", "social-house", "library", "depot", "recycling-park", "sports-hall")
THEN = names.words(
    """
    school out-of-school-care culture-centre cabinet youth-centre academy square care-home cabinet school
    sports-hall square cabinet out-of-school-care school cabinet youth-centre square library school
    cabinet sports-hall recycling-park cabinet school square care-home out-of-school-care cabinet youth-centre
    academy school cabinet square sports-hall cabinet school library out-of-school-care cabinet
    square school culture-centre depot cabinet youth-centre care-home square cabinet school
    sports-hall cabinet square school
    """
)

# How much of the staff works in a site of each kind; the others have nobody.
STAFF = {
    "town-hall": 40,
    "social-house": 25,
    "library": 5,
    "culture-centre": 5,
    "school": 6,
    "academy": 4,
    "depot": 12,
    "care-home": 10,
    "sports-hall": 2,
    "recycling-park": 1,
    "out-of-school-care": 2,
    "youth-centre": 1,
}

# Links other than the kind's own: each site of the kind gets one of these; "" keeps what the kind brings.
LINKS: Mapping[str, tuple[str, ...]] = {
    "town-hall": ("{ own-fibre: 10G, backup: 5g }",),
    "library": ("", "", "{ operator-vpn: 200M }"),
    "depot": ("{ operator-vpn: 200M, backup: 4g }",),
    "school": ("", "", "{ provider-fibre: 500M }"),
    "academy": ("", "{ operator-vpn: 500M }"),
    "care-home": ("{ internet-vpn: 1G, backup: 4g }",),
    "culture-centre": ("", "{ provider-fibre: 500M, backup: 5g }"),
    "sports-hall": ("", "{ internet-vpn: 200M }"),
    "recycling-park": ("", "{ operator-vpn: 100M }"),
    "out-of-school-care": ("", "{ internet-vpn: 50M }"),
    "youth-centre": ("", "{ internet-vpn: 50M }"),
    "square": ("", "", "{ internet-vpn: 200M }"),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """A site of a new estate: `link` is the text of its link ("" for the kind's own), `hosts` the zones made larger."""

    id: str
    kind: str
    at: geo.Place
    link: str = ""
    hosts: Mapping[str, int] = field(default_factory=dict)

    @property
    def staff(self) -> int:
        """Its weight when staff is spread over the sites."""
        return STAFF.get(self.kind, 0)


def radius(town: PublicMunicipality) -> float:
    """Return the radius in km of a circle as large as the municipality."""
    return math.sqrt(town.area_km2 / math.pi)


def places(town: PublicMunicipality, dice: Dice) -> tuple[Place, ...]:
    """Return the sites of a municipality; the town hall first, at the centre point."""
    kinds = (*FIRST, *dice.mixed(THEN, 4))[: sizes(town.population).sites]
    turn, seen, found = dice.whole(0, 5), Counter[str](), [_town_hall(town)]
    for kind in kinds[1:]:
        spot = _spot(town, kind, dice, taken={place.at for place in found})
        place = Place(
            id=names.site(kind, seen[kind], turn), kind=kind, at=spot, link=_link(town, kind, seen[kind], dice)
        )
        seen[kind] += 1
        found.append(place)
    return tuple(found)


def enlarged(place: Place, needed: Mapping[str, int]) -> Place:
    """Return the site with room for so many devices in each zone, where the kind plans for fewer."""
    planned = site_kinds()[place.kind].zones
    return replace(place, hosts={zone: _room(n) for zone, n in sorted(needed.items()) if n > planned.get(zone, 0)})


def _room(devices: int) -> int:
    """Return hosts to plan for: a quarter more, just under a power of two so that the prefix fits without waste."""
    size = 16
    while size - 4 < devices * 5 / 4:
        size *= 2
    return size - 6


def _town_hall(town: PublicMunicipality) -> Place:
    return Place(id=names.town_hall(town.id), kind="town-hall", at=(town.lat, town.lon), link=LINKS["town-hall"][0])


def _spot(town: PublicMunicipality, kind: str, dice: Dice, taken: set[geo.Place]) -> geo.Place:
    """Return a free place within the municipality's circle: public services near the centre, the rest anywhere."""
    near = kind in ("social-house", "library", "culture-centre")
    while True:
        share = math.sqrt(dice.between(0.001, 0.06 if near else 0.7))
        spot = geo.moved((town.lat, town.lon), radius(town) * share, dice.between(0, 2 * math.pi))
        if spot not in taken:
            return spot


def _link(town: PublicMunicipality, kind: str, index: int, dice: Dice) -> str:
    if kind == "social-house" and index == 0:
        return f"{{ own-fibre: 1G, over: [{welfare_span(town)}], backup: 4g }}"
    return dice.one_of(LINKS.get(kind, ("",)))


def welfare_span(town: PublicMunicipality) -> str:
    """Return the name of the span from the town hall to the social house."""
    return f"{town.id}-sociaal"
