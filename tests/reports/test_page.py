"""The page: well made, self-contained, readable by everybody, and safe whatever the estate says."""

from __future__ import annotations

import base64
import hashlib
import json
import re
from dataclasses import replace
from pathlib import Path

import pytest
from regions import KORTRIJK
from reports.checker import Element, read
from reports.reporting import DAY, EMPTY, page, ready, region, report

from virgem.modules import codes, reports
from virgem.modules.problem import NOWHERE, Mark, Problem
from virgem.modules.reports.page import page as make_page
from virgem.modules.reports.page.listing import DATA_LIMIT, HTML_LIMIT, PAPER_LIMIT
from virgem.modules.reports.page.markup import embedded
from virgem.modules.reports.table import Facts, contents, tables

NASTY = "</script><img src=x onerror=alert(1)>&\"'{0}"
MANY = HTML_LIMIT + 100


def tree(language: str = "nl", devices: int = 5) -> Element:
    found, mistakes = read(page(language, devices=devices))
    assert mistakes == []
    return found


@pytest.mark.parametrize("language", ["nl", "en"])
@pytest.mark.parametrize("devices", [5, MANY])
def test_the_form_of_a_page_is_right(language: str, devices: int) -> None:
    assert next(tree(language, devices).all("html")).attributes["lang"] == language


@pytest.mark.parametrize(
    ("broken", "mistake"),
    [
        ("<p><b></p>", "</p> ends <b>"),
        ('<p id="a"></p><p id="a"></p>', "id a stands twice"),
        ('<a href="#b">x</a>', "#b leads nowhere"),
        ("<input>", "<input> has no label"),
        ("<h1>a</h1><h3>b</h3>", "<h3> follows <h1>"),
        ("<table><caption>a</caption><tr><th>b</th></tr></table>", "no scope"),
        ('<table><tr><th scope="col">b</th></tr></table>', "no caption"),
    ],
)
def test_the_checker_finds_mistakes(broken: str, mistake: str) -> None:
    assert any(mistake in found for found in read(broken)[1])


def test_a_page_has_the_landmarks_and_a_skip_link() -> None:
    root = tree()
    for tag in ("header", "main", "footer", "nav"):
        assert list(root.all(tag))
    first = next(root.all("a"))
    assert (first.attributes["class"], first.attributes["href"]) == ("skip", "#main")


@pytest.mark.parametrize("devices", [5, MANY])
def test_what_scrolls_is_reached_and_named_by_keyboard(devices: int) -> None:
    style = (Path(make_page.__code__.co_filename).parent / "page.css").read_text("utf-8")
    scrolling = re.findall(r"^ *([^{}@]+) \{[^}]*overflow(?:-[xy])?: (?:auto|scroll)", style, re.MULTILINE)
    assert {selector.split(".")[1] for selector in scrolling} == {"scroll"}
    root = tree(devices=devices)
    found = [element for element in root.all() if "scroll" in element.attributes.get("class", "").split()]
    assert len({element.attributes["class"] for element in found}) >= 2
    for element in found:
        named = element.attributes.get("aria-label") or root.one(element.attributes["aria-labelledby"]).text
        assert (element.attributes["tabindex"], element.attributes["role"], named != "") == ("0", "group", True)
    assert len([element for figure in root.all("figure") for element in figure.all("div")]) == 2


def test_the_head_says_what_the_report_is_about() -> None:
    header = next(tree("en").all("header")).text
    for fact in ("Test: inventory", "Leiedal", "30 June 2026", "virgem 0", ready(region()).sources.digest):
        assert fact in header


@pytest.mark.parametrize(
    ("language", "words"),
    [("nl", "Niet geëvalueerd betekent nooit in orde"), ("en", "Not evaluated never means in order")],
)
def test_the_page_says_that_not_evaluated_is_no_pass(language: str, words: str) -> None:
    assert words in tree(language).one("reading").text


