"""The faces of problems: what people, editors, pipelines and code scanning read."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass, field, replace
from typing import Any
from xml.etree import ElementTree

import pytest
from hypothesis import given
from hypothesis import strategies as st

from virgem.modules.codes import rules
from virgem.modules.estate.problem_formats import FORMATS, as_json, github, junit, render, sarif, text
from virgem.modules.estate.problem_formats.text import clip
from virgem.modules.problem import Mark, Problem, Severity


@dataclass
class Texts:
    """Sources made of the lines of one file."""

    lines: list[str] = field(default_factory=list)

    def line(self, mark: Mark) -> str:
        return self.lines[mark.line - 1] if 0 < mark.line <= len(self.lines) else ""


def problem(line: int, column: int, message: str = "VLAN 7 is taken", hint: str = "", code: str = "E503") -> Problem:
    severity = Severity.WARNING if code.startswith("W") else Severity.ERROR
    return Problem(Mark("estate.yaml", line, column), code, message, hint, severity)


def test_text_shows_place_line_caret_hint_and_counts() -> None:
    sources = Texts(["zones:", "  bib: { vlan: 7 }"])
    found = [problem(2, 16, hint="leave it out"), problem(1, 1, "no ring", code="W556")]
    assert text(found, sources) == (
        "estate.yaml:1:1: W556 no ring\n    zones:\n    ^\n\n"
        "estate.yaml:2:16: E503 VLAN 7 is taken\n      bib: { vlan: 7 }\n                   ^\n"
        "    hint: leave it out\n\n"
        "1 error, 1 warning\n"
    )


def test_a_sentence_ends_before_the_hint_in_sarif() -> None:
    (result,) = json.loads(sarif([problem(1, 1, hint="take 8")], Texts(["x"])))["runs"][0]["results"]
    assert result["message"]["text"] == "VLAN 7 is taken. Hint: take 8"


def test_text_names_the_other_places() -> None:
    twice = Problem(Mark("a.yaml", 1, 1), "E503", "taken", related=(Mark("b.yaml", 4, 2),))
    assert "    see b.yaml:4:2\n" in text([twice], Texts())


def test_text_without_problems_says_so() -> None:
    assert text([], Texts()) == "no problems\n"


def test_a_problem_of_a_whole_file_or_of_nothing_has_no_caret() -> None:
    found = [Problem(Mark("devices"), "E503", "a file"), Problem(Mark(), "E503", "all")]
    assert text(found, Texts(["x"])) == "E503 all\n\ndevices: E503 a file\n\n2 errors\n"


def test_colour_is_only_there_when_asked_for() -> None:
    found = [problem(1, 1)]
    plain = text(found, Texts(["x"]))
    painted = text(found, Texts(["x"]), colour=True)
    assert "\x1b" not in plain
    assert re.sub(r"\x1b\[[0-9]+m", "", painted) == plain != painted


CARETS = [
    ("plain", "a: b", 4, "a: b", 3),
    ("a tab is as wide as it shows", "\ta: b", 5, "    a: b", 7),
    ("wide characters take two columns", "日本: b", 5, "日本: b", 6),
    ("combining marks take none", "e\u0301: b", 5, "e\u0301: b", 3),
    ("control characters are written out", "a\x1b[0m: b", 8, "a\\x1b[0m: b", 10),
    ("direction marks are written out", "a\u202e: b", 5, "a\\u202e: b", 9),
    ("the end of the line", "a:", 3, "a:", 2),
]


@pytest.mark.parametrize(("line", "column", "shown", "caret"), [c[1:] for c in CARETS], ids=[c[0] for c in CARETS])
def test_the_caret_stands_under_its_character(line: str, column: int, shown: str, caret: int) -> None:
    assert clip(line, column) == (shown, caret)


def test_a_long_line_is_cut_around_the_caret() -> None:
    shown, caret = clip("x" * 5000 + "KEY" + "y" * 10**6, 5001)
    assert shown[caret : caret + 3] == "KEY"
    assert shown.startswith("...x")
    assert shown.endswith("y...")
    assert len(shown) <= 106


ANY_TEXT = st.text(st.characters(exclude_categories=[]), max_size=80)
ANY_MARK = st.builds(Mark, ANY_TEXT, st.integers(0, 3), st.integers(0, 90))


def placed(mark: Mark, code: str, message: str, hint: str) -> Problem:
    return replace(problem(1, 1, message, hint, code), mark=mark)


ANY_PROBLEM = st.builds(placed, ANY_MARK, st.sampled_from(sorted(rules())), ANY_TEXT, ANY_TEXT)


@given(st.lists(ANY_PROBLEM, max_size=4), st.lists(ANY_TEXT, max_size=3))
def test_no_text_breaks_a_face(found: list[Problem], lines: list[str]) -> None:
    sources = Texts(lines)
    assert not re.search(r"[\x00-\x09\x0b-\x1f\x7f\u202a-\u202e\ud800-\udfff]", text(found, sources))
    assert len(json.loads(as_json(found, sources))["items"]) == len(set(found))
    assert len(json.loads(sarif(found, sources))["runs"][0]["results"]) == len(set(found))
    assert len(ElementTree.fromstring(junit(found, sources)).findall(".//testcase")) == max(1, len(set(found)))
    assert all(line.startswith(("::error ", "::warning ")) for line in github(found, sources).split("\n")[:-1])
    assert len(github(found, sources).split("\n")) - 1 == len(set(found))


@given(st.lists(ANY_PROBLEM, max_size=4))
def test_order_and_repetition_of_problems_change_no_face(found: list[Problem]) -> None:
    for name in FORMATS:
        assert FORMATS[name](found, Texts()) == FORMATS[name]([*found[::-1], *found], Texts())


def test_json_has_version_kind_counts_and_items() -> None:
    document = json.loads(as_json([problem(1, 4, hint="do")], Texts(["a: 7"])))
    assert (document["apiVersion"], document["kind"]) == ("virgem/v1", "Problems")
    assert (document["errors"], document["warnings"]) == (1, 0)
    item = document["items"][0]
    assert (item["file"], item["line"], item["column"], item["source"]) == ("estate.yaml", 1, 4, "a: 7")
    assert (item["code"], item["severity"], item["hint"]) == ("E503", "error", "do")


def run_of(found: list[Problem], sources: Texts) -> dict[str, Any]:
    log = json.loads(sarif(found, sources))
    assert log["version"] == "2.1.0"
    run: dict[str, Any] = log["runs"][0]
    return run


def test_sarif_describes_every_rule_once() -> None:
    described = run_of([], Texts())["tool"]["driver"]["rules"]
    assert [rule["id"] for rule in described] == sorted(rules())
    for rule in described:
        assert rule["shortDescription"]["text"]
        assert rule["help"]["text"]
        assert rule["defaultConfiguration"]["level"] == ("warning" if rule["id"].startswith("W") else "error")


def test_a_sarif_result_points_at_its_rule_and_place() -> None:
    run = run_of([problem(1, 4)], Texts(["a: 7"]))
    result = run["results"][0]
    assert run["tool"]["driver"]["rules"][result["ruleIndex"]]["id"] == result["ruleId"] == "E503"
    place = result["locations"][0]["physicalLocation"]
    assert place["artifactLocation"] == {"uri": "estate.yaml", "uriBaseId": "%SRCROOT%"}
    assert place["region"] == {"startLine": 1, "startColumn": 4, "snippet": {"text": "a: 7"}}
    assert list(run["originalUriBaseIds"]) == ["%SRCROOT%"]


@pytest.mark.parametrize(
    ("file", "uri"),
    [("a b.yaml", "a%20b.yaml"), ("c:d.yaml", "c%3Ad.yaml"), ("é/x.yaml", "%C3%A9/x.yaml"), ("", "estate.yaml")],
)
def test_sarif_paths_are_relative_references(file: str, uri: str) -> None:
    found = [Problem(Mark(file, 1, 1), "E503", "x")]
    place = run_of(found, Texts())["results"][0]["locations"][0]["physicalLocation"]
    assert place["artifactLocation"]["uri"] == uri


def fingerprints(found: list[Problem], sources: Texts) -> list[str]:
    return [r["partialFingerprints"]["virgemProblem/v1"] for r in run_of(found, sources)["results"]]


def test_a_fingerprint_stays_when_lines_move() -> None:
    before = fingerprints([problem(1, 4, "VLAN 7 is taken (line 9)")], Texts(["a: 7"]))
    after = fingerprints([problem(3, 4, "VLAN 7 is taken (line 11)")], Texts(["new", "lines", "a: 7"]))
    assert before == after


def test_alike_problems_have_fingerprints_of_their_own() -> None:
    assert len(set(fingerprints([problem(1, 4), problem(2, 4)], Texts(["a: 7", "a: 7"])))) == 2


def test_junit_counts_errors_as_failures_and_lets_warnings_pass() -> None:
    root = ElementTree.fromstring(junit([problem(1, 1), problem(2, 1, code="W556")], Texts(["x", "y"])))
    assert (root.get("tests"), root.get("failures")) == ("2", "1")
    assert [failure.get("type") for failure in root.iter("failure")] == ["E503"]
    assert len(list(root.iter("system-out"))) == 1


def test_junit_without_problems_has_one_case_that_passes() -> None:
    root = ElementTree.fromstring(junit([], Texts()))
    assert (root.get("tests"), root.get("failures")) == ("1", "0")
    assert len(root.findall(".//testcase")) == 1


def test_annotations_cannot_be_broken_out_of() -> None:
    hostile = Problem(Mark("a,line=9::b.yaml", 2, 3), "E503", "50%\n::error ::owned", "no: really")
    assert github([hostile], Texts()) == (
        "::error file=a%2Cline=9%3A%3Ab.yaml,line=2,col=3,title=E503::50%25\\x0a::error ::owned%0Ahint: no: really\n"
    )


@dataclass(frozen=True)
class Found:
    """Problems with their sources, as validation hands them over."""

    problems: tuple[Problem, ...]
    sources: Texts


@pytest.mark.parametrize("name", sorted(FORMATS))
def test_every_format_shows_paths_from_the_folder_that_is_looked_from(name: str) -> None:
    other = Mark("b.yaml", 4, 2)
    found = Found((replace(problem(1, 1), related=(other,)), Problem(Mark(), "E503", "all")), Texts(["x: 7"]))
    shown, plain = render(name, found, folder="infra/est"), render(name, found)
    assert "infra/est/estate.yaml" in shown
    assert "infra/est/b.yaml" in shown or name in ("github", "junit")
    assert shown.replace("infra/est/", "") == plain.replace("infra/est/", "")
    assert "x: 7" in shown or name == "github"


def test_a_fingerprint_does_not_depend_on_where_the_estate_lies() -> None:
    found = Found((problem(1, 4), Problem(Mark(), "E503", "all")), Texts(["a: 7"]))
    logs = [json.loads(render("sarif", found, folder=folder))["runs"][0] for folder in ("", "est", "a/b")]
    assert len({json.dumps([r["partialFingerprints"] for r in log["results"]]) for log in logs}) == 1
    uris = [[r["locations"][0]["physicalLocation"]["artifactLocation"]["uri"] for r in log["results"]] for log in logs]
    assert uris[2] == ["a/b/estate.yaml", "a/b/estate.yaml"]


@pytest.mark.parametrize("name", sorted(FORMATS))
def test_every_format_is_found_by_its_name(name: str) -> None:
    found = Found((problem(1, 1),), Texts(["x"]))
    assert render(name, found) == FORMATS[name](found.problems, found.sources)
