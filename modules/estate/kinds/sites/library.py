"""A public library."""

from virgem.modules.estate.kinds.types import SiteKind

KIND = SiteKind(
    id="library",
    nl="Bibliotheek",
    en="Library",
    zones={
        "library-staff": 12,
        "public-pcs": 30,
        "voip": 12,
        "printers": 12,
        "guests": 120,
        "building": 12,
        "management": 12,
    },
    link="provider-fibre",
    entity="library",
    public=True,
    rank=40,
)
