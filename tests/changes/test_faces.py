"""The faces of a difference say the same; what a reviewer must see comes first, and no value breaks their form."""

from __future__ import annotations

import json

import pytest

from virgem.modules.changes import Changes, Label, Nature, compare
from virgem.modules.changes.faces import as_data, as_markdown, as_table, as_text, summary

OLD = {
    "zone": {"hall": {"vlan": "1", "label": "Hall"}, "attic": {"vlan": "2"}},
    "vrf": {"staff": {"table": "1"}},
}
NEW = {
    "zone": {"hall": {"vlan": "3", "label": ""}, "cellar": {"vlan": "4"}},
    "vrf": {"staff": {"table": "1"}},
}


def value_changed(old: str, new: str) -> Changes:
    return compare({"x": {"a": {"f": old}}}, {"x": {"a": {"f": new}}})


def test_the_text_names_every_change_and_ends_with_the_counts() -> None:
    assert as_text(compare(OLD, NEW)).splitlines() == [
        "- zone attic",
        "+ zone cellar",
        "~ zone hall",
        "    label: Hall -> (none)",
        "    vlan: 1 -> 3",
        "",
        *as_table(compare(OLD, NEW)).splitlines(),
    ]


def test_markdown_has_what_goes_first_and_what_is_new_folded() -> None:
    assert as_markdown(compare(OLD, NEW), "Network plan").splitlines() == [
        "**Network plan:** 1 added, 1 changed, 1 removed.",
        "",
        "| kind | create | update | replace | delete | unchanged |",
        "| - | -: | -: | -: | -: | -: |",
        "| zone | 1 | 1 | 0 | 1 | 0 |",
        "| total | 1 | 1 | 0 | 1 | 1 |",
        "",
        "- delete zone `attic`",
        "",
        "- update zone `hall`: `label` `Hall` → `(none)`; `vlan` `1` → `3`",
        "",
        "<details><summary>1 added</summary>",
        "",
        "- create zone `cellar`",
        "",
        "</details>",
    ]


def test_markdown_says_what_must_be_confirmed_before_anything_else() -> None:
    lines = as_markdown(compare(OLD, NEW), warning="the plan deletes 1 of 2 <zone>").splitlines()
    assert lines[2] == r"> **the plan deletes 1 of 2 \<zone\>**"


def test_nothing_changed_is_said_in_one_line() -> None:
    assert as_text(compare(OLD, OLD)) == "no changes\n"
    assert as_markdown(compare(OLD, OLD), "Cloud plan") == "**Cloud plan:** no changes.\n"
    assert as_table(compare(OLD, OLD)).splitlines()[-1].split() == ["total", "0", "0", "0", "0", "3"]


def test_a_replacement_is_named_in_the_summary_only_where_there_is_one() -> None:
    assert summary(compare(OLD, NEW)) == "1 added, 1 changed, 1 removed"
    replaced = compare(OLD, NEW, Nature(replaces=lambda kind, fields: True))
    assert summary(replaced) == "1 added, 0 changed, 1 replaced, 1 removed"


def test_what_an_engine_protects_is_marked_where_it_goes() -> None:
    nature = Nature(label=lambda kind, key: Label(kind="Volume", name=key, place="data", protect=True))
    assert "- delete `data` Volume `v` (protected)" in as_markdown(compare({"x": {"v": {}}}, {}, nature))
    assert "- create `data` Volume `v`\n" in as_markdown(compare({}, {"x": {"v": {}}}, nature))


@pytest.mark.parametrize("nasty", ["a|b", "`code`", "two\nlines", "<img src=x>", "@everyone", "# head"])
def test_no_value_breaks_out_of_its_span_of_code(nasty: str) -> None:
    line = next(line for line in as_markdown(value_changed("1", nasty)).splitlines() if line.startswith("- update"))
    assert line.count("`") == 8
    assert line.split("`")[7] == nasty.replace("`", "'").replace("\n", " ")


def test_long_values_are_cut_where_they_begin_to_differ() -> None:
    alike = "x" * 500
    line = as_text(value_changed(f"{alike}-old", f"{alike}-new")).splitlines()[1]
    assert line == f"    f: …{'x' * 23}-old -> …{'x' * 23}-new"
    assert as_data(value_changed(alike, "y"))["changes"][0]["fields"]["f"] == {"old": alike, "new": "y"}


def test_markdown_of_a_whole_region_still_fits_a_comment() -> None:
    many = {"zone": {f"municipality/site:{number:06}": {"purpose": "x" * 60} for number in range(20_000)}}
    other = {"zone": {key: {"purpose": "y" * 60} for key in many["zone"]}}
    for changes in (compare({}, many), compare(many, {}), compare(many, other)):
        text = as_markdown(changes)
        assert len(text) < 60_000
        assert "`--diff text` names all" in text
    assert "and 19850 more to create" in as_markdown(compare({}, many))


def test_json_has_the_values_that_the_texts_stand_for() -> None:
    nature = Nature(grouping="tenant", group=lambda kind, key: "34022", value=json.loads)
    data = as_data(compare({"x": {"a": {"f": "[1]"}}}, {"x": {"a": {"f": '{"b":null}', "g": "2"}}}, nature))
    assert data == {
        "summary": {"create": 0, "update": 1, "replace": 0, "delete": 0, "unchanged": 0},
        "grouping": "tenant",
        "groups": {"34022": {"create": 0, "update": 1, "replace": 0, "delete": 0, "unchanged": 0}},
        "changes": [
            {
                "action": "update",
                "kind": "x",
                "key": "a",
                "group": "34022",
                "place": "",
                "name": "a",
                "protect": False,
                "fields": {"f": {"old": [1], "new": {"b": None}}, "g": {"old": None, "new": 2}},
            }
        ],
    }
