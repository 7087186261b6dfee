"""A residential care home of the OCMW."""

from virgem.modules.estate.kinds.types import SiteKind

KIND = SiteKind(
    id="care-home",
    nl="Woonzorgcentrum",
    en="Care home",
    zones={
        "ocmw": 60,
        "voip": 60,
        "printers": 12,
        "access-control": 12,
        "building": 30,
        "guests": 120,
        "management": 12,
    },
    classification=3,
    link="internet-vpn",
    entity="ocmw",
    rank=50,
)
