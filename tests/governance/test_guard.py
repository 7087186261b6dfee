"""The guard refuses a plan that takes much away, until its size is typed."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from virgem.modules.governance.guard import PROTECTED, check_guard

BEFORE = {"zone": 100, "tenant": 13, "flow": 10}


@pytest.mark.parametrize(
    ("deletions", "refused"),
    [
        ({}, False),
        ({"zone": 0}, False),
        ({"zone": 30}, False),
        ({"zone": 31}, True),
        ({"flow": 3}, False),
        ({"flow": 4}, True),
        ({"tenant": 1}, True),
        ({"zone": 1, "tenant": 1}, True),
        ({"never-seen": 1}, True),
    ],
)
def test_over_thirty_percent_or_anything_protected_is_refused(deletions: dict[str, int], refused: bool) -> None:
    assert (check_guard(BEFORE, deletions, {"tenant"}) is not None) is refused


def test_the_number_typed_must_be_that_of_all_deletions() -> None:
    deletions = {"zone": 50, "tenant": 2}
    finding = check_guard(BEFORE, deletions, {"tenant"})
    assert finding is not None
    assert finding.count == 52
    assert check_guard(BEFORE, deletions, {"tenant"}, confirmed=52) is None
    assert check_guard(BEFORE, deletions, {"tenant"}, confirmed=50) is not None


def test_it_says_what_goes_and_what_to_type() -> None:
    finding = check_guard(BEFORE, {"flow": 4, "zone": 40, "tenant": 1}, {"tenant"})
    assert finding is not None
    # A line for each kind, what is protected first.
    assert finding.message.splitlines() == [
        "the plan deletes 45 objects:",
        "  - 1 of 13 tenant, which is protected",
        "  - 4 of 10 flow, over 30 %",
        "  - 40 of 100 zone, over 30 %",
    ]
    assert "\n" not in finding.sentence
    assert "--confirm 45" in finding.hint


def test_one_kind_is_told_in_one_sentence_and_by_the_name_that_people_know() -> None:
    kind = "openstack:blockstorage/volume:Volume"
    finding = check_guard({kind: 3}, {kind: 1}, PROTECTED)
    assert finding is not None
    assert finding.message == "the plan deletes 1 object: 1 of 3 Volume (blockstorage), which is protected"


@given(
    st.dictionaries(st.sampled_from("abc"), st.integers(0, 20)),
    st.dictionaries(st.sampled_from("abc"), st.integers(0, 20)),
)
def test_more_deletions_are_never_less_refused(before: dict[str, int], deletions: dict[str, int]) -> None:
    if check_guard(before, deletions, ()) is not None:
        more = {kind: gone + 1 for kind, gone in deletions.items()}
        assert check_guard(before, more, ()) is not None