def test_the_page_quotes_what_the_estate_says_is_invented() -> None:
    files = region()
    files["estate.yaml"] = b"# yaml-language-server: x\n# Invented: every <site> & more.\n" + files["estate.yaml"]
    shown = reports.inventory_report(ready(files), as_of=DAY)["inventory.en.html"].decode()
    quote = next(read(shown)[0].all("blockquote"))
    assert quote.text.strip() == "Invented: every <site> & more."


def test_nothing_leads_out_of_the_page_but_its_own_files() -> None:
    places = {e.attributes[n] for e in tree().all() for n in ("href", "src", "action") if n in e.attributes}
    assert {place for place in places if not place.startswith("#")} == {
        "inventory.en.html",
        *(f"csv/{name}.csv" for name in tables() if name not in EMPTY),
    }
    assert re.findall(r"(?:url\(|@import|https?://)[^\"]*", page("nl").replace("http://www.w3.org/2000/svg", "")) == []


def test_the_policy_allows_this_script_and_this_style_and_no_other() -> None:
    root = tree()
    policy = next(
        m.attributes["content"]
        for m in root.all("meta")
        if "content" in m.attributes and "-src" in m.attributes["content"]
    )
    script = next(e.text for e in root.all("script") if "type" not in e.attributes)
    style = next(root.all("style")).text
    for name, text in (("script", script), ("style", style)):
        digest = base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()
        assert f"{name}-src 'sha256-{digest}'" in policy
    assert policy.startswith("default-src 'none'")
    assert not [e for e in root.all() if "style" in e.attributes or any(n.startswith("on") for n in e.attributes)]


def test_without_javascript_every_row_of_a_short_table_is_in_the_page() -> None:
    root = tree()
    document = json.loads(report()["inventory.json"])
    for name, rows in document["tables"].items():
        assert len(list(root.one(f"t-{name}").all("tr"))) == (len(rows) + 1 if rows else 0)


def test_a_long_table_travels_as_data_and_as_counts() -> None:
    section = tree("en", MANY).one("t-devices")
    data = json.loads(section.one("d-devices").text)
    columns = [c["v"] if "i" not in c else [c["v"][i] for i in c["i"]] for c in data["columns"]]
    document = json.loads(report(devices=MANY)["inventory.json"])["tables"]["devices"]
    assert columns[2] == [row["serial"] for row in document]
    assert set(columns[6]) == {"in service", "lost"}
    fallback = next(e for e in section.all("div") if "fallback" in e.attributes.get("class", ""))
    assert "csv/devices.csv" in fallback.text
    assert f"{MANY - 1:,}" in fallback.text  # in service: all but one


@pytest.mark.parametrize(("count", "counted"), [(PAPER_LIMIT, False), (PAPER_LIMIT + 1, True)])
def test_a_table_of_many_rows_is_in_the_page_and_counted_on_paper(count: int, counted: bool) -> None:
    section = tree("en", count).one("t-devices")
    assert len(list(section.all("tr"))) >= count
    assert (section.attributes["class"] == "listing many") is counted
    paper = [e.text for e in section.all("div") if e.attributes.get("class") == "on-paper"]
    assert bool(paper) is counted
    assert all(f"{count} rows, too many for paper" in text and "csv/devices.csv" in text for text in paper)


def test_paper_leaves_out_columns_that_others_tell_in_every_row_alike() -> None:
    rows = list(tree().one("t-sites").all("tr"))
    left_out = [["s" in cell.attributes.get("class", "").split() for cell in row.children] for row in rows]
    assert left_out == [[column.screen for column in tables()["sites"].columns]] * len(rows)
    for table in tables().values():
        named = next((column for column in table.columns if column.id == table.named), table.columns[0])
        assert not named.screen


def test_what_each_site_has_is_printed_in_the_report_of_one_municipality() -> None:
    of_all = tree("en")
    assert of_all.one("towns").attributes["class"] == "brief"
    assert "virgem report --tenant 34022" in of_all.one("m-34022").text
    alone = report(languages=("en",), tenants=(KORTRIJK,))["inventory.en.html"].decode()
    root, mistakes = read(alone)
    assert mistakes == []
    assert "class" not in root.one("towns").attributes
    assert "--tenant" not in root.one("m-34022").text


