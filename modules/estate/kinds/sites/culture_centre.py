"""A theatre or culture centre."""

from virgem.modules.estate.kinds.types import SiteKind

KIND = SiteKind(
    id="culture-centre",
    nl="Cultuurcentrum",
    en="Culture centre",
    zones={
        "administration": 30,
        "voip": 12,
        "printers": 12,
        "cctv": 12,
        "public-wifi": 250,
        "building": 30,
        "management": 12,
    },
    link="provider-fibre",
    entity="culture",
    public=True,
    rank=35,
)
