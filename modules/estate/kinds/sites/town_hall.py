"""The seat of the municipality."""

from virgem.modules.estate.kinds.types import SiteKind

KIND = SiteKind(
    id="town-hall",
    nl="Stadhuis of gemeentehuis",
    en="Town hall",
    zones={
        "administration": 120,
        "counter": 12,
        "voip": 60,
        "servers": 30,
        "printers": 12,
        "access-control": 12,
        "cctv": 30,
        "guests": 120,
        "building": 30,
        "management": 30,
    },
    classification=3,
    link="own-fibre",
    public=True,
    rank=100,
)
