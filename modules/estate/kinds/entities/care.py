"""A care association of the OCMW."""

from virgem.modules.estate.kinds.types import EntityKind

KIND = EntityKind(id="care", nl="Zorg", en="Care", legal_person=True)
