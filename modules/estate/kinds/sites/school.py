"""A school of the municipality."""

from virgem.modules.estate.kinds.types import SiteKind

KIND = SiteKind(
    id="school",
    nl="Gemeenteschool",
    en="Municipal school",
    zones={"school-staff": 30, "pupils": 250, "voip": 12, "printers": 12, "building": 12, "management": 12},
    link="provider-fibre",
    entity="school",
    rank=30,
)
