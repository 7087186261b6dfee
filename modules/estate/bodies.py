"""Whose people and things are in a zone: those of the body its kind is for, else of the entity that uses the site."""

from __future__ import annotations

from virgem.modules.estate.kinds import zone_kinds
from virgem.modules.estate.model import Municipality, Site, Zone


def entity_of(town: Municipality, site: Site, zone: Zone) -> str:
    """Return the path of a zone's entity: welfare workers in a town hall are the OCMW's all the same."""
    kind = zone_kinds()[zone.kind].entity
    own = str(site.entity)
    if not kind or any(entity.path == own and entity.kind == kind for entity in town.entities):
        return own
    found = sorted((e for e in town.entities if e.kind == kind), key=lambda entity: entity.id != kind)
    return found[0].path if found else own
