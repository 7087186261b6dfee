"""Care for children outside school hours."""

from virgem.modules.estate.kinds.types import SiteKind

KIND = SiteKind(
    id="out-of-school-care",
    nl="Buitenschoolse kinderopvang",
    en="Out-of-school care",
    zones={"administration": 12, "voip": 12, "guests": 30, "management": 12},
    link="internet-vpn",
)
