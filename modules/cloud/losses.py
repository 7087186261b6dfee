"""What a cloud can lose at once: a host, a rack, a feed, a side of the power, a room, a whole site."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum

from virgem.modules.estate.machines import Machine, machines
from virgem.modules.estate.model import Datacentre, Estate
from virgem.modules.estate.power import dark, sides


class LossKind(StrEnum):
    """What sort of thing is lost; the smallest first."""

    NOTHING = "nothing"
    HOST = "host"
    RACK = "rack"
    FEED = "feed"
    SIDE = "side"
    ROOM = "room"
    SITE = "site"


@dataclass(frozen=True, slots=True, kw_only=True)
class Loss:
    """One thing that is lost and the machines that stop with it, by their path."""

    kind: LossKind
    name: str  # "west/compute-3", "west/a1", "west/a1/side a"
    datacentre: str
    machines: frozenset[str]


def losses(estate: Estate) -> Iterator[Loss]:
    """Yield every loss to judge, datacentre by datacentre, the smallest kind first; also that of nothing.

    A rack or room that holds all there is, is the site.
    """
    for centre in estate.datacentres:
        found = machines(centre)
        for kind, name, lost in _losses(centre, found):
            path = f"{centre.id}/{name}" if name else str(centre.id)
            yield Loss(kind=kind, name=path, datacentre=centre.id, machines=frozenset(m.path for m in lost))


_Lost = Iterator[tuple[LossKind, str, tuple[Machine, ...]]]


def _losses(centre: Datacentre, found: tuple[Machine, ...]) -> _Lost:
    yield LossKind.NOTHING, "", ()
    yield from ((LossKind.HOST, machine.name, (machine,)) for machine in found if machine.roles)
    inside = {rack.id: tuple(m for m in found if m.rack is rack) for rack in centre.racks}
    racks = ((LossKind.RACK, rack.id, inside[rack.id]) for rack in centre.racks)
    yield from (loss for loss in racks if len(loss[2]) < len(found))
    by_side: dict[str, list[Machine]] = {}
    for rack in centre.racks:
        for side in sides(rack):
            lost = dark(rack, inside[rack.id], side)
            by_side.setdefault(side, []).extend(lost)
            yield LossKind.FEED, f"{rack.id}/{side}", lost
    yield from ((LossKind.SIDE, side, tuple(lost)) for side, lost in sorted(by_side.items()))
    rooms = ((LossKind.ROOM, room.id, tuple(m for m in found if m.rack.room == room.id)) for room in centre.rooms)
    yield from (loss for loss in rooms if len(loss[2]) < len(found))
    yield LossKind.SITE, "", found
