"""A saved preview is applied as it is or not at all."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

import pytest

from virgem.modules.changes import Changes
from virgem.modules.cloud.approved import Approved, approved, check_moved, dump, parse
from virgem.modules.cloud.changes import of_steps
from virgem.modules.cloud.engine.steps import Step
from virgem.modules.problem import UserError

PORT = Step(
    action="update",
    urn="urn:pulumi:tenant-1::virgem::openstack:networking/port:Port::web-1",
    type="openstack:networking/port:Port",
    protect=False,
    existed=True,
    fields=(("name", '"web"', '"web-1"'),),
)
NOTHING = of_steps({}, {}, {})


def changes(*steps: Step) -> Changes:
    return of_steps({"tenant-1": steps}, {}, {"tenant-1": "1"})


def saved(found: Changes = NOTHING, drift: Changes = NOTHING, **other: Any) -> Approved:
    told: dict[str, Any] = {"estate": "a", "url": "http://cloud", "tenants": ("1",), **other}
    return approved(told["estate"], told["url"], told["tenants"], found, drift)


def refused(then: Approved, now: Approved) -> str:
    with pytest.raises(UserError) as error:
        check_moved(then, now)
    assert "--save-plan" in error.value.hint
    return str(error.value)


def test_what_is_kept_is_read_back_and_the_same_again_is_applied() -> None:
    then = saved(changes(PORT), changes(PORT))
    assert parse(dump(then), "f") == then
    check_moved(parse(dump(then), "f"), saved(changes(PORT), changes(PORT)))


def test_what_is_left_as_it_is_is_no_part_of_it() -> None:
    unchanged = Step(action=None, urn="u", type="t", protect=False, existed=True)
    check_moved(saved(changes(PORT)), saved(changes(PORT, unchanged)))


@pytest.mark.parametrize(
    ("now", "told"),
    [
        (saved(), "would be done: tenant-1, Port web-1: update, not any more"),
        (saved(changes(PORT), changes(PORT)), "others changed: tenant-1, Port web-1: update, new since"),
        (saved(changes(PORT), estate="b"), "it is of the estate a, not b"),
        (saved(changes(PORT), url="http://other"), "it is of the cloud http://cloud, not http://other"),
    ],
)
def test_whatever_has_moved_is_named(now: Approved, told: str) -> None:
    assert told in refused(saved(changes(PORT)), now)


def test_another_action_or_value_is_named() -> None:
    then = saved(changes(PORT))
    assert "replace, was update" in refused(then, saved(changes(replace(PORT, action="replace"))))
    other = replace(PORT, fields=(("name", '"web"', '"web-2"'),))
    assert "update with other name" in refused(then, saved(changes(other)))


def test_of_many_only_the_first_are_named() -> None:
    many = [replace(PORT, urn=f"{PORT.urn}-{number}") for number in range(14)]
    assert "... and 4 more" in refused(saved(), saved(changes(*many)))


@pytest.mark.parametrize("data", [b"", b"[]", b'{"form": "virgem/approved-0"}', b'{"form": "virgem/approved-1"}'])
def test_what_is_no_saved_preview_is_refused(data: bytes) -> None:
    with pytest.raises(UserError, match="f is no saved preview of this version"):
        parse(data, "f")


def test_nothing_saved_is_told_with_the_way_to_save() -> None:
    with pytest.raises(UserError, match="f is not there"):
        parse(None, "f")


def test_what_is_kept_can_be_read_by_people() -> None:
    told = json.loads(dump(saved(changes(PORT))))
    assert [change["name"] for change in told["changes"]] == ["web-1"]
