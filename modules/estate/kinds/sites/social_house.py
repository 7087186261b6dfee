"""The public centre for social welfare (OCMW)."""

from virgem.modules.estate.kinds.types import SiteKind

KIND = SiteKind(
    id="social-house",
    nl="Sociaal huis",
    en="Social house",
    zones={
        "ocmw": 60,
        "counter": 12,
        "voip": 30,
        "printers": 12,
        "access-control": 12,
        "guests": 60,
        "building": 12,
        "management": 12,
    },
    classification=3,
    link="own-fibre",
    entity="ocmw",
    public=True,
    rank=80,
)
