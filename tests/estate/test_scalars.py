"""What a value that is refused is said to be, and the way out."""

from __future__ import annotations

import pytest

from virgem.modules.estate.scalars import Date, Label, Money, Number, Percent, ScalarError
from virgem.modules.estate.scalars.texts import Prefix4

from .texts import all_said, loaded


@pytest.mark.parametrize(
    ("cls", "text", "message", "hint"),
    [
        (Number, "0250", "'0250' starts with a zero, so some read it as octal", "did you mean 250?"),
        (Number, "00", "'00' starts with a zero, so some read it as octal", "did you mean 0?"),
        (Money, "0845.00", "'0845.00' starts with a zero, so some read it as octal", "did you mean 845.00?"),
        (Percent, "9" * 26, f"{'9' * 26} is not a percentage", "allowed: 0 to 100"),
        (Number, "9" * 26, f"{'9' * 26} is more than is allowed here", "allowed: 0 to 1000000000000"),
        (Date, "2026-10-12 10:00:00", "a day and a time, here a day belongs", "write the day only: 2026-10-12"),
        (Label, "x" * 5000, "a display name is at most 80 characters, this has 5000", "shorten it"),
        (Prefix4, "fd00::/8", "IPv6, here an IPv4 prefix belongs", "for example 10.0.0.0/9"),
    ],
)
def test_a_value_that_is_refused_has_a_way_out(cls: type, text: str, message: str, hint: str) -> None:
    with pytest.raises(ScalarError) as found:
        cls(text)
    assert found.value.message.endswith(message)
    assert found.value.hint.endswith(hint)


def test_zero_itself_is_a_number() -> None:
    assert (Number("0"), Money("0.50")) == (0, "0.50")


@pytest.mark.parametrize(("text", "meant"), [("845,00", "845.00"), ("1,000", "1000")])
def test_a_decimal_comma_in_braces_is_told_as_one(text: str, meant: str) -> None:
    head = "contracts: { c: { authority: A, supplier: B, start: 2026-01-01, end: 2027-01-01"
    (one,) = all_said(loaded(f"{head}, ceiling: {text} }} }}\n"))
    assert one.endswith(f": a comma ends a value here | write {meant}")
