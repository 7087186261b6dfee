"""Gives out address blocks: a pool is cut into spaces, spaces into blocks, always aligned, lowest first.

Only whole numbers here: a block is (first address, bits left to hosts). The result is a function of what is asked and
of the lock; the order of the text plays no part. Three attempts, the next only when the one before runs out:
with headroom in every space, without it, and with the numbers of things that were removed.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from enum import IntEnum
from heapq import heappop, heappush

from virgem.modules.codes import problem
from virgem.modules.problem import NOWHERE, Mark, Problem
from virgem.network.lock import FILE, Block, Lock, prefix_text


def order_of(count: int) -> int:
    """Return the bits of the smallest block that holds `count` addresses."""
    return max(count - 1, 0).bit_length()


class Free:
    """The free blocks of a range by size: a buddy allocator (Knowlton, CACM 8, 1965) with the lowest block first."""

    __slots__ = ("_blocks", "_heaps", "_sizes", "count")

    def __init__(self) -> None:
        self._blocks: dict[int, set[int]] = {}
        self._heaps: dict[int, list[int]] = {}
        self._sizes = 0  # bit n is set while there are free blocks of 2**n
        self.count = 0

    def give(self, base: int, order: int) -> None:
        """Put a block back, joined with its neighbour as far as that is free too."""
        self.count += 1 << order
        while base ^ (1 << order) in self._blocks.get(order, ()):
            self._remove(base ^ (1 << order), order)
            base, order = base & ~(1 << order), order + 1
        self._put(base, order)

    def _put(self, base: int, order: int) -> None:
        self._blocks.setdefault(order, set()).add(base)
        heappush(self._heaps.setdefault(order, []), base)
        self._sizes |= 1 << order

    def _remove(self, base: int, order: int) -> None:
        self._blocks[order].remove(base)
        if not self._blocks[order]:
            self._sizes &= ~(1 << order)

    def take(self, order: int) -> int | None:
        """Return the lowest base among the smallest free blocks that hold 2**order, or None."""
        sizes = self._sizes >> order
        if not sizes:
            return None
        size = order + (sizes & -sizes).bit_length() - 1
        heap, bases = self._heaps[size], self._blocks[size]
        while heap[0] not in bases:
            heappop(heap)
        base = heappop(heap)
        self._split(base, size, base, order)
        return base

    def reserve(self, base: int, order: int) -> bool:
        """Take this very block out; False when any part of it is not free."""
        sizes = self._sizes >> order
        while sizes:
            size = order + (sizes & -sizes).bit_length() - 1
            if base & -(1 << size) in self._blocks[size]:
                self._split(base & -(1 << size), size, base, order)
                return True
            sizes &= sizes - 1
        return False

    def _split(self, base: int, size: int, wanted: int, order: int) -> None:
        """Take `wanted` out of the free block at `base`, leaving the halves beside it."""
        self._remove(base, size)
        self.count -= 1 << order
        while size > order:
            size -= 1
            upper = base + (1 << size)
            if wanted >= upper:
                self._put(base, size)
                base = upper
            else:
                self._put(upper, size)

    def carve(self, base: int, order: int) -> list[Block]:
        """Take whatever is free of a block out and return it."""
        if self.reserve(base, order):
            return [(base, order)]
        end = base + (1 << order)
        inside = [(b, size) for size, bases in self._blocks.items() if size < order for b in bases if base <= b < end]
        for found, size in inside:
            self._split(found, size, found, size)
        return sorted(inside)


class Thrift(IntEnum):
    """How sparingly an attempt deals out."""

    HEADROOM = 0
    TIGHT = 1
    RECLAIM = 2


@dataclass(slots=True, eq=False)
class Space:
    """The extents that one owner has got from its parent, and what is free in them."""

    parent: Space | None
    step: int = 0  # order of the next extent, when there is room to be generous
    skip: int = -1  # order of the unit left unused at the start of each extent; -1: none
    extents: list[Block] = field(default_factory=list)
    free: Free = field(default_factory=Free)
    released: list[tuple[str, Block]] = field(default_factory=list)

    def add(self, extent: Block, parts: Iterable[Block]) -> None:
        """Take over the free parts of an extent."""
        self.extents.append(extent)
        for base, order in parts:
            self.free.give(base, order)
        if self.skip >= 0:
            self.free.reserve(extent[0], self.skip)

    def adopt(self, extent: Block) -> None:
        """Take a locked extent back, or what is left of it."""
        if self.parent is None:
            return
        if parts := self.parent.free.carve(*extent):
            self.add(extent, parts)
        elif self.parent.claim(extent):
            self.add(extent, [extent])

    def claim(self, block: Block) -> bool:
        """Take a locked block; one outside the extents is taken from above and becomes an extent."""
        if self.free.reserve(*block):
            return True
        if self.parent and self.parent.claim(block):
            self.extents.append(block)
            return True
        return False

    def take(self, order: int, thrift: Thrift, dropped: set[str]) -> int | None:
        """Return the base of a new block, growing or reclaiming where that is allowed, or None."""
        base = self.free.take(order)
        if base is None and thrift is Thrift.RECLAIM and self.released:
            self._reclaim(dropped)
            base = self.free.take(order)
        if base is None and self.parent and self._grow(order, thrift, dropped):
            base = self.free.take(order)
        return base

    def _grow(self, order: int, thrift: Thrift, dropped: set[str]) -> bool:
        if self.parent is None:
            return False
        # The unit skipped would eat the only block of an extent of that size.
        least = order + (self.skip >= 0)
        sizes = dict.fromkeys([max(self.step, least), least]) if thrift is Thrift.HEADROOM else [least]
        for size in sizes:
            base = self.parent.take(size, thrift, dropped)
            if base is not None:
                self.add((base, size), [(base, size)])
                return True
        return False

    def _reclaim(self, dropped: set[str]) -> None:
        for key, block in self.released:
            self.free.give(*block)
            dropped.add(key)
        self.released.clear()


@dataclass(frozen=True, slots=True, kw_only=True)
class Want:
    """Something that asks for a block of either family: a space for others, or a prefix of its own.

    `order4` and `order6` are bits left to hosts; for a space they are the least it starts with. `asked` is the number
    of IPv4 addresses a prefix must hold; a locked prefix is kept as long as it does.
    """

    key: str
    within: str  # key of the space, "" for the pools
    what: str
    order4: int
    order6: int
    mark: Mark = NOWHERE
    space: bool = False
    skip4: int = -1
    skip6: int = -1
    asked: int = 1
    roomy4: int = 0  # what a new prefix gets while there is headroom

    def order(self, version: int, thrift: Thrift = Thrift.TIGHT) -> int:
        """Return the bits of an IP version in an attempt."""
        if version == 6:
            return self.order6
        return max(self.order4, self.roomy4) if thrift is Thrift.HEADROOM else self.order4


@dataclass(frozen=True, slots=True, kw_only=True)
class Given:
    """What an attempt gave: blocks by key (the extents of a space, the one block of a prefix)."""

    blocks: Mapping[str, tuple[Block, ...]]
    dropped: frozenset[str]
    problems: tuple[Problem, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Pool:
    """The numbers of one family that may be given out."""

    version: int
    blocks: tuple[Block, ...]
    reserved: tuple[Block, ...]
    mark: Mark = NOWHERE

    @property
    def width(self) -> int:
        """Bits of an address."""
        return 32 if self.version == 4 else 128


# Addresses within a prefix that something else holds: no blocks of their own.
_ADDRESSES = ("balancer ", "device ", "host ")


class _Full(Exception):
    """An attempt ran out."""


def number(pool: Pool, wants: Sequence[Want], lock: Lock) -> Given:
    """Give every want a block, keeping what the lock holds; problems name what can't be kept and pools that run out."""
    for thrift in Thrift:
        attempt = _Attempt(pool, wants, lock, thrift)
        try:
            return attempt.run()
        except _Full:
            continue
    raise AssertionError("the last attempt reports instead of raising")


