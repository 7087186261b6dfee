"""A police zone: it has rules of its own and stays separate."""

from virgem.modules.estate.kinds.types import EntityKind

KIND = EntityKind(
    id="police",
    nl="Lokale politie",
    en="Local police",
    legal_person=True,
    own_sites=True,
)