@pytest.mark.parametrize(("language", "shown"), [("nl", "Laptop voor personeel"), ("en", "Laptop for staff")])
def test_a_profile_bears_the_name_of_the_page_s_language(language: str, shown: str) -> None:
    named = {"kind": "laptop", "label": "Laptop for staff", "label-nl": "Laptop voor personeel"}
    profiles = {"laptop": named, "camera": {"kind": "camera", "label": "Dome"}}
    files = reports.inventory_report(ready(region(profiles=profiles)), as_of=DAY)
    root, _ = read(files[f"inventory.{language}.html"].decode())
    names = [[cell.text for cell in row.children][1] for row in next(root.one("t-profiles").all("tbody")).all("tr")]
    assert names == [shown, "Dome"]
    for section in ("summary", "m-34022"):
        assert shown in root.one(section).text
    other = {"Laptop voor personeel", "Laptop for staff"} - {shown}
    assert not any(name in root.one("summary").text + root.one("m-34022").text for name in other)
    assert b"laptop,Laptop for staff,Laptop voor personeel,laptop" in files["csv/profiles.csv"]


def test_a_table_above_the_limit_is_counted_only() -> None:
    facts = Facts(ready=ready(region()), as_of=DAY)
    rows = contents(facts)
    rows = {**rows, "devices": rows["devices"] * (DATA_LIMIT // 5 + 1)}
    root, mistakes = read(make_page(facts, rows, "nl", "0", reports.FORMATS))
    assert mistakes == []
    section = root.one("t-devices")
    assert not list(section.all("script", "input"))
    assert "te veel voor deze pagina (grens: 12.000)" in section.text


def test_whatever_a_table_holds_becomes_text() -> None:
    facts = Facts(ready=ready(region(devices=5)), as_of=DAY)
    rows = {
        name: tuple(tuple(NASTY if not cell.isdigit() else cell for cell in row) for row in found)
        for name, found in contents(facts).items()
        if name not in ("problems",)
    } | {"problems": ((NASTY,) * 7,)}
    rows["devices"] = rows["devices"] * MANY
    for language in ("nl", "en"):
        root, mistakes = read(make_page(facts, rows, language, NASTY, reports.FORMATS))
        assert mistakes == []
        assert not list(root.all("img"))
        assert NASTY in json.loads(root.one("d-devices").text)["columns"][0]["v"] + [NASTY]
        assert NASTY in root.one("t-problems").text


@pytest.mark.parametrize("label", ["A & B", "It's R&D + 100% 'here'", "Één Ünïcode &amp"])
def test_names_of_the_estate_are_shown_as_they_are(label: str) -> None:
    root, mistakes = read(page("nl", label))
    assert mistakes == []
    assert label in next(root.all("h1")).text
    assert label in root.one("m-34022").text


def test_embedded_data_cannot_end_its_element() -> None:
    text = embedded({"a": "</script><!--&"})
    assert not set("<>&") & set(text)
    assert json.loads(text) == {"a": "</script><!--&"}


@pytest.mark.parametrize(("language", "shown"), [("nl", "VLAN van twee zones"), ("en", "A VLAN of two zones")])
def test_a_finding_has_its_rule_in_the_language_of_the_page_and_its_message_in_english(
    language: str, shown: str
) -> None:
    found = replace(ready(region()), problems=(Problem(NOWHERE, "E503", "two", "leave out"),))
    files = reports.inventory_report(found, as_of=DAY)
    cells = list(read(files[f"inventory.{language}.html"].decode())[0].one("t-problems").all("td"))
    english = "en" if language == "nl" else None
    assert [(cell.text, cell.attributes.get("lang")) for cell in cells if cell.text in (shown, "two")] == [
        (shown, None),
        ("two", english),
    ]
    assert b"A VLAN of two zones" in files["csv/problems.csv"]
    assert b"VLAN van twee zones" not in files["csv/problems.csv"] + files["inventory.json"]


def test_a_warning_is_told_in_the_language_of_the_page_and_a_waived_error_is_marked_as_english() -> None:
    found = ready(region())
    way = codes.warning("W579", Mark("a.yaml", 1, 1), {"span": "s", "measured": 7.5, "expected": 5.25})
    error = codes.problem("E503", Mark("b.yaml", 1, 1), "VLAN 7 is taken", "leave it out")
    files = reports.inventory_report(replace(found, problems=(way,), waived=(error,)), as_of=DAY)

    def cells(language: str) -> dict[str, str | None]:
        root, _ = read(files[f"inventory.{language}.html"].decode())
        return {cell.text: cell.attributes.get("lang") for cell in root.one("t-problems").all("td")}

    dutch, english = cells("nl"), cells("en")
    assert dutch["op tracé s is 7,5 dB gemeten, berekend is 5,2 dB"] is None
    assert dutch["zoek een slechte las of een scherpe bocht"] is None
    assert dutch["VLAN 7 is taken"] == "en"
    assert english["span s measures 7.5 dB, worked out are 5.2 dB"] is None
    assert english["VLAN 7 is taken"] is None
    assert "gemeten" not in files["csv/problems.csv"].decode() + files["inventory.json"].decode()


def test_messages_that_the_script_shows_are_marked_as_english_in_the_dutch_page() -> None:
    facts = Facts(ready=ready(region()), as_of=DAY)
    finding = ("E503", "A VLAN of two zones", "error", "open", "a.yaml", "two", "leave out")
    rows = {**contents(facts), "problems": (finding,) * MANY}

    def data(language: str) -> dict[str, object]:
        root, _ = read(make_page(facts, rows, language, "0"))
        found: dict[str, object] = json.loads(root.one("d-problems").text)
        return found

    assert data("nl")["english"] == {"5": list(range(MANY)), "6": list(range(MANY))}
    assert "english" not in data("en")


@pytest.mark.parametrize(
    ("language", "shown", "other"),
    [("nl", "Beheer van servers", "Management of servers"), ("en", "Management of servers", "Beheer van servers")],
)
def test_the_purpose_of_a_default_flow_is_in_the_language_of_the_page(language: str, shown: str, other: str) -> None:
    cells = {cell.text: cell.attributes.get("lang") for cell in tree(language).one("t-flows").all("td")}
    assert cells[shown] is None
    assert other not in cells
    assert "Beheer van servers" not in report()["csv/flows.csv"].decode() + report()["inventory.json"].decode()


def test_a_registered_flow_keeps_its_own_words_in_both_pages() -> None:
    flow = {"from": "kortrijk:guests", "to": "upstream:internet", "purpose": "Management of servers"}
    found = ready(region(flows={"own": flow}))
    for language in ("nl", "en"):
        files = reports.inventory_report(found, as_of=DAY)
        rows = read(files[f"inventory.{language}.html"].decode())[0].one("t-flows").all("tr")
        (own,) = [row for row in rows if any(cell.text == "flow-own" for cell in row.all("th"))]
        assert "Management of servers" in [cell.text for cell in own.all("td")]


def test_a_municipality_shows_its_sites_tenant_and_devices() -> None:
    town = tree("en").one("m-34022")
    for fact in (
        "kortrijk/stadhuis",
        "Library",
        "Provider fibre, 1Gbit/s",
        "4G, 50Mbit/s",
        "2 of ",
        "rtr-kortrijk-bib",
    ):
        assert fact in town.text
    assert {"Zones of bib", "Devices of bib"} <= {caption.text for caption in town.all("caption")}


def test_what_asks_for_attention_is_said_first() -> None:
    said = next(e for e in tree("en").all("div") if e.attributes.get("class") == "attention").text
    for fact in (
        "devices in use that their maker no longer supports: 1",
        "devices lost: 1",
        "contract Test ends on 30 September 2026",
        "contract Test ended on 31 January 2026",
        "waiver w ends on 31 July 2026",
    ):
        assert fact in said
