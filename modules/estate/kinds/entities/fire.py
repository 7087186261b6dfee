"""A fire zone: it has rules of its own and stays separate."""

from virgem.modules.estate.kinds.types import EntityKind

KIND = EntityKind(
    id="fire",
    nl="Hulpverleningszone",
    en="Fire and rescue",
    legal_person=True,
    own_sites=True,
)
