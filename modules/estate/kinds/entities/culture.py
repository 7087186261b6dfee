"""Culture and leisure."""

from virgem.modules.estate.kinds.types import EntityKind

KIND = EntityKind(id="culture", nl="Cultuur", en="Culture", legal_person=False)
