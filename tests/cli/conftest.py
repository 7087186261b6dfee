"""The small estate of estates.py in a folder of its own."""

from __future__ import annotations

from pathlib import Path

import pytest

from .estates import FILES


@pytest.fixture
def estate(tmp_path: Path) -> Path:
    folder = tmp_path / "estate"
    for name, text in FILES.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(text)
    return folder
