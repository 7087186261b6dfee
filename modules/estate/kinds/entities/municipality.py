"""The municipality itself."""

from virgem.modules.estate.kinds.types import EntityKind

KIND = EntityKind(
    id="municipality",
    nl="Gemeente",
    en="Municipality",
    legal_person=True,
    usual=True,
)
