"""The public centre for social welfare."""

from virgem.modules.estate.kinds.types import EntityKind

KIND = EntityKind(
    id="ocmw",
    nl="OCMW",
    en="OCMW",
    legal_person=True,
    own_zone=True,
)
