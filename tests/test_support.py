"""A missing tool is a skip on a user's machine and a failure under CI=true."""

from __future__ import annotations

import re

import pytest
from support import PACKAGES, in_ci, missing, need_root, need_tool


def test_a_missing_tool_is_skipped_with_the_package_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("CI", raising=False)
    with pytest.raises(pytest.skip.Exception, match="needs no-such-tool: apt-get install some-package"):
        need_tool("no-such-tool", package="some-package")


def test_in_ci_a_missing_tool_is_a_failure(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CI", "true")
    with pytest.raises(pytest.fail.Exception, match="needs no-such-tool"):
        need_tool("no-such-tool")


@pytest.mark.parametrize(("value", "expected"), [("true", True), ("True", True), ("", False), ("false", False)])
def test_only_ci_true_is_ci(value: str, expected: bool) -> None:
    assert in_ci({"CI": value}) is expected
    with pytest.raises(pytest.fail.Exception if expected else pytest.skip.Exception, match="needs luck"):
        missing("needs luck", {"CI": value})


def test_a_tool_that_is_there_is_found_also_off_the_path(monkeypatch: pytest.MonkeyPatch) -> None:
    assert need_tool("sh").name == "sh"
    monkeypatch.setattr("support.SYSTEM_FOLDERS", (str(need_tool("sh").parent),))
    monkeypatch.setenv("PATH", "/nonexistent")
    assert need_tool("sh").name == "sh"


@pytest.mark.parametrize(("user", "expected"), [(0, False), (1000, True)])
def test_need_root_lets_only_root_through(monkeypatch: pytest.MonkeyPatch, user: int, expected: bool) -> None:
    monkeypatch.delenv("CI", raising=False)
    monkeypatch.setattr("os.geteuid", lambda: user)
    skipped = False
    try:
        need_root()
    except pytest.skip.Exception:
        skipped = True
    assert skipped is expected


def test_the_package_list_for_ci_is_plain_and_sorted() -> None:
    names = PACKAGES.read_text().splitlines()
    assert names == sorted(set(names))
    assert [name for name in names if not re.fullmatch(r"[a-z0-9][a-z0-9+.-]+", name)] == []
