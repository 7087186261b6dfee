"""Reading a folder trusts nothing it finds there: what is odd is refused with its name, and nothing blocks."""

from __future__ import annotations

import os
import time
from collections.abc import Callable
from pathlib import Path

import pytest
from support import ROOT

from virgem.modules.estate import sources
from virgem.modules.estate.loader import load, read_folder
from virgem.modules.estate.plain_text import plain_text
from virgem.modules.problem import Mark, ProblemsFound, UserError

from .texts import KORTRIJK, KORTRIJK_FILE, OPERATOR, WAREGEM, WAREGEM_FILE, good, said

Change = Callable[[Path], object]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    estate = tmp_path / "estate"
    for name, text in (("estate.yaml", OPERATOR), (KORTRIJK_FILE, KORTRIJK), (WAREGEM_FILE, WAREGEM)):
        (estate / name).parent.mkdir(parents=True, exist_ok=True)
        (estate / name).write_text(text)
    return estate


def test_a_folder_is_read_by_path_in_sorted_order(folder: Path) -> None:
    found = read_folder(folder)
    assert list(found.files) == ["estate.yaml", KORTRIJK_FILE, WAREGEM_FILE]
    assert found.files[WAREGEM_FILE] == WAREGEM.encode()
    good(load(found))


def test_a_mark_leads_to_its_line(folder: Path) -> None:
    found = read_folder(folder)
    assert found.line(Mark(WAREGEM_FILE, 3, 3)) == "  stadhuis: town-hall"
    assert [found.line(mark) for mark in (Mark(WAREGEM_FILE, 99, 1), Mark("x.yaml", 1, 1), Mark(WAREGEM_FILE))] == [
        ""
    ] * 3


def test_the_digest_changes_with_names_and_contents_only(folder: Path) -> None:
    before = read_folder(folder).digest
    os.utime(folder / "estate.yaml", (1, 1))
    (folder / "README.md").write_text("x")
    (folder / "estate.lock").write_text("x")
    assert read_folder(folder).digest == before
    (folder / WAREGEM_FILE).write_text(WAREGEM + "# x\n")
    assert read_folder(folder).digest != before


@pytest.mark.parametrize(
    "name",
    [
        *("estate.lock", "README.md", ".hidden.yaml", "estate.schema.json", "x.yaml~", "notes.txt", "prices.xlsx"),
        *("municipalities/README.md", "municipalities/.gitkeep", "municipalities/34022-kortrijk.yaml.orig"),
    ],
)
def test_other_files_are_left_alone(folder: Path, name: str) -> None:
    (folder / name).write_bytes(b"\xff\x00")
    assert read_folder(folder).problems == ()


@pytest.mark.parametrize("name", [".git", "docs", "build", "notes", "old-estate", "inventories"])
def test_other_folders_are_left_alone(folder: Path, name: str) -> None:
    (folder / name).mkdir()
    (folder / name / "notes.yaml").write_text("to-do: call the municipality\n")
    (folder / name / "costs.csv").write_text("item,price\n")
    if name in ("docs", "build", "old-estate"):
        (folder / name / "34022.yaml").write_text(KORTRIJK)
    if name == "old-estate":
        (folder / name / "estate.yaml").write_text(OPERATOR)
    assert read_folder(folder).problems == ()


def test_a_pipe_in_another_folder_is_not_waited_for(folder: Path) -> None:
    (folder / "notes").mkdir()
    os.mkfifo(folder / "notes" / "x.yaml")
    assert read_folder(folder).problems == ()


ODD: list[tuple[str, Change, str]] = [
    ("a link out", lambda f: (f / "x.yaml").symlink_to("/etc/hostname"), "x.yaml E101 x.yaml leads out of the estate"),
    ("a link up", lambda f: (f / "x.yaml").symlink_to("../other.yaml"), "x.yaml E101 x.yaml leads out of the estate"),
    ("a link to itself", lambda f: (f / "x.yaml").symlink_to("x.yaml"), "x.yaml E102 x.yaml cannot be read"),
    ("a dangling link", lambda f: (f / "x.yaml").symlink_to("none.yaml"), "x.yaml E102 x.yaml cannot be read"),
    ("a folder", lambda f: (f / "x.yaml").mkdir(), "x.yaml E103 x.yaml is a folder, here a file belongs"),
    ("a pipe", lambda f: os.mkfifo(f / "x.yaml"), "x.yaml E103 x.yaml is a pipe, a socket or a device"),
    ("a device", lambda f: (f / "x.yaml").symlink_to("/dev/zero"), "x.yaml E101 x.yaml leads out of the estate"),
    (
        "too large",
        lambda f: (f / "x.yaml").write_bytes(b" " * (8 * 2**20 + 1)),
        "x.yaml E104 x.yaml is larger than 8 MiB",
    ),
    ("case twins", lambda f: (f / "ESTATE.yaml").write_text("a: 1"), "E108 estate.yaml and ESTATE.yaml differ in case"),
    ("another ending", lambda f: (f / "x.yml").write_text("a: 1"), "x.yml E110 x.yml would not be read"),
    ("a CSV town", lambda f: (f / "municipalities/x.csv").write_text("a"), "E110 x.csv would not be read"),
    ("an odd name", lambda f: (f / "a b.yaml").write_text("a: 1"), "E111 the file name a b.yaml has odd characters"),
    ("a bell", lambda f: (f / "a\x07.yaml").write_text("a: 1"), "E111 the file name a\\x07.yaml has odd characters"),
    (
        "bytes",
        lambda f: Path(os.fsdecode(os.fsencode(f) + b"/\xff.yaml")).touch(),
        "E111 the file name \\xff.yaml has odd characters",
    ),
    ("no folder", lambda f: (f / "devices").write_text("x"), "devices E103 devices is not a folder"),
]


