"""What is done with a state in files without the engine."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace
from typing import Any, cast

import pytest
from pulumi.automation.events import CancelEvent, EngineEvent

from virgem.modules.cloud.engine import running
from virgem.modules.cloud.engine.place import Place
from virgem.modules.cloud.engine.running import exists, holds, make_alike
from virgem.modules.cloud.engine.steps import Hearing

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


class Stack:
    """Stands where a stack of the engine stands: what it holds, and which objects it was asked to look at."""

    def __init__(self, *urns: str) -> None:
        self.urns, self.asked = urns, list[list[str] | None]()

    def export_stack(self) -> SimpleNamespace:
        return SimpleNamespace(deployment={"resources": [{"urn": urn} for urn in self.urns]})

    def refresh(self, *, target: list[str] | None, on_event: Callable[[EngineEvent], None], **how: object) -> None:
        self.asked.append(target)
        on_event(EngineEvent(sequence=1, timestamp=1, cancel_event=CancelEvent()))


@pytest.mark.parametrize(
    ("only", "asked"),
    [((), [None]), (("urn:a", "urn:gone"), [["urn:a"]]), (("urn:gone",), [])],
)
def test_only_objects_that_a_stack_still_holds_are_looked_at_again(
    only: tuple[str, ...], asked: list[list[str] | None]
) -> None:
    stack = Stack("urn:a", "urn:b")
    order = running.Order(what="refresh", stack="shared", program=lambda: None, only=only)
    running._act(order, cast(Any, stack), Hearing())
    assert stack.asked == asked


def test_a_note_that_a_killed_engine_left_half_written_is_removed(where: Place) -> None:
    notes = {"a.json.attrs": "", "a.json.bak.attrs": '{"user.md', "b.json.attrs": ""}
    for name, text in {**notes, "a.json.gz.attrs": "{}", "a.json": ""}.items():
        (where.stacks / name).write_text(text)
    running.mend(where, "a")
    assert sorted(file.name for file in where.stacks.iterdir()) == ["a.json", "a.json.gz.attrs", "b.json.attrs"]
