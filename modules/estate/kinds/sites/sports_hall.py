"""A sports hall or swimming pool."""

from virgem.modules.estate.kinds.types import SiteKind

KIND = SiteKind(
    id="sports-hall",
    nl="Sporthal",
    en="Sports hall",
    zones={
        "administration": 12,
        "voip": 12,
        "access-control": 12,
        "public-wifi": 120,
        "building": 12,
        "management": 12,
    },
    link="operator-vpn",
    public=True,
)