def parent_key(key: str) -> str:
    """Return the key of the space that a locked thing lies in, "" for the pools."""
    kind, _, name = key.partition(" ")
    match kind:
        case "zone":
            return "site " + name.rpartition(":")[0]
        case "site":
            return "town " + name.partition("/")[0]
        case "router":
            return "space loopback"
        case "link":
            return "space transfer"
        case "cloud":
            return "space cloud@" + name.rpartition("@")[2]
    return ""


class _Attempt:
    """One attempt at one family."""

    def __init__(self, pool: Pool, wants: Sequence[Want], lock: Lock, thrift: Thrift) -> None:
        self.pool, self.lock, self.thrift, self.version = pool, lock, thrift, pool.version
        self.wants = {want.key: want for want in sorted(wants, key=lambda want: want.key)}
        self.dropped: set[str] = set()
        self.problems: list[Problem] = []
        self.given: dict[str, Block] = {}
        self.orders = _space_orders(self.wants.values(), self.version, thrift)
        self.root = Space(None)
        for block in sorted(pool.blocks, key=lambda b: (-b[1], b[0])):
            if not any(_overlap(block, other) for other in self.root.extents):
                self.root.add(block, [block])
        for block in pool.reserved:
            self.root.free.carve(*block)
        self.spaces = {"": self.root}
        self._make_spaces()

    def run(self) -> Given:
        """Return what was given; raise _Full when something got nothing and a thriftier attempt is left."""
        self._adopt()
        self._claim()
        self._hold_released()
        self._fill()
        blocks = {key: tuple(sorted(self.spaces[key].extents)) for key, want in self.wants.items() if want.space}
        blocks |= {key: (block,) for key, block in self.given.items()}
        return Given(blocks=blocks, dropped=frozenset(self.dropped), problems=tuple(self.problems))

    def _make_spaces(self) -> None:
        spaces = [want for want in self.wants.values() if want.space]
        for want in sorted(spaces, key=lambda want: (want.within != "", want.key)):
            skip = want.skip4 if self.version == 4 else want.skip6
            # A later extent is a quarter of the first: enough for years, and it leaves room for others.
            step = max(self.orders[want.key] - 2, 0)
            self.spaces[want.key] = Space(self.spaces[want.within], step, skip)

    def _adopt(self) -> None:
        """Give every space its locked extents back, those nearest to the pools first."""
        for key, space in self.spaces.items():
            for block in self._locked(key):
                space.adopt(block)

    def _locked(self, key: str) -> tuple[Block, ...]:
        entry = self.lock.entries.get(key)
        return entry.blocks(self.version) if entry else ()

    def _claim(self) -> None:
        """Give every prefix its locked block back, or say why it cannot be kept."""
        for key, want in self.wants.items():
            blocks = () if want.space else self._locked(key)
            if not blocks:
                continue
            block = blocks[0]
            if block[1] >= want.order(self.version) and self.spaces[want.within].claim(block):
                self.given[key] = block
            elif not self.lock.entries[key].released:
                self.problems.append(self._cannot_keep(want, block))

    def _hold_released(self) -> None:
        """Keep the numbers of things that are gone out of use, as long as their space still exists."""
        for key, entry in sorted(self.lock.entries.items()):
            space = self.spaces.get(parent_key(key))
            if space is None or key in self.wants or key.startswith(_ADDRESSES):
                continue
            for block in entry.blocks(self.version):
                if space.free.reserve(*block):
                    space.released.append((key, block))

    def _fill(self) -> None:
        """Give the rest new numbers: spaces before what lies in them, the largest first."""
        missing: list[Want] = []
        for want in sorted(self._lacking(), key=self._rank):
            order = self._order(want)
            base = self.spaces[want.within].take(order, self.thrift, self.dropped)
            if base is None and self.thrift is Thrift.HEADROOM:
                raise _Full
            if base is None:
                missing += [] if want.space else [want]
            elif want.space:
                self.spaces[want.key].add((base, order), [(base, order)])
            else:
                self.given[want.key] = (base, order)
        if missing and self.thrift is not Thrift.RECLAIM:
            raise _Full
        if missing:
            self.problems.append(self._exhausted(missing))

    def _lacking(self) -> Iterator[Want]:
        for key, want in self.wants.items():
            if not (self.spaces[key].extents if want.space else key in self.given):
                yield want

    def _rank(self, want: Want) -> tuple[int, int, str]:
        depth = 0 if not want.within else 1 if want.space else 2
        return depth, -self._order(want), want.key

    def _order(self, want: Want) -> int:
        return self.orders[want.key] if want.space else want.order(self.version, self.thrift)

    def _cannot_keep(self, want: Want, block: Block) -> Problem:
        """Say why a locked block cannot be kept."""
        if block[1] < want.order(self.version):
            holds = f"holds {1 << block[1]:,} addresses" if self.version == 4 else "is too long"
            text = f"{want.what} asks for {want.asked:,} addresses, its locked prefix {self._text(block)} {holds}"
            return self._keep("E610", want, text)
        text = f"{want.what} holds {self._text(block)} in {FILE}"
        if other := next((r for r in self.pool.reserved if _overlap(r, block)), None):
            return self._keep("E608", want, f"{text}, which overlaps the reserved {self._text(other)}")
        if not any(_overlap(p, block) and p[1] >= block[1] for p in self.pool.blocks):
            pools = ", ".join(self._text(p) for p in self.pool.blocks)
            return self._keep("E607", want, f"{text}, outside the pools {pools}")
        rival = self._rival(block)
        what = f"{self.wants[rival].what} holds {self._text(self.given[rival])}" if rival else "another holds it"
        return self._keep("E609", want, f"{text}, but {what}", rival)

    def _rival(self, block: Block) -> str:
        """Return the key of what holds a part of a block."""
        taken = sorted((given[0], key) for key, given in self.given.items())
        for base, key in taken[max(bisect_right(taken, (block[0], "~")) - 1, 0) :]:
            if base >= block[0] + (1 << block[1]):
                break
            if _overlap(self.given[key], block):
                return key
        return ""

    def _keep(self, code: str, want: Want, text: str, rival: str = "") -> Problem:
        line = self.lock.mark(want.key)
        hint = f"delete line {line.line} of {FILE} ('{want.key}') and it gets a new number"
        related = (line, self.lock.mark(rival)) if rival else (line,)
        return problem(code, want.mark, text, hint, related)

    def _exhausted(self, missing: Sequence[Want]) -> Problem:
        unit, name = (0, "addresses") if self.version == 4 else (64, "subnets of /64")
        asked = -(-sum(1 << want.order(self.version) for want in missing) >> unit)
        free = sum(space.free.count for space in self.spaces.values()) >> unit
        length = self.pool.width - order_of(self._total())
        text = (
            f"the IPv{self.version} pools run out: {missing[0].what}"
            + (f" and {len(missing) - 1:,} more" if missing[1:] else "")
            + f" asked for {asked:,} {name} more, {free:,} are free in pieces too small or kept for others"
        )
        return problem("E611", self.pool.mark, text, f"one pool of /{length} would do for all")

    def _total(self) -> int:
        """Return how many addresses everything needs without headroom."""
        orders = _space_orders(self.wants.values(), self.version, Thrift.TIGHT)
        return sum(1 << orders[want.key] for want in self.wants.values() if not want.within)

    def _text(self, block: Block) -> str:
        return prefix_text(block, self.version)


def _space_orders(wants: Iterable[Want], version: int, thrift: Thrift) -> dict[str, int]:
    """Return the size of every space as bits: what lies in it, and a quarter more when there is room."""
    needs: dict[str, int] = {}
    spaces: list[Want] = []
    for want in wants:
        if want.space:
            spaces.append(want)
            skip = want.skip4 if version == 4 else want.skip6
            needs[want.key] = needs.get(want.key, 0) + (1 << skip if skip >= 0 else 0)
        else:
            needs[want.within] = needs.get(want.within, 0) + (1 << want.order(version, thrift))
    orders: dict[str, int] = {}
    for want in sorted(spaces, key=lambda want: not want.within):
        need = needs[want.key]
        generous = thrift is Thrift.HEADROOM
        orders[want.key] = max(order_of(need * 5 // 4), want.order(version)) if generous else order_of(need)
        needs[want.within] = needs.get(want.within, 0) + (1 << orders[want.key])
    return orders


def _overlap(one: Block, other: Block) -> bool:
    return one[0] < other[0] + (1 << other[1]) and other[0] < one[0] + (1 << one[1])
