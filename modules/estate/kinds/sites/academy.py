"""An academy of music, art or dance."""

from virgem.modules.estate.kinds.types import SiteKind

KIND = SiteKind(
    id="academy",
    nl="Academie",
    en="Academy",
    zones={"school-staff": 30, "pupils": 120, "voip": 12, "printers": 12, "building": 12, "management": 12},
    link="provider-fibre",
    entity="school",
    rank=25,
)
