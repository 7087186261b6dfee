"""What could not be made is looked for at once, else by the next run; what somebody else changed is not overwritten."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from virgem.modules.cloud.engine import finding, running
from virgem.modules.cloud.engine.place import Place, place
from virgem.modules.cloud.engine.steps import Fault, Hearing

PORT, GROUP = "openstack:networking/port:Port", "openstack:networking/secGroup:SecGroup"
LOST = Fault(urn="urn:a", message="read: connection reset by peer")
REFUSED = Fault(urn="urn:a", message="Expected HTTP response code [201], but got 409 instead: there is one")


class Stack:
    """A stack in the engine's hands: what it holds, and what was asked of the engine."""

    name = "tenant-1"

    def __init__(self, *held: Mapping[str, Any]) -> None:
        self.held, self.asked = [{"resources": list(held)}], list[Any]()

    def export_stack(self) -> Any:
        return SimpleNamespace(version=3, deployment=self.held.pop(0) if len(self.held) > 1 else self.held[0])

    def import_stack(self, state: Any) -> None:
        self.held = [state.deployment]
        self.asked.append(("import", sorted(resource["urn"] for resource in state.deployment["resources"])))

    def refresh(self, target: list[str], **more: Any) -> None:
        self.asked.append(("refresh", target))

    def destroy(self, target: list[str], **more: Any) -> None:
        self.asked.append(("destroy", target))


@pytest.fixture
def where(tmp_path: Path) -> Place:
    (tmp_path / "applied").mkdir()
    return place("klein", str(tmp_path), {})


@pytest.fixture
def there(monkeypatch: pytest.MonkeyPatch) -> dict[str, str]:
    """What the cloud has of it, by URN; "?" where that cannot be said."""
    has: dict[str, str] = {}

    def find(finder: Any, deployment: Mapping[str, Any], known: Any) -> Any:
        urns = [operation["resource"]["urn"] for operation in deployment["pending_operations"]]
        unsure = tuple(Fault(urn=urn, message="unsure") for urn in urns if has.get(urn) == "?")
        return {urn: has[urn] for urn in urns if has.get(urn, "?") != "?"}, unsure

    monkeypatch.setattr(finding, "find", find)
    monkeypatch.setattr(finding, "Finder", lambda access: None)
    return has


def look(stack: Stack, where: Place, *faults: Fault, kind: str = PORT) -> None:
    hearing = Hearing(faults=list(faults), unmade={"urn:a": {"urn": "urn:a", "type": kind, "inputs": {}}})
    running._look_for_unmade(stack, hearing, {}, where)  # type: ignore[arg-type]


def test_what_the_cloud_has_all_the_same_joins_the_state_at_once(where: Place, there: dict[str, str]) -> None:
    stack, there["urn:a"] = Stack({"urn": "urn:b", "type": PORT, "id": "b"}), "a1"
    look(stack, where, LOST)
    assert stack.asked == [("import", ["urn:a", "urn:b"]), ("refresh", ["urn:a"])]
    assert list((where.folder / "applied").iterdir()) == []


def test_what_may_be_half_made_and_does_not_show_it_is_taken_away(where: Place, there: dict[str, str]) -> None:
    stack, there["urn:a"] = Stack(), "a1"
    look(stack, where, LOST, kind=GROUP)
    assert stack.asked == [("import", ["urn:a"]), ("destroy", ["urn:a"])]


def test_what_the_cloud_refused_is_not_looked_for(where: Place, there: dict[str, str]) -> None:
    stack, there["urn:a"] = Stack(), "of somebody else"
    look(stack, where, REFUSED)
    assert (stack.asked, list((where.folder / "applied").iterdir())) == ([], [])


def test_what_cannot_be_said_now_is_left_to_the_next_run(where: Place, there: dict[str, str]) -> None:
    stack, there["urn:a"] = Stack(), "?"
    look(stack, where, LOST)
    assert stack.asked == []
    assert running._is_unsure(where, "tenant-1")
    there["urn:a"] = "a1"
    assert running._pick_up(stack, {}, where) == ()  # type: ignore[arg-type]
    assert stack.asked == [("import", ["urn:a"]), ("refresh", ["urn:a"])]
    assert list((where.folder / "applied").iterdir()) == []


def test_a_state_that_somebody_else_changed_meanwhile_is_not_overwritten(where: Place, there: dict[str, str]) -> None:
    stack, there["urn:a"] = Stack(), "a1"
    operation = {"type": "creating", "resource": {"urn": "urn:a", "type": PORT}}
    stack.held = [{"resources": [], "pending_operations": [operation]}, {"resources": [{"urn": "urn:a"}]}]
    (fault,) = running._pick_up(stack, {}, where)  # type: ignore[arg-type]
    assert "changed by somebody else" in fault.message
    assert stack.asked == []
