"""Shared by all tests: the same answers on every machine, whatever its language, colours or user settings."""

from __future__ import annotations

import os
from collections.abc import Generator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import settings
from support import ROOT
from turns import LIVE, Scopes, turn

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


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Where processes share the tests, begin with what takes longest, hosts and services; benchmarks go last."""
    if "PYTEST_XDIST_WORKER" in os.environ:
        items.sort(key=lambda item: (not item.nodeid.startswith(LIVE), _is_benchmark(item)))


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> Scopes:
    """Share the tests out by file; see `./virgem test`."""
    return Scopes(config, log)


def _is_benchmark(item: pytest.Item) -> bool:
    return item.get_closest_marker("benchmark") is not None


@pytest.hookimpl(wrapper=True)
def pytest_runtest_protocol(item: pytest.Item) -> Generator[None, object, object]:
    """Let no test of another process run beside a benchmark, from its fixtures on."""
    with turn(alone=_is_benchmark(item)):
        return (yield)
