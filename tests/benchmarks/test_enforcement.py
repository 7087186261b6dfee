"""A firewall of 10,000 rules reviewed and compared with another, beside doing so box by box.

The rules are invented, with a fixed seed: prefixes of a region's size, sixty services, some rules for all services or
all addresses, three in ten that drop. The plain way takes from each rule what every rule before it has decided, and
compares what is left in the same manner. It is measured on a fifth of the rules, so on a twenty-fifth of the pairs, and
counted as if the effort grew with the pairs; it grows faster.
"""

from __future__ import annotations

from random import Random
from time import process_time

import pytest

from virgem.network.enforcement.lists import Entry, decide, review
from virgem.network.enforcement.packets import EVERY_SERVICE, of_protocol
from virgem.network.enforcement.space import Sides, Space, Spans

RULES, SOME = 10_000, 2_000
TIMES = 10  # as quick, at the least
LENGTHS = (*[0] * 2, *[16] * 5, *[24] * 40, *[28] * 25, *[32] * 28)
TOP = (1 << 32) - 1


def invented(count: int) -> list[Entry]:
    random = Random(1)
    ports = random.sample(range(65_520), 60)
    return [Entry(sides(random, ports), random.random() < 0.7) for _ in range(count)]


def sides(random: Random, ports: list[int]) -> Sides:
    """Services first: most rules are about one, and rules about different ones never meet."""
    return services(random, ports), prefix(random), prefix(random)


def services(random: Random, ports: list[int]) -> Spans:
    if random.random() < 0.005:
        return EVERY_SERVICE
    if random.random() < 0.015:
        return (of_protocol("tcp"),)
    port = random.choice(ports)
    return (of_protocol("tcp", port, port + random.choice((0, 0, 0, 15))),)


def prefix(random: Random) -> Spans:
    length = random.choice(LENGTHS)
    if not length:
        return ((0, TOP),)
    first = (10 << 24 | random.getrandbits(24)) >> (32 - length) << (32 - length)
    return ((first, first + (1 << (32 - length)) - 1),)


Box = tuple[int, ...]  # first and last, three times


def boxes(entries: list[Entry]) -> list[tuple[Box, bool]]:
    return [(tuple(end for spans in entry.sides for end in spans[0]), entry.accepts) for entry in entries]


def less(box: Box, others: list[Box]) -> list[Box]:
    """Return a box without others, taken away one after the other."""
    left = [box]
    for a, b, c, d, e, f in others:
        if any(a <= h and g <= b and c <= j and i <= d and e <= m and k <= f for g, h, i, j, k, m in left):
            left = [part for piece in left for part in cut(piece, (a, b, c, d, e, f))]
    return left


def cut(piece: Box, other: Box) -> list[Box]:
    rest, found = list(piece), []
    if any(piece[at + 1] < other[at] or other[at + 1] < piece[at] for at in (0, 2, 4)):
        return [piece]
    for at in (0, 2, 4):
        if rest[at] < other[at]:
            found.append((*rest[:at], rest[at], other[at] - 1, *rest[at + 2 :]))
        if other[at + 1] < rest[at + 1]:
            found.append((*rest[:at], other[at + 1] + 1, rest[at + 1], *rest[at + 2 :]))
        rest[at : at + 2] = max(rest[at], other[at]), min(rest[at + 1], other[at + 1])
    return found


def deciding(entries: list[Entry]) -> tuple[set[int], list[Box]]:
    """Return the rules that never decide, and what is accepted, as boxes apart."""
    before: list[Box] = []
    hidden, accepted = set(), []
    for number, (box, accepts) in enumerate(boxes(entries)):
        left = less(box, before)
        hidden |= set() if left else {number}
        accepted += left if accepts else []
        before.append(box)
    return hidden, accepted


def plainly(entries: list[Entry]) -> int:
    """Answer what `ours` does, box by box."""
    hidden, accepted = deciding(entries)
    _, others = deciding([entry for number, entry in enumerate(entries) if number not in hidden])
    assert not any(less(box, others) for box in accepted)
    assert not any(less(box, accepted) for box in others)
    return len(hidden)


def ours(space: Space, entries: list[Entry]) -> int:
    """Review all rules, and compare them with those that are ever reached; return how many are not."""
    hidden = {number for number, _ in review(space, entries, default=False).shadowed}
    reached = [entry for number, entry in enumerate(entries) if number not in hidden]
    assert decide(space, entries).accepted == decide(space, reached).accepted
    return len(hidden)


@pytest.mark.benchmark
def test_ten_thousand_rules_are_compared_and_reviewed_in_less_time_than_box_by_box() -> None:
    entries, space = invented(RULES), Space((EVERY_SERVICE[0][1], TOP, TOP))
    assert ours(space, entries[:SOME]) == plainly(entries[:SOME])
    start = process_time()
    hidden = ours(space, entries)
    own = process_time() - start
    start = process_time()
    plainly(entries[:SOME])
    plain = (process_time() - start) * (RULES / SOME) ** 2
    print(f"{RULES:,} rules: {own:.2f} s, box by box {plain:.2f} s, {plain / own:.1f} times; {hidden} never reached")
    assert own * TIMES <= plain
