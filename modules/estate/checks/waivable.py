"""Which problems a waiver may accept."""

from __future__ import annotations


def waivable(code: str) -> bool:
    """Tell whether a problem of this code may be accepted: not those that leave nothing to plan.

    An estate whose text cannot be read (1xx to 3xx), whose network does not hang together (E59x) or whose numbers run
    out (E6xx) has no plan to go on with.
    """
    return code[1] not in "123" and not code.startswith(("E59", "E6"))
