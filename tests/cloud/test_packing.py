"""Whether servers fit is told with a proof or not at all; small cases are held against trying everything."""

from __future__ import annotations

import random
from itertools import product

import pytest

from virgem.modules.cloud.packing import Fit, Need, Space, any_mix_fits, fits, held_in_copies, worst

HOST = Space(16, 64)


def needs(*sizes: tuple[int, int], apart: str = "") -> list[Need]:
    return [Need(Space(*size), apart) for size in sizes]


@pytest.mark.parametrize(
    ("wanted", "hosts", "expected"),
    [
        (needs(), [], Fit.YES),
        (needs((8, 32), (8, 32)), [HOST], Fit.YES),
        # Too much in sum, in cores alone and in memory alone.
        (needs((9, 1), (8, 1)), [HOST], Fit.NO),
        (needs((1, 33), (1, 32)), [HOST], Fit.NO),
        # One that fits no host, though the sum does.
        (needs((4, 65)), [HOST, HOST], Fit.NO),
        # Three that are larger than half a host.
        (needs((1, 33), (1, 33), (1, 33)), [HOST, HOST], Fit.NO),
        # Copies on hosts of their own.
        (needs((1, 1), (1, 1), apart="web"), [HOST], Fit.NO),
        (needs((1, 1), (1, 1), apart="web"), [HOST, HOST], Fit.YES),
        # 3 + 3 and 2 + 2 + 2 fill two hosts of six; first-fit finds it.
        (needs(*[(1, 3)] * 2, *[(1, 2)] * 3), [Space(9, 6), Space(9, 6)], Fit.YES),
    ],
)
def test_servers_fit_or_do_not(wanted: list[Need], hosts: list[Space], expected: Fit) -> None:
    assert fits(wanted, hosts) is expected


def test_where_neither_is_proved_nothing_is_claimed() -> None:
    # 7 5 4 and 6 5 4 fit, but first-fit puts 7 with 6; of 7 6 5 5 5 no half makes 14, which no lower bound sees.
    possible_one = needs((1, 7), (1, 6), (1, 5), (1, 5), (1, 4), (1, 4))
    impossible_one = needs((1, 7), (1, 6), (1, 5), (1, 5), (1, 5))
    for wanted, hosts, can in ((possible_one, [Space(99, 16)] * 2, True), (impossible_one, [Space(99, 14)] * 2, False)):
        assert possible(wanted, hosts) is can
        assert fits(wanted, hosts) is Fit.UNKNOWN


def possible(wanted: list[Need], hosts: list[Space]) -> bool:
    """Try every way to place servers."""
    for places in product(range(len(hosts)), repeat=len(wanted)):
        cores, ram = [0] * len(hosts), [0] * len(hosts)
        for need, place in zip(wanted, places, strict=True):
            cores[place] += need.space.cores
            ram[place] += need.space.ram_gb
        pairs = {(need.apart, place) for need, place in zip(wanted, places, strict=True) if need.apart}
        alone = len(pairs) == sum(bool(need.apart) for need in wanted)
        if alone and all(c <= h.cores and r <= h.ram_gb for c, r, h in zip(cores, ram, hosts, strict=True)):
            return True
    return not wanted


def test_an_answer_is_never_wrong() -> None:
    dice = random.Random(7)
    answers = set()
    for _ in range(300):
        hosts = [Space(dice.randint(2, 9), dice.randint(2, 9)) for _ in range(dice.randint(1, 3))]
        wanted = [
            Need(Space(dice.randint(1, 5), dice.randint(1, 5)), dice.choice(["", "", "web"]))
            for _ in range(dice.randint(0, 6))
        ]
        answer = fits(wanted, hosts)
        answers.add(answer)
        if answer is not Fit.UNKNOWN:
            assert possible(wanted, hosts) == (answer is Fit.YES)
    assert {Fit.YES, Fit.NO} <= answers


def test_any_mix_fits_only_when_first_fit_never_gets_stuck() -> None:
    dice = random.Random(11)
    sure = 0
    for _ in range(400):
        hosts = [Space(dice.randint(4, 20), dice.randint(4, 20)) for _ in range(dice.randint(1, 5))]
        largest = Space(dice.randint(1, 4), dice.randint(1, 4))
        total = Space(dice.randint(0, 40), dice.randint(0, 40))
        answer = any_mix_fits(total, largest, hosts)
        beyond = total.cores > sum(h.cores for h in hosts) or total.ram_gb > sum(h.ram_gb for h in hosts)
        assert (answer is Fit.NO) == beyond
        if answer is Fit.YES:
            sure += 1
            assert all(first_fit(total, largest, hosts, dice) for _ in range(20))
    assert sure > 20


def first_fit(total: Space, largest: Space, hosts: list[Space], dice: random.Random) -> bool:
    """Ask for servers of chance sizes until the total is used up; tell whether each found a host."""
    free = [[host.cores, host.ram_gb] for host in hosts]
    cores, ram_gb = total.cores, total.ram_gb
    while cores > 0 and ram_gb > 0:
        size = Space(dice.randint(1, min(largest.cores, cores)), dice.randint(1, min(largest.ram_gb, ram_gb)))
        place = next((p for p in free if p[0] >= size.cores and p[1] >= size.ram_gb), None)
        if place is None:
            return False
        place[0], place[1] = place[0] - size.cores, place[1] - size.ram_gb
        cores, ram_gb = cores - size.cores, ram_gb - size.ram_gb
    return True


def test_copies_lie_on_different_hosts() -> None:
    dice = random.Random(3)
    for _ in range(300):
        disks = [dice.randint(0, 12) for _ in range(dice.randint(0, 6))]
        copies = dice.randint(1, 4)
        most = [d for d in range(sum(disks) + 1) if sum(min(disk, d) for disk in disks) >= copies * d]
        assert held_in_copies(disks, copies) == (max(most) if len(disks) >= copies else 0)


def test_the_worst_answer_counts() -> None:
    assert worst([]) is Fit.YES
    assert worst([Fit.YES, Fit.UNKNOWN]) is Fit.UNKNOWN
    assert worst([Fit.NO, Fit.UNKNOWN, Fit.YES]) is Fit.NO
