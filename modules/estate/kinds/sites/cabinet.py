"""A roadside cabinet for pumping, lighting or sensors."""

from virgem.modules.estate.kinds.types import SiteKind

KIND = SiteKind(
    id="cabinet",
    nl="Technische kast",
    en="Technical cabinet",
    zones={"sensors": 12, "management": 6},
    classification=1,
    link="4g",
)
