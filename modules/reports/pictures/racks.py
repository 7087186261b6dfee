"""Rack elevations: what stands in each unit of every rack, seen from the front."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from html import escape

from virgem.modules.estate.machines import Machine, machines
from virgem.modules.estate.model import Estate, Rack
from virgem.modules.estate.model.hardware import HostRole
from virgem.modules.reports.pictures.svg import (
    CORE,
    FAINT,
    INK,
    PAPER,
    SOFT,
    TOWN,
    legend,
    legend_height,
    num,
    picture,
    text,
)
from virgem.modules.reports.words.speech import Speech

_UNIT, _WIDTH, _GAP, _TOP, _SIZE, _ROW = 16.0, 190.0, 46.0, 58.0, 10.0, 5
# Told apart by their edge too, for print in black and white: solid, dashed, dotted.
_LOOKS = {
    "compute": (TOWN, ""),
    "storage": (CORE, ""),
    "control": (SOFT, ""),
    "switch": (FAINT, ' stroke-dasharray="2 2"'),
}


def rack_elevations(estate: Estate, speech: Speech) -> str:
    """Return the picture of all racks, five beside each other; empty when no datacentre has any."""
    racks = [
        (centre.id, rack, [machine for machine in machines(centre) if machine.rack is rack])
        for centre in estate.datacentres
        for rack in centre.racks
    ]
    if not racks:
        return ""
    width = _GAP + min(_ROW, len(racks)) * (_WIDTH + _GAP)
    body: list[str] = []
    y = 0.0
    for start in range(0, len(racks), _ROW):
        row = racks[start : start + _ROW]
        highest = max(rack.height for _, rack, _ in row)
        for place, (centre, rack, inside) in enumerate(row):
            left, top = _GAP + place * (_WIDTH + _GAP), y + _TOP + (highest - rack.height) * _UNIT
            body.extend(_rack((left, top), centre, rack, inside))
        y += _TOP + highest * _UNIT + 24
    entries = [(_box(-15, -6, 30, 12, look), speech(f"legend-{name}")) for name, look in _LOOKS.items()]
    body.extend(legend((_GAP, y + 16), width - 2 * _GAP, entries))
    height = y + 24 + legend_height(width - 2 * _GAP, entries)
    count = sum(len(inside) for _, _, inside in racks)
    description = speech("elevations-desc", racks=len(racks), machines=count)
    return picture("elevations", speech("elevations"), description, (width, height), body)


def _rack(place: tuple[float, float], centre: str, rack: Rack, inside: Sequence[Machine]) -> Iterator[str]:
    left, top = place
    where = f"{rack.room}, {rack.height} U" if rack.room else f"{rack.height} U"
    yield text(left, top - 22, f"{centre}/{rack.id}", 13, ' font-weight="bold"')
    yield text(left, top - 7, where, _SIZE)
    yield (
        f'<rect x="{num(left - 4)}" y="{num(top - 2)}" width="{num(_WIDTH + 8)}" '
        f'height="{num(rack.height * _UNIT + 4)}" fill="none" stroke="{INK}" stroke-width="2"/>'
    )
    for unit in {1, rack.height, *range(5, rack.height, 5)}:
        yield text(left - 24, top + (rack.height - unit + 0.75) * _UNIT, str(unit), 9)
    for machine in inside:
        yield _machine(left, top, rack, machine)


def _machine(left: float, top: float, rack: Rack, machine: Machine) -> str:
    y, height = top + (rack.height - machine.top) * _UNIT, machine.of.height * _UNIT
    feeds = " ".join(feed.id for feed in machine.feeds)
    told = f"{machine.path}: U{machine.position}-{machine.top}, {machine.of.watts} W, {feeds}"
    words = text(left + 8, y + height / 2 + 3.5, machine.name, _SIZE)
    return f"<g><title>{escape(told)}</title>{_box(left, y + 1, _WIDTH, height - 2, _LOOKS[_look(machine)])}{words}</g>"


def _look(machine: Machine) -> str:
    if not machine.roles:
        return "switch"
    known = (role for role in (HostRole.COMPUTE, HostRole.STORAGE) if role in machine.roles)
    return str(next(known, HostRole.CONTROL))


def _box(x: float, y: float, width: float, height: float, look: tuple[str, str]) -> str:
    colour, edge = look
    return (
        f'<rect x="{num(x)}" y="{num(y)}" width="{num(width)}" height="{num(height)}" fill="{PAPER}" '
        f'stroke="{colour}" stroke-width="3"{edge}/>'
    )
