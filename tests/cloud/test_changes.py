"""What differs from the saved plan: counted per tenant, replacements told apart, guarded against mass deletion."""

from __future__ import annotations

import json

import klein
import pytest

from virgem.modules.changes import Changes
from virgem.modules.changes.faces import as_data, as_markdown, as_table, as_text
from virgem.modules.cloud.changes import diff
from virgem.modules.cloud.preview import dump, parse
from virgem.modules.cloud.previewing import preview
from virgem.modules.governance.guard import check_changes
from virgem.modules.problem import UserError
from virgem.stacks.program import run as program

PREVIEW = klein.previewed()
SAVED = dump(PREVIEW)


def after(old: str, new: str) -> Changes:
    """The changes that an edit of Kortrijk's file brings."""
    assert old in klein.KORTRIJK
    return diff(klein.previewed(klein.KORTRIJK.replace(old, new)), PREVIEW)


def test_a_saved_preview_comes_back_as_it_was() -> None:
    assert dump(parse(SAVED, "klein")) == SAVED
    assert parse(SAVED, "klein") == PREVIEW


def test_nothing_changed_is_all_unchanged() -> None:
    total = diff(PREVIEW, parse(SAVED, "klein")).total
    assert (total.changed, total.unchanged) == (0, sum(r.in_cloud for s in PREVIEW.stacks for r in s.resources))


def test_without_a_saved_plan_everything_is_new() -> None:
    changes = diff(PREVIEW, None)
    assert {item.action for item in changes.items} == {"create"}
    assert [count.group for count in changes.counts] == ["shared", "34022", "34040"]
    assert changes.total.create == sum(count.create for count in changes.counts)


@pytest.mark.parametrize(
    ("old", "new", "expected"),
    [
        ("size: 200", "size: 300", {("update", "Volume", "sql-data")}),
        (
            "quota: large",
            "quota: xlarge",
            {
                ("update", kind, name)
                for kind, name in (
                    ("QuotaSetV2", "compute"),
                    ("QuotaV2", "network"),
                    ("QuoteSetV3", "storage"),
                    ("Quota", "balancing"),
                    ("QuotaV2", "dns"),
                )
            },
        ),
        (
            "    www: { load-balancer: front }\n",
            "",
            {
                *(("delete", "RecordSet", f"www.kortrijk.virgem.example/{kind}") for kind in ("A", "AAAA")),
                ("delete", "RecordSet", "outside.www.kortrijk.virgem.example/A"),
            },
        ),
        ("label: Kortrijk", "label: Kortrijk aan de Leie", set()),
    ],
)
def test_an_edit_touches_what_it_says_and_nothing_else(old: str, new: str, expected: set[tuple[str, str, str]]) -> None:
    changes = after(old, new)
    if "www" in old:
        # The alias of that name points nowhere then, and is written by hand.
        expected = {e for e in expected if e[0] == "delete"}
    assert {(i.action, i.label.kind, i.label.name) for i in changes.items} == expected


def test_what_cannot_change_in_place_is_a_replacement() -> None:
    changes = after("serves: [8443]", "serves: [8444]")
    rules = [item for item in changes.items if item.kind.endswith(":SecGroupRule")]
    assert {item.action for item in rules} == {"create", "delete"}


def test_an_edit_counts_for_its_tenant_only() -> None:
    counts = {count.group: count.changed for count in after("size: 200", "size: 300").counts}
    assert counts == {"shared": 0, "34022": 1, "34040": 0}


def test_the_table_has_a_line_per_tenant_and_the_total() -> None:
    table = as_table(after("size: 200", "size: 300")).splitlines()
    assert table[0].split() == ["tenant", "create", "update", "replace", "delete", "unchanged"]
    assert [line.split()[0] for line in table[2:5]] == ["shared", "34022", "34040"]
    assert table[3].split()[1:5] == ["0", "1", "0", "0"]
    assert table[-1].split()[:5] == ["total", "0", "1", "0", "0"]


