"""Names for invented sites, as people in Flanders would say them; and which municipalities bear the title of city."""

from __future__ import annotations


def words(text: str) -> tuple[str, ...]:
    """Return the words of a text, so that a long list stays readable."""
    return tuple(text.split())


# From general knowledge, not from the public data; it only decides between "stadhuis" and "gemeentehuis".
CITIES = words(
    """
    aalst aarschot antwerpen beringen bilzen-hoeselt blankenberge bree brugge damme deinze dendermonde diest diksmuide
    dilsen-stokkem eeklo geel genk gent geraardsbergen gistel halen halle hamont-achel harelbeke hasselt herentals
    herk-de-stad hoogstraten ieper izegem kortrijk landen leuven lier lo-reninge lokeren lommel maaseik mechelen menen
    mesen mortsel nieuwpoort ninove oostende oudenaarde oudenburg peer poperinge roeselare ronse scherpenheuvel-zichem
    sint-niklaas sint-truiden tielt tienen tongeren-borgloon torhout turnhout veurne vilvoorde waregem wervik
    zottegem zoutleeuw
    """
)

# What the first site of a kind is called, and how those after it are: prefix and a list of names.
FIRST = {
    "social-house": "sociaal-huis",
    "library": "bib",
    "depot": "depot",
    "recycling-park": "recyclagepark",
    "sports-hall": "sporthal",
    "culture-centre": "cultuurcentrum",
    "academy": "academie",
    "youth-centre": "jeugdhuis",
}
_QUARTERS = words("noord zuid oost west centrum heuvel molen kouter meersen vaart statie linde")
_TREES = words(
    """
    linde kastanje beuk eik berk wilg spar els lijsterbes notelaar kersenboom hazelaar vlier meidoorn populier olm
    moerbei appelboom perelaar ceder
    """
)
_CREATURES = words("vlinder krekel merel egel zwaluw bever uil mus kikker libel otter specht")
_FLOWERS = words("korenbloem margriet lelie roos klaproos iris lavendel dahlia")
_SQUARES = words("markt kerk station park school haven molen vrijheid feest brug sport schouwburg")
_CABINETS = words("pomp verlichting sluis meetpunt tunnel fontein")

LATER = {
    "social-house": ("dienstencentrum", _QUARTERS),
    "library": ("bib", _QUARTERS),
    "depot": ("depot", _QUARTERS),
    "recycling-park": ("recyclagepark", _QUARTERS),
    "sports-hall": ("sporthal", _QUARTERS),
    "culture-centre": ("ontmoetingscentrum", _QUARTERS),
    "academy": ("academie", _QUARTERS),
    "youth-centre": ("jeugdhuis", _QUARTERS),
    "school": ("school-de", _TREES),
    "out-of-school-care": ("opvang-de", _CREATURES),
    "care-home": ("wzc-de", _FLOWERS),
    "square": ("plein", _SQUARES),
    "cabinet": ("kast", _CABINETS),
}


def town_hall(town: str) -> str:
    """Return what the seat of this municipality (its id) is called."""
    return "stadhuis" if town in CITIES else "gemeentehuis"


def site(kind: str, index: int, turn: int) -> str:
    """Return the name of the `index`th site of a kind in a municipality; `turn` shifts its list of names."""
    if index == 0 and kind in FIRST:
        return FIRST[kind]
    prefix, names = LATER[kind]
    name, lap = names[(index + turn) % len(names)], index // len(names)
    return f"{prefix}-{name}-{lap + 1}" if lap else f"{prefix}-{name}"
