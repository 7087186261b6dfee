"""An amount and its parts: they add up, and none is a cent off its exact share."""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from virgem.modules.costs.model import CENT
from virgem.modules.costs.sharing import divided

AMOUNTS = st.integers(0, 10**12).map(lambda count: count * CENT)
WEIGHTS = st.lists(st.integers(0, 10**9).map(Decimal) | st.decimals(0, 10**7, places=2), min_size=1).filter(any)


@given(AMOUNTS, WEIGHTS)
def test_the_parts_add_up_to_the_whole_to_the_cent(whole: Decimal, weights: list[Decimal]) -> None:
    parts = divided(whole, weights)
    assert sum(parts) == whole
    assert len(parts) == len(weights)
    assert all(part == part.quantize(CENT) >= 0 for part in parts)


@given(AMOUNTS, WEIGHTS)
def test_no_part_is_a_cent_off_its_exact_share(whole: Decimal, weights: list[Decimal]) -> None:
    total = sum(map(Fraction, weights))
    for part, weight in zip(divided(whole, weights), weights, strict=True):
        assert abs(Fraction(part) - Fraction(whole) * Fraction(weight) / total) < Fraction(1, 100)


@given(AMOUNTS, WEIGHTS)
def test_who_weighs_more_never_pays_less(whole: Decimal, weights: list[Decimal]) -> None:
    ranked = sorted(zip(weights, divided(whole, weights), strict=True), key=lambda pair: pair[0])
    for (less, small), (more, large) in pairwise(ranked):
        assert small <= large or less == more


@pytest.mark.parametrize(
    ("whole", "weights", "parts"),
    [
        ("100.00", [1, 1, 1], ["33.34", "33.33", "33.33"]),
        ("0.02", [1, 1, 1], ["0.01", "0.01", "0.00"]),
        ("10.00", [0, 3, 1], ["0.00", "7.50", "2.50"]),
        # 2.86, 1.43 and 5.71 cents: the second goes without.
        ("0.10", [2, 1, 4], ["0.03", "0.01", "0.06"]),
        # 16.67, 16.67 and 66.67 cents: of equal remainders the first come first.
        ("1.00", [1, 1, 4], ["0.17", "0.17", "0.66"]),
    ],
)
def test_the_cents_left_go_to_the_largest_remainders(whole: str, weights: list[int], parts: list[str]) -> None:
    assert list(map(str, divided(Decimal(whole), list(map(Decimal, weights))))) == parts
