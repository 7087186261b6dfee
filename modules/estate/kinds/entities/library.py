"""The public library."""

from virgem.modules.estate.kinds.types import EntityKind

KIND = EntityKind(id="library", nl="Bibliotheek", en="Library", legal_person=False)
