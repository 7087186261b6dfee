"""An amount divided so that its parts add up to it, to the cent."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from fractions import Fraction

from virgem.modules.costs.model import CENT


def divided(whole: Decimal, weights: Sequence[Decimal]) -> tuple[Decimal, ...]:
    """Return the part of each weight in an amount of whole cents; the weights are not negative, and not all 0.

    By largest remainders (Hare, Niemeyer): each gets its share in cents rounded down, and the cents that are left go
    one each to the largest remainders, of equal ones to the first. So no part is a cent off its exact share.
    """
    total, amount = sum(map(Fraction, weights)), int(whole / CENT)
    shares = [divmod(amount * Fraction(weight), total) for weight in weights]
    left = amount - sum(share for share, _ in shares)
    ranked = sorted(range(len(shares)), key=lambda place: -shares[place][1])
    lucky = frozenset(ranked[:left])
    return tuple((share + (place in lucky)) * CENT for place, (share, _) in enumerate(shares))