@pytest.mark.parametrize(("change", "expected"), [case[1:] for case in ODD], ids=[case[0] for case in ODD])
def test_an_odd_file_is_refused_by_name(folder: Path, change: Change, expected: str) -> None:
    change(folder)
    started = time.monotonic()
    found = read_folder(folder)
    (problem,) = found.problems
    assert expected in said(problem)
    assert time.monotonic() - started < 5
    load(found)


def test_a_folder_that_is_a_link_out_is_refused(folder: Path, tmp_path: Path) -> None:
    (tmp_path / "elsewhere").mkdir()
    (folder / "devices").symlink_to(tmp_path / "elsewhere")
    (problem,) = read_folder(folder).problems
    assert said(problem) == (
        "devices E101 the folder devices lies outside the estate | put the folder itself here, not a link to it"
    )


def test_a_link_within_the_estate_is_followed(folder: Path) -> None:
    (folder / "parts").mkdir()
    (folder / "parts" / "owners.txt").write_text("owners: { boss: Boss }\n")
    (folder / "owners.yaml").symlink_to("parts/owners.txt")
    assert "boss" in [owner.id for owner in good(load(read_folder(folder))).owners]


@pytest.mark.skipif(os.geteuid() == 0, reason="root may read everything")
def test_a_file_without_rights_is_told(folder: Path) -> None:
    (folder / WAREGEM_FILE).chmod(0)
    (problem,) = read_folder(folder).problems
    assert said(problem).startswith(f"{WAREGEM_FILE} E102")


def test_too_many_files_are_not_even_read(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sources, "FILE_LIMIT", 10)
    for number in range(20):
        (folder / f"x{number}.yaml").write_text("a: 1")
    found = read_folder(folder)
    (problem,) = found.problems
    assert said(problem).startswith("estate.yaml E109 the estate has more than 10 files | put the devices")
    assert len(found.files) == 10


def test_an_estate_has_a_size(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sources, "ESTATE_LIMIT", 300)
    assert "E104 the files of the estate hold more than 512 MiB together" in said(read_folder(folder).problems[0])


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("none", "none does not exist"),
        ("pyproject.toml", "pyproject.toml is not a folder"),
        ("tests", "is no estate: it has no estate.yaml"),
        ("a\x00b", "cannot be read"),
        ("x" * 5000, "cannot be read"),
    ],
)
def test_a_folder_that_is_no_estate_is_a_clear_failure(name: str, expected: str) -> None:
    with pytest.raises(UserError) as found:
        read_folder(ROOT / name)
    assert expected in found.value.message
    assert found.value.hint


@pytest.mark.parametrize(
    ("data", "expected"),
    [
        (b"a: 1\nb: caf\xe9\n", "x.yaml:2:7 E105 byte 0xe9 at offset 11 is not UTF-8"),
        (b"\xc3", "x.yaml:1:1 E105 byte 0xc3 at offset 0 is not UTF-8"),
        ("a: 1".encode("utf-16"), "x.yaml E106 the file is UTF-16"),
        ("a: 1".encode("utf-32"), "x.yaml E106 the file is UTF-32"),
        (b"a: \x00", "x.yaml:1:4 E107 character U+0000 (control character)"),
        (b"a: 1\rb: 2", "x.yaml:1:5 E107 character U+000D (control character)"),
        ("a: \u202e1".encode(), "x.yaml:1:4 E107 character U+202E (right-to-left override)"),
        ("é: \u2028".encode(), "x.yaml:1:4 E107 character U+2028 (line separator)"),
        ("\n\n \x85".encode(), "x.yaml:3:2 E107 character U+0085 (control character)"),
        ("a: \ufeff".encode(), "x.yaml:1:4 E107 character U+FEFF"),
        ("a: \u200b".encode(), "x.yaml:1:4 E107 character U+200B"),
    ],
)
def test_bytes_that_are_no_plain_text_are_refused_at_their_place(data: bytes, expected: str) -> None:
    with pytest.raises(ProblemsFound) as found:
        plain_text("x.yaml", data)
    assert said(found.value.problems[0]).startswith(expected)


@pytest.mark.parametrize("data", [b"a: 1\r\nb: 2\r\n", b"\xef\xbb\xbfa: 1\nb: 2\n", b"a: 1\n\n\tb: 2"])
def test_windows_line_ends_tabs_and_a_utf8_mark_are_fine(data: bytes) -> None:
    assert plain_text("x.yaml", data).startswith("a: 1")
