"""Whether servers fit on hosts, told honestly: yes with a way to place them, no with a reason, else unknown.

Placing servers of two sizes (cores and memory) on hosts is bin packing: no quick way decides every case. First-fit
decreasing is a proof when it ends well, a lower bound when it cannot; between the two nothing is claimed.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum


class Fit(StrEnum):
    """What is known about whether something fits."""

    YES = "yes"
    NO = "no"
    UNKNOWN = "unknown"


_WORSE = {Fit.YES: 0, Fit.UNKNOWN: 1, Fit.NO: 2}


def worst(fits: Iterable[Fit]) -> Fit:
    """Return the worst of some answers; yes where there are none."""
    return max(fits, key=_WORSE.__getitem__, default=Fit.YES)


@dataclass(frozen=True, slots=True, order=True)
class Space:
    """Virtual cores and memory in GiB: of a host what it has, of a server what it needs."""

    cores: int
    ram_gb: int

    def holds(self, other: Space) -> bool:
        """Tell whether something of this size has room for something of another."""
        return self.cores >= other.cores and self.ram_gb >= other.ram_gb


@dataclass(frozen=True, slots=True)
class Need:
    """A server to place; those with the same `apart` (other than "") stand on different hosts."""

    space: Space
    apart: str = ""


def fits(needs: Sequence[Need], hosts: Sequence[Space]) -> Fit:
    """Tell whether all servers can be placed on the hosts."""
    if _too_much(needs, hosts):
        return Fit.NO
    return Fit.YES if any(_placed(needs, hosts, order) for order in _ORDERS) else Fit.UNKNOWN


def _too_much(needs: Sequence[Need], hosts: Sequence[Space]) -> bool:
    """Tell whether a lower bound proves that not all can be placed."""
    sizes = Counter(need.space for need in needs)
    for number in _NUMBERS:
        have = sum(number(host) for host in hosts)
        if sum(number(size) * count for size, count in sizes.items()) > have:
            return True
        # Of those larger than half of the largest host no two share a host.
        largest = max((number(host) for host in hosts), default=0)
        if sum(count for size, count in sizes.items() if 2 * number(size) > largest) > len(hosts):
            return True
    if any(not any(host.holds(size) for host in hosts) for size in sizes):
        return True
    groups = Counter(need.apart for need in needs if need.apart)
    return any(count > len(hosts) for count in groups.values())


def _placed(needs: Sequence[Need], hosts: Sequence[Space], order: Callable[[Space], int]) -> bool:
    """Tell whether first-fit places all, the largest first: of the same size those that must stand apart."""
    free = [[host.cores, host.ram_gb] for host in hosts]
    taken: set[tuple[str, int]] = set()
    # Hosts before this one have no room for any server.
    start, least = 0, [min((number(need.space) for need in needs), default=0) for number in _NUMBERS]
    for need in sorted(needs, key=lambda need: (-order(need.space), need.space, -len(need.apart), need.apart)):
        size = need.space
        while start < len(free) and (free[start][0] < least[0] or free[start][1] < least[1]):
            start += 1
        for place in range(start, len(free)):
            cores, ram_gb = free[place]
            if cores >= size.cores and ram_gb >= size.ram_gb and (need.apart, place) not in taken:
                free[place] = [cores - size.cores, ram_gb - size.ram_gb]
                if need.apart:
                    taken.add((need.apart, place))
                break
        else:
            return False
    return True


_NUMBERS: tuple[Callable[[Space], int], ...] = (lambda space: space.cores, lambda space: space.ram_gb)
# By memory, by cores and by both: each finds a way in cases where others do not.
_ORDERS: tuple[Callable[[Space], int], ...] = (
    lambda space: space.ram_gb,
    lambda space: space.cores,
    lambda space: space.ram_gb + 4 * space.cores,
)


def any_mix_fits(total: Space, largest: Space, hosts: Sequence[Space]) -> Fit:
    """Tell whether servers that add up to a total fit, whatever their sizes up to the largest.

    No: the total is more than there is. Yes: first-fit can never get stuck. It gets stuck only when each host has
    fewer cores left than the largest server needs, or less memory; so one part of the hosts is filled but for that in
    cores, the other in memory. Where no split of the hosts has both parts below the total, every mix fits. Splits of
    hosts into fractions are allowed, which only makes the answer more careful.
    """
    if total.cores > sum(h.cores for h in hosts) or total.ram_gb > sum(h.ram_gb for h in hosts):
        return Fit.NO
    if total == Space(0, 0):
        return Fit.YES
    filled = [(h.cores - largest.cores + 1, h.ram_gb - largest.ram_gb + 1) for h in hosts if h.holds(largest)]
    cores, ram_gb = float(total.cores), 0.0
    # The hosts that give most memory for a core are the first to count as full of cores.
    for full_cores, full_ram in sorted(filled, key=lambda both: both[1] / both[0], reverse=True):
        part = min(1.0, cores / full_cores)
        cores -= part * full_cores
        ram_gb += (1.0 - part) * full_ram
    return Fit.YES if ram_gb > total.ram_gb else Fit.UNKNOWN


def held_in_copies(disks: Sequence[int], copies: int) -> int:
    """Return how much data in GiB disks of hosts hold when each copy lies on another host.

    The most D for which all copies find room: a host holds at most one copy of everything, so the sum of min(disk, D)
    is copies * D or more.
    """
    if len(disks) < copies:
        return 0
    left = sorted(disks, reverse=True)
    found = sum(left) // copies
    # A host larger than that holds one copy of everything, and the others hold the rest.
    while left and copies > 1 and left[0] > found:
        left, copies = left[1:], copies - 1
        found = sum(left) // copies
    return found