def test_the_faces_say_the_same() -> None:
    changes = after("size: 200", "size: 300")
    assert "    size: 200 -> 300" in as_text(changes)
    assert "- update `data-34022` Volume `sql-data`: `size`" in as_markdown(changes)
    data = as_data(changes)
    assert data["summary"]["update"] == 1
    assert data["changes"][0]["fields"] == {"size": {"old": 200, "new": 300}}
    json.dumps(data)


def test_a_preview_compares_with_the_saved_plan_and_gives_the_next_one() -> None:
    result = preview(klein.estate(), klein.network(), SAVED, program=program)
    assert (result.changes.items, result.document) == ((), SAVED)


def test_one_tenant_alone_leaves_the_others_as_they_were_saved() -> None:
    text = klein.KORTRIJK.replace("size: 200", "size: 300")
    estate, network = klein.estate(text), klein.network(text)
    other = preview(estate, network, SAVED, ("34040",), program=program)
    assert (other.changes.items, other.document) == ((), SAVED)
    own = preview(estate, network, SAVED, ("34022",), program=program)
    assert [item.label.name for item in own.changes.items] == ["sql-data"]
    assert parse(own.document, "klein") == klein.previewed(text)


def test_a_tenant_without_a_share_is_refused() -> None:
    with pytest.raises(UserError, match="no share of the cloud has 11001"):
        preview(klein.estate(), klein.network(), None, ("11001",), program=program)


@pytest.mark.parametrize(
    ("data", "said"),
    [
        (SAVED.replace(b'"estate": "klein"', b'"estate": "groot"', 1), "of the estate 'groot', not of 'klein'"),
        (SAVED.replace(b'"size": 200', b'"size": 201', 1), "changed by hand"),
        (SAVED[:-20], "cannot be read"),
        (b"[]", "cannot be read"),
        (b"\xff\xfe", "cannot be read"),
        (b"[" * 100_000, "cannot be read"),
        (SAVED.replace(b'"kind": "CloudPreview"', b'"kind": "Other"', 1), "is a Other"),
    ],
)
def test_a_saved_plan_that_is_not_ours_is_refused(data: bytes, said: str) -> None:
    with pytest.raises(UserError, match=said):
        preview(klein.estate(), klein.network(), data, program=program)


def test_losing_a_tenant_must_be_confirmed_by_number() -> None:
    text = klein.texts()
    gone = text["municipalities/34022-kortrijk.yaml"].split("cloud:")[0] + "services: [dns]\n"
    operator = klein.OPERATOR.split("flows:")[0]
    result = preview(klein.estate(gone, operator), klein.network(gone, operator), SAVED, program=program)
    finding = check_changes(result.changes)
    assert finding is not None
    assert "Project" in finding.message
    assert check_changes(result.changes, confirmed=finding.count) is None
    assert {c.group: c.unchanged for c in result.changes.counts}["34022"] == 0


def test_growing_a_volume_needs_no_confirmation() -> None:
    text = klein.KORTRIJK.replace("size: 200", "size: 300")
    grown = preview(klein.estate(text), klein.network(text), SAVED, program=program)
    assert check_changes(grown.changes) is None


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("label: Kortrijk", "label: Stad aan de Leie"),
        ("bib: { kind: library }", "bib: { kind: library, label: De nieuwe bibliotheek }"),
        ("burgers: { confidentiality: 4", "burgers: { label: Register van burgers, confidentiality: 4"),
    ],
)
def test_another_display_name_replaces_and_removes_nothing(old: str, new: str) -> None:
    assert {item.action for item in after(old, new).items} <= {"update"}


def test_another_display_name_of_what_all_share_replaces_and_removes_nothing() -> None:
    operator = klein.OPERATOR.replace("database: {}", "database: { label: Gegevens }")
    operator = operator.replace("west: { at:", "west: { label: Zaal west, at:").replace("Leiedal", "Leiedal IT")
    assert operator.count("abel: ") == 2
    assert {item.action for item in diff(klein.previewed(operator=operator), PREVIEW).items} <= {"update"}
