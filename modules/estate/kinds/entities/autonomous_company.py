"""An autonomous municipal company (AGB)."""

from virgem.modules.estate.kinds.types import EntityKind

KIND = EntityKind(
    id="autonomous-company", nl="Autonoom gemeentebedrijf", en="Autonomous municipal company", legal_person=True
)
