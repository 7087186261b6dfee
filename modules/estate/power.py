"""The power that the feeds of a rack carry, also when one side of a datacentre has none."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from fractions import Fraction

from virgem.modules.estate.machines import Machine
from virgem.modules.estate.model.hardware import PowerFeed, Rack


def sides(rack: Rack) -> tuple[str, ...]:
    """Return the sides that the feeds of a rack are on, sorted."""
    return tuple(sorted({feed.of_side for feed in rack.feeds}))


def loads(rack: Rack, machines: Iterable[Machine], lost: str = "") -> Mapping[str, Fraction]:
    """Return what each feed of a rack carries in W, by its id, when all its machines draw the most they can.

    A machine draws the same from each of its feeds. `lost`: the side without power; its feeds are left out, and what
    hangs on it too draws all from other feeds.
    """
    return _carried([feed for feed in rack.feeds if feed.of_side != lost], machines)


def dark(rack: Rack, machines: Iterable[Machine], lost: str) -> tuple[Machine, ...]:
    """Return the machines of a rack that are without power when one side has none.

    A feed that then carries more than it may switches itself off, which loads the others: so again until all hold.
    """
    found, live = tuple(machines), [feed for feed in rack.feeds if feed.of_side != lost]
    while True:
        carried = _carried(live, found)
        held = [feed for feed in live if carried[feed.id] <= feed.watts]
        if len(held) == len(live):
            names = {feed.id for feed in live}
            return tuple(m for m in found if m.feeds and not any(feed.id in names for feed in m.feeds))
        live = held


def _carried(live: Sequence[PowerFeed], machines: Iterable[Machine]) -> Mapping[str, Fraction]:
    found = {str(feed.id): Fraction() for feed in live}
    for machine in machines:
        feeds = [str(feed.id) for feed in machine.feeds if feed.id in found]
        for feed in feeds:
            found[feed] += Fraction(int(machine.of.watts), len(feeds))
    return found
