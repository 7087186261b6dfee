"""A recycling park."""

from virgem.modules.estate.kinds.types import SiteKind

KIND = SiteKind(
    id="recycling-park",
    nl="Recyclagepark",
    en="Recycling park",
    zones={"counter": 12, "voip": 12, "cctv": 12, "access-control": 12, "management": 12},
    link="internet-vpn",
    public=True,
)
