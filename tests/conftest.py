"""Shared by all tests: the same answers on every machine, whatever its language, colours or user settings."""

from __future__ import annotations

import os
from collections.abc import Generator
from pathlib import Path

import pytest
from hypothesis import settings
from support import ROOT
from turns import turn

settings.register_profile("local", deadline=None)
settings.register_profile("ci", deadline=None, derandomize=True)
settings.load_profile("ci" if os.environ.get("CI") else "local")


@pytest.fixture(scope="session")
def root() -> Path:
    """The project's folder."""
    return ROOT


@pytest.fixture(autouse=True)
def plain_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    """No colours, no user's estate, UTC: so that a text compared byte for byte is the same everywhere."""
    monkeypatch.delenv("VIRGEM_ESTATE", raising=False)
    monkeypatch.delenv("FORCE_COLOR", raising=False)
    monkeypatch.setenv("NO_COLOR", "1")
    monkeypatch.setenv("TZ", "UTC")


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Keep a file's tests together where several processes share them (`./virgem test` does), as they share fixtures.

    What starts hosts and services goes to one process, and first, since it takes longest; benchmarks go last.
    All this comes before xdist looks at the groups.
    """
    for item in items:
        item.add_marker(pytest.mark.xdist_group(_group(item)))
    if "PYTEST_XDIST_WORKER" in os.environ:
        items.sort(key=lambda item: (_group(item) != "live", _group(item) == "benchmark"))


def _group(item: pytest.Item) -> str:
    if item.get_closest_marker("benchmark") is not None:
        return "benchmark"
    return "live" if ROOT / "tests" / "live" in item.path.parents else str(item.path.relative_to(ROOT))


@pytest.hookimpl(wrapper=True)
def pytest_runtest_protocol(item: pytest.Item) -> Generator[None, object, object]:
    """Let no test of another process run beside a benchmark, from its fixtures on."""
    with turn(alone=_group(item) == "benchmark"):
        return (yield)
