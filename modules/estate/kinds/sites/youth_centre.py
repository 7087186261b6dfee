"""A youth centre."""

from virgem.modules.estate.kinds.types import SiteKind

KIND = SiteKind(
    id="youth-centre",
    nl="Jeugdhuis",
    en="Youth centre",
    zones={"administration": 12, "public-wifi": 120, "management": 12},
    classification=1,
    link="internet-vpn",
    public=True,
)
