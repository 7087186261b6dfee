"""A square with public wireless, cameras or sensors."""

from virgem.modules.estate.kinds.types import SiteKind

KIND = SiteKind(
    id="square",
    nl="Plein",
    en="Square",
    zones={"cctv": 12, "public-wifi": 250, "sensors": 30, "management": 6},
    classification=1,
    link="5g",
    public=True,
)
