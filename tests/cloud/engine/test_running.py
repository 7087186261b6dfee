"""What is done with a state in files without the engine."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from virgem.modules.cloud.engine.place import Place
from virgem.modules.cloud.engine.running import exists, holds, make_alike

KEEPER = {"type": "passphrase", "state": {"salt": "v1:c2FsdA==:v1:bm9uY2U=:dGV4dA=="}}
MANIFEST = {"time": "2026-11-27T20:39:09Z", "magic": "0a", "version": "v3.253.0"}


@pytest.fixture
def where(tmp_path: Path) -> Place:
    found = Place(folder=tmp_path, backend=f"file://{tmp_path}")
    found.stacks.mkdir(parents=True)
    return found


def write(where: Place, stack: str, body: Any) -> None:
    (where.stacks / f"{stack}.json").write_text(json.dumps(body))


def test_a_stack_is_made_like_the_first_without_what_that_one_holds(where: Place) -> None:
    latest = {"manifest": MANIFEST, "secrets_providers": KEEPER, "resources": [{"urn": "x"}], "metadata": {"a": 1}}
    write(where, "shared", {"version": 3, "checkpoint": {"stack": "organization/virgem/shared", "latest": latest}})
    assert make_alike(where, "data-34022")
    assert json.loads((where.stacks / "data-34022.json").read_text()) == {
        "version": 3,
        "checkpoint": {
            "stack": "organization/virgem/data-34022",
            "latest": {"manifest": MANIFEST, "secrets_providers": KEEPER, "metadata": {}},
        },
    }
    assert exists(where, "data-34022")
    assert not holds(where, "data-34022")


@pytest.mark.parametrize(
    "body", [None, "damaged", {"version": 3, "checkpoint": {"latest": None}}, {"checkpoint": {"latest": {}}}]
)
def test_where_there_is_none_to_be_like_the_engine_makes_it(where: Place, body: Any) -> None:
    if body is not None:
        write(where, "shared", body)
    assert not make_alike(where, "data-34022")
    assert not exists(where, "data-34022")
