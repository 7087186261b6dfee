"""The racks and feeds that hosts and switches name: those of their own datacentre."""

from __future__ import annotations

from virgem.modules.estate.raw import Raw
from virgem.modules.estate.scalars import show
from virgem.modules.estate.values import Context
from virgem.modules.problem import Mark


def check_racks(estate: Raw, ctx: Context) -> None:
    """Look up the racks of hosts and switches, and their feeds in each of those; without a rack nothing stands."""
    for centre in estate.items("datacentres"):
        racks = {str(rack.values["id"]): rack for rack in centre.items("racks")}
        for name in ("hosts", "switches"):
            for raw in centre.items(name):
                _check_machine(raw, racks, ctx)


def _check_machine(raw: Raw, racks: dict[str, Raw], ctx: Context) -> None:
    wanted = raw.get("rack") or ()
    for index, rack in enumerate(wanted):
        if rack not in racks:
            hint = ctx.like(rack, racks, f"there are: {', '.join(racks)}" if racks else "write it under racks")
            ctx.report("E310", _place(raw, "rack", index), f"rack {show(rack)} is not described", hint)
    if not all(rack in racks and not racks[rack].broken for rack in wanted):
        raw.broken = True
        return
    for index, feed in enumerate(raw.get("feeds") or ()):
        _check_feed(feed, _place(raw, "feeds", index), [racks[rack] for rack in wanted], ctx)


def _check_feed(feed: str, mark: Mark, racks: list[Raw], ctx: Context) -> None:
    """Tell a feed that one of the racks does not have, once."""
    for rack in racks:
        known = [str(raw.values["id"]) for raw in rack.items("feeds")]
        if feed not in known:
            hint = ctx.like(feed, known, f"it has: {', '.join(known)}" if known else "write it under feeds of the rack")
            ctx.report("E310", mark, f"rack {rack.values['id']} has no feed {show(feed)}", hint)
            return


def _place(raw: Raw, key: str, index: int) -> Mark:
    item = f"{key}.{index}"
    return raw.origin.at(item if item in raw.origin.keys else key)
