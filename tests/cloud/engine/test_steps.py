"""What the engine says, as plain values."""

from __future__ import annotations

from typing import Any

import pytest
from pulumi.automation.events import EngineEvent

from virgem.modules.cloud.engine.running import is_late
from virgem.modules.cloud.engine.steps import Fault, Hearing, deletions, plain

PORT = "openstack:networking/port:Port"
UNKNOWN = "04da6b54-80e4-46f7-96ec-b56ff0331ba9"


def urn(name: str, kind: str = PORT) -> str:
    return f"urn:pulumi:tenant-1::virgem::virgem:cloud:Server${kind}::{name}"


def state(of: str, kind: str = PORT, custom: bool = True, **inputs: Any) -> dict[str, Any]:
    told = {"type": kind, "urn": urn(of, kind), "id": "", "parent": "", "provider": "", "custom": custom}
    return {**told, "inputs": inputs, "outputs": inputs}


def event(op: str, name: str, old: Any = None, new: Any = None, kind: str = PORT, **more: Any) -> EngineEvent:
    metadata = {"op": op, "urn": urn(name, kind), "type": kind, "provider": "", "old": old, "new": new, **more}
    return EngineEvent.from_json({"sequence": 1, "timestamp": 1, "resourcePreEvent": {"metadata": metadata}})


def heard(*events: EngineEvent) -> Hearing:
    found = Hearing()
    for one in events:
        found.hear(one)
    return found


def test_what_is_made_shows_all_its_inputs_and_what_only_the_cloud_knows_is_marked() -> None:
    new = state("web-1", name="web-1", networkId=UNKNOWN, fixedIps=[{"subnetId": UNKNOWN}], __defaults=[])
    (step,) = heard(event("create", "web-1", None, new)).begun.values()
    assert (step.action, step.name, step.existed) == ("create", "web-1", False)
    assert step.fields == (
        ("fixedIps", "", '[{"subnetId":{"knownAfterApply":[]}}]'),
        ("name", "", '"web-1"'),
        ("networkId", "", '{"knownAfterApply":[]}'),
    )


def test_a_change_shows_the_properties_that_the_engine_names() -> None:
    old, new = state("a", name="x", tags=["1"], extra=1), state("a", name="x", tags=["2"], extra=2)
    (step,) = heard(event("update", "a", old, new, diffs=["tags"])).begun.values()
    assert (step.action, step.fields) == ("update", (("tags", '["1"]', '["2"]'),))


def test_the_three_steps_of_a_replacement_are_one() -> None:
    old, new = state("a", name="x"), state("a", name="y")
    more = {"diffs": ["name"], "keys": ["name"]}
    steps = [event(op, "a", old, new, **more) for op in ("create-replacement", "replace", "delete-replaced")]
    for order in (steps, steps[::-1]):
        (step,) = heard(*order).begun.values()
        assert (step.action, step.fields) == ("replace", (("name", '"x"', '"y"'),))


def test_components_providers_and_the_stack_are_no_objects_of_the_cloud() -> None:
    component = state("c", "virgem:cloud:Server", custom=False)
    provider = state("p", "pulumi:providers:openstack")
    assert (
        heard(
            event("create", "c", None, component, "virgem:cloud:Server"),
            event("create", "p", None, provider, "pulumi:providers:openstack"),
        ).begun
        == {}
    )


def test_what_stays_is_counted_and_has_no_fields() -> None:
    (step,) = heard(event("same", "a", state("a", name="x"), state("a", name="x"))).begun.values()
    assert (step.action, step.existed, step.fields) == (None, True, ())


def test_a_refusal_is_kept_with_its_resource_and_without_colours() -> None:
    told = {"message": "<{%fg 1%}>no\n\n  more<{%reset%}>\n", "color": "never", "severity": "error", "urn": urn("a")}
    found = heard(EngineEvent.from_json({"sequence": 1, "timestamp": 1, "diagnosticEvent": told}))
    assert found.faults == [Fault(urn=urn("a"), message="no\n  more")]


@pytest.mark.parametrize("severity", ["info", "info#err", "warning"])
def test_only_errors_are_refusals(severity: str) -> None:
    told = {"message": "well", "color": "never", "severity": severity}
    assert heard(EngineEvent.from_json({"sequence": 1, "timestamp": 1, "diagnosticEvent": told})).faults == []


def test_a_message_is_shown_without_marks_and_empty_lines() -> None:
    assert plain("\x1b[31merror:\x1b[0m a\n\n b  \n") == "error: a\n b"


def failed(op: str, new: Any, provider: str = "urn:p::1") -> EngineEvent:
    metadata = {"op": op, "urn": urn("web-1"), "type": PORT, "provider": provider, "old": None, "new": new}
    return EngineEvent.from_json({"sequence": 1, "timestamp": 1, "resOpFailedEvent": {"metadata": metadata}})


def test_what_could_not_be_made_is_kept_as_a_state_writes_it() -> None:
    new = {**state("web-1", name="web-1"), "parent": "urn:parent", "protect": True}
    for op in ("create", "create-replacement"):
        assert heard(failed(op, new)).unmade == {
            urn("web-1"): {
                "urn": urn("web-1"),
                "type": PORT,
                "parent": "urn:parent",
                "provider": "urn:p::1",
                "custom": True,
                "protect": True,
                "inputs": {"name": "web-1"},
            }
        }


def test_a_change_that_failed_is_left_to_the_engine() -> None:
    assert heard(failed("update", state("web-1")), failed("delete", None)).unmade == {}


def test_a_secret_is_marked_as_one_and_not_shown() -> None:
    (step,) = heard(event("create", "a", None, state("a", password="[secret]"))).begun.values()
    assert step.fields == (("password", "", '{"secret":true}'),)
    cipher = {"4dabf18193072939515e22adb298388d": "1b47061264138c4ac30d75fd1eb44270", "ciphertext": "v1:x"}
    (gone,) = deletions({"resources": [{**state("a"), "inputs": {"password": cipher}}]})
    assert gone.fields == (("password", '{"secret":true}', ""),)


LATE = "Error creating: 400 Invalid: Cannot create an application credential with unassigned role"


def test_only_what_goes_away_by_itself_is_tried_again() -> None:
    echo, late, other = (Fault(urn="u", message=text) for text in ("update failed", LATE, "quota exceeded"))
    assert is_late([echo, late])
    assert not is_late([late, other])
    assert not is_late([echo])
    assert not is_late([])


def test_what_was_made_before_a_second_try_is_told_as_made() -> None:
    hearing = heard(event("create", "a", None, state("a", name="x")))
    hearing.hear(event("same", "a", state("a", name="x"), state("a", name="x")))
    (step,) = hearing.begun.values()
    assert (step.action, step.fields) == ("create", (("name", "", '"x"'),))
