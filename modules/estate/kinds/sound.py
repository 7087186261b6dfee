"""What must be true of the kinds of a family together: a mistake in a newcomer is told by its file, before any estate.

A kind may name kinds of other families, so these are read first; no family names itself in a circle.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Hashable, Iterable, Iterator, Mapping
from typing import TypeVar, cast

from virgem.modules.estate.kinds.types import DeviceKind, LinkKind, NamedKind, SiteKind, ZoneKind
from virgem.modules.estate.scalars import Identifier, InfoClass, ScalarError, VlanId

V = TypeVar("V")
Family = Callable[[str], Mapping[str, NamedKind]]
# The id of a kind and what is wrong with it.
Fault = tuple[str, str]
# Linux takes no longer name of an interface (IFNAMSIZ).
_PORT_LENGTH = 15
# A mark is a routing table too: the kernel has those from 253 on, and the plan higher ones for its instances.
_LAST_MARK = 252


def faults(name: str, kinds: Mapping[str, NamedKind], family: Family) -> list[Fault]:
    """Return what is wrong with the kinds of a family."""
    return [*_names(kinds), *_RULES.get(name, _nothing)(kinds, family)]


def _nothing(_kinds: Mapping[str, NamedKind], _family: Family) -> Iterator[Fault]:
    return iter(())


def _names(kinds: Mapping[str, NamedKind]) -> Iterator[Fault]:
    for kind in kinds.values():
        yield from _scalar(kind, Identifier, kind.id, "id")
    yield from _shared("short name", ((alias, kind) for kind in kinds.values() for alias in kind.aliases))
    for kind in kinds.values():
        yield from (
            (kind.id, f"its short name {alias!r} is the id of another") for alias in kind.aliases if alias in kinds
        )


def _zones(found: Mapping[str, NamedKind], family: Family) -> Iterator[Fault]:
    kinds = cast(Mapping[str, ZoneKind], found)
    for kind in kinds.values():
        yield from _scalar(kind, VlanId, kind.vlan, "vlan")
        yield from _scalar(kind, InfoClass, kind.classification, "classification")
        yield from _unknown(kind, "services", kind.services, family)
        yield from _unknown(kind, "entities", [kind.entity] if kind.entity else [], family)
    yield from _shared("VLAN", ((kind.vlan, kind) for kind in kinds.values()))


def _links(found: Mapping[str, NamedKind], _family: Family) -> Iterator[Fault]:
    tunnels = [kind for kind in cast(Mapping[str, LinkKind], found).values() if kind.tunnel]
    for kind in tunnels:
        if len(kind.port) > _PORT_LENGTH:
            yield kind.id, f"its port {kind.port!r} has more than {_PORT_LENGTH} characters"
        if not 0 <= kind.mark <= _LAST_MARK:
            yield kind.id, f"its mark {kind.mark} is not one of 1 to {_LAST_MARK}, or 0 for none"
    # Kinds by one port have one mark, and a mark leads to one port.
    firsts = {(kind.port, kind.mark): kind for kind in reversed(tunnels)}
    yield from _shared("port, with another mark,", ((port, kind) for (port, _), kind in firsts.items()))
    yield from _shared("mark, by another port,", ((mark, kind) for (_, mark), kind in firsts.items()))


def _sites(found: Mapping[str, NamedKind], family: Family) -> Iterator[Fault]:
    for kind in cast(Mapping[str, SiteKind], found).values():
        yield from _unknown(kind, "zones", kind.zones, family)
        yield from _unknown(kind, "links", [kind.link], family)
        yield from _unknown(kind, "entities", [kind.entity], family)


def _devices(found: Mapping[str, NamedKind], family: Family) -> Iterator[Fault]:
    for kind in cast(Mapping[str, DeviceKind], found).values():
        yield from _unknown(kind, "zones", [kind.zone], family)


def _scalar(kind: NamedKind, type_: Callable[[V], object], value: V, name: str) -> Iterator[Fault]:
    try:
        type_(value)
    except ScalarError as error:
        yield kind.id, f"its {name}: {error}"


def _unknown(kind: NamedKind, name: str, wanted: Iterable[str], family: Family) -> Iterator[Fault]:
    yield from ((kind.id, f"there is none named {one!r} among the {name}") for one in wanted if one not in family(name))


def _shared(what: str, of: Iterable[tuple[Hashable, NamedKind]]) -> Iterator[Fault]:
    held: dict[Hashable, list[str]] = defaultdict(list)
    for value, kind in of:
        held[value].append(kind.id)
    for value, ids in held.items():
        if len(ids) > 1:
            yield from ((id_, f"its {what} {value!r} is that of {_others(ids, id_)} too") for id_ in ids)


def _others(ids: list[str], but: str) -> str:
    return ", ".join(repr(other) for other in ids if other != but)


_RULES: Mapping[str, Callable[[Mapping[str, NamedKind], Family], Iterator[Fault]]] = {
    "zones": _zones,
    "links": _links,
    "sites": _sites,
    "devices": _devices,
}
