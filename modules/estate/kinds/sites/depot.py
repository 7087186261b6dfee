"""The depot of the technical services."""

from virgem.modules.estate.kinds.types import SiteKind

KIND = SiteKind(
    id="depot",
    nl="Technische dienst",
    en="Depot",
    zones={
        "administration": 30,
        "voip": 12,
        "printers": 12,
        "cctv": 12,
        "access-control": 12,
        "building": 30,
        "management": 12,
    },
    link="operator-vpn",
    rank=38,
)
