"""Shared by all tests: the same answers on every machine, whatever its language, colours or user settings."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from hypothesis import settings
from support import ROOT

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
