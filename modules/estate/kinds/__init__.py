"""The kinds an estate can name: one file per kind, one folder per family, found by looking."""

from __future__ import annotations

import importlib
import pkgutil
from collections.abc import Mapping
from functools import cache
from types import MappingProxyType
from typing import cast

from virgem.modules.estate.kinds.sound import faults
from virgem.modules.estate.kinds.types import (
    DeviceKind,
    EntityKind,
    LinkKind,
    NamedKind,
    ServiceKind,
    SiteKind,
    UpstreamKind,
    ZoneKind,
)
from virgem.modules.problem import UserError

_HINT = "copy the form of a file beside it; modules/estate/kinds/types.py explains every attribute"
_CLASSES: Mapping[str, type[NamedKind]] = {
    "zones": ZoneKind,
    "links": LinkKind,
    "sites": SiteKind,
    "devices": DeviceKind,
    "services": ServiceKind,
    "entities": EntityKind,
    "upstreams": UpstreamKind,
}
FAMILIES = tuple(_CLASSES)


@cache
def family(name: str) -> Mapping[str, NamedKind]:
    """Return the kinds of a family by id, sorted; every module in its folder defines `KIND`."""
    package = importlib.import_module(f"{__name__}.{name}")
    kinds: dict[str, NamedKind] = {}
    files: dict[str, str] = {}
    for module in pkgutil.iter_modules(package.__path__):
        file, kind = f"kinds/{name}/{module.name}.py", _kind(name, module.name)
        if kind.id in kinds:
            raise UserError(f"{file}: there is a kind {kind.id!r} already", "give it its own id")
        kinds[kind.id], files[kind.id] = kind, file
    if wrong := faults(name, kinds, family):
        raise UserError("; ".join(f"{files[id_]}: {text}" for id_, text in wrong), _HINT)
    return MappingProxyType(dict(sorted(kinds.items())))


def _kind(name: str, module: str) -> NamedKind:
    file = f"kinds/{name}/{module}.py"
    try:
        found = importlib.import_module(f"{__name__}.{name}.{module}")
    except Exception as error:
        # Whatever a newcomer wrote there: it is a mistake of that file, and not of the code that reads it.
        raise UserError(f"{file} cannot be read: {type(error).__name__}: {error}", _HINT) from error
    kind = getattr(found, "KIND", None)
    if not isinstance(kind, _CLASSES[name]):
        raise UserError(f"{file} defines no KIND that is a {_CLASSES[name].__name__}", _HINT)
    return kind


@cache
def aliases(name: str) -> Mapping[str, str]:
    """Return the short names of a family's kinds, each with the id it stands for."""
    return MappingProxyType({alias: kind.id for kind in family(name).values() for alias in kind.aliases})


def zone_kinds() -> Mapping[str, ZoneKind]:
    """Return the zone kinds by id."""
    return cast(Mapping[str, ZoneKind], family("zones"))


def link_kinds() -> Mapping[str, LinkKind]:
    """Return the link kinds by id."""
    return cast(Mapping[str, LinkKind], family("links"))


def site_kinds() -> Mapping[str, SiteKind]:
    """Return the site kinds by id."""
    return cast(Mapping[str, SiteKind], family("sites"))


def device_kinds() -> Mapping[str, DeviceKind]:
    """Return the device kinds by id."""
    return cast(Mapping[str, DeviceKind], family("devices"))


def service_kinds() -> Mapping[str, ServiceKind]:
    """Return the kinds of shared service by id."""
    return cast(Mapping[str, ServiceKind], family("services"))


def entity_kinds() -> Mapping[str, EntityKind]:
    """Return the entity kinds by id."""
    return cast(Mapping[str, EntityKind], family("entities"))


def upstream_kinds() -> Mapping[str, UpstreamKind]:
    """Return the upstream kinds by id."""
    return cast(Mapping[str, UpstreamKind], family("upstreams"))
