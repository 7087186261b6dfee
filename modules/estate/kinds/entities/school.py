"""Municipal schools and academies."""

from virgem.modules.estate.kinds.types import EntityKind

KIND = EntityKind(id="school", nl="Onderwijs", en="Education", legal_person=False)
