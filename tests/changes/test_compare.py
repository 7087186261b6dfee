"""One comparison for every plan: what is new, other and gone, by kind and key, counted and in a fixed order."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from virgem.modules.changes import Label, Nature, compare
from virgem.modules.governance.guard import PROTECTED, check_changes

KEYS = st.sampled_from("abcd")
OBJECTS = st.dictionaries(KEYS, st.dictionaries(KEYS, st.dictionaries(KEYS, st.sampled_from(["", "1", "2"]))))


def test_what_is_new_other_and_gone_is_told_by_kind_and_key() -> None:
    old = {"zone": {"a": {"vlan": "1"}, "b": {"vlan": "2"}, "c": {"vlan": "3"}}}
    new = {"zone": {"a": {"vlan": "1"}, "b": {"vlan": "5"}, "d": {"vlan": "4"}}}
    found = {(c.action, c.kind, c.key): c.fields for c in compare(old, new).items}
    assert found == {
        ("update", "zone", "b"): (("vlan", "2", "5"),),
        ("delete", "zone", "c"): (("vlan", "3", ""),),
        ("create", "zone", "d"): (("vlan", "", "4"),),
    }


def test_a_field_that_cannot_change_in_place_is_a_replacement_and_counts_as_a_deletion() -> None:
    nature = Nature(replaces=lambda kind, fields: "name" in fields)
    changes = compare({"x": {"a": {"name": "1"}}}, {"x": {"a": {"name": "2"}}}, nature)
    assert (changes.total.replace, changes.deleted()) == (1, {"x": 1})


def test_objects_are_counted_by_the_group_that_their_maker_names_and_those_with_a_name_come_first() -> None:
    nature = Nature(grouping="tenant", group=lambda kind, key: key.partition("/")[0])
    changes = compare({"x": {"34022/a": {}}}, {"x": {"34022/a": {}, "shared/b": {}, "11001/c": {}}}, nature)
    counts = [(count.group, count.create, count.unchanged) for count in changes.counts]
    assert counts == [("shared", 1, 0), ("11001", 1, 0), ("34022", 0, 1)]


def test_changes_stand_by_place_then_kind_then_name() -> None:
    nature = Nature(label=lambda kind, key: Label(kind=kind, name=key[1:], place=key[0]))
    changes = compare({}, {"b": {"2x": {}, "1y": {}}, "a": {"2z": {}, "1x": {}}}, nature)
    assert [(c.label.place, c.label.kind, c.label.name) for c in changes.items] == [
        ("1", "a", "x"), ("1", "b", "y"), ("2", "a", "z"), ("2", "b", "x"),
    ]  # fmt: skip


@given(OBJECTS, OBJECTS)
def test_every_object_has_one_fate_and_the_way_back_is_the_mirror(
    old: dict[str, dict[str, dict[str, str]]], new: dict[str, dict[str, dict[str, str]]]
) -> None:
    there, back = compare(old, new), compare(new, old)
    objects = {(kind, key) for plan in (old, new) for kind, keys in plan.items() for key in keys}
    assert there.total.changed + there.total.unchanged == len(objects)
    mirror = {"create": "delete", "delete": "create", "update": "update"}
    assert [(mirror[c.action], c.key) for c in there.items] == [(c.action, c.key) for c in back.items]
    assert not compare(old, old).items


def test_the_guard_counts_what_moves_and_lets_nothing_move_without_the_file_that_kept_it() -> None:
    old = {"zone": {str(number): {"vlan": str(number), "class": "1"} for number in range(10)}}
    for moved, missing, refused in ((3, "", False), (4, "", True), (1, "estate.lock", True), (0, "estate.lock", False)):
        new = {
            "zone": {k: {**v, "class": "2", "vlan": f"1{k}" if int(k) < moved else k} for k, v in old["zone"].items()}
        }
        nature = Nature(moves=lambda kind, fields: "vlan" in fields, missing=missing)
        changes = compare(old, new, nature)
        finding = check_changes(changes)
        assert (finding is not None) is refused
        assert finding is None or (finding.moved, finding.deleted) == (moved, 0)
        assert check_changes(changes, confirmed=moved) is None


def test_the_guard_knows_the_protected_kinds_of_every_plan() -> None:
    for kind in PROTECTED:
        objects = {kind: {str(number): {} for number in range(100)}}
        one_less = {kind: {str(number): {} for number in range(99)}}
        changes = compare(objects, one_less)
        finding = check_changes(changes)
        assert finding is not None
        assert finding.count == 1
        assert check_changes(changes, confirmed=1) is None
