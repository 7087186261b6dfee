"""The shipped inventories have no problems, say what is invented, and together show everything an estate can say."""

from __future__ import annotations

import datetime
import json
from collections.abc import Iterator
from dataclasses import fields
from enum import StrEnum
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from support import ROOT

from virgem.modules import planning
from virgem.modules.estate import kinds, model
from virgem.modules.estate.base import Located
from virgem.modules.estate.model.cloud import Tier
from virgem.modules.estate.model.connectivity import BackupLink, FibreType
from virgem.modules.estate.model.costs import Period, SharingKey
from virgem.modules.estate.model.devices import DeviceState
from virgem.modules.estate.model.procurement import Status
from virgem.modules.estate.schema import json_schema
from virgem.modules.estate.validation import Validated, validate
from virgem.modules.governance.policies import policies
from virgem.network import lock

INVENTORIES = Path(__file__).resolve().parents[2] / "inventories"
SHIPPED = ("zuid-west-vlaanderen", "middenkust")
EXAMPLE = SHIPPED[0]
# The day of the release: certificates, contracts and attestations of the examples are sound on it and for some months.
DAY = datetime.date(2026, 11, 23)


@cache
def checked(name: str) -> Validated:
    return validate(INVENTORIES / name, as_of=DAY)


@pytest.mark.parametrize("name", SHIPPED)
def test_a_shipped_inventory_has_no_problems(name: str) -> None:
    found = checked(name)
    assert [f"{problem.mark} {problem.code} {problem.message}" for problem in found.problems] == []


def test_what_is_accepted_in_the_example_is_accepted_by_a_waiver() -> None:
    found = checked(EXAMPLE)
    assert found.estate is not None
    # Policies and ways over fibre are judged over what is planned (tests/governance, tests/network), not over the text.
    waived = {waiver.rule for waiver in found.estate.waivers} - {*policies(), "W584"}
    assert {problem.code for problem in found.waived} == waived


@pytest.mark.parametrize("name", SHIPPED)
def test_every_file_names_its_schema_and_says_what_is_real_and_what_is_invented(name: str) -> None:
    for file in (INVENTORIES / name).rglob("*.yaml"):
        text = file.read_text(encoding="utf-8")
        schema = "../estate.schema.json" if file.parent.name == "municipalities" else "estate.schema.json"
        assert text.startswith(f"# yaml-language-server: $schema={schema}\n")
        assert "# Real: " in text
        assert "# Invented: " in text


@pytest.mark.parametrize("name", SHIPPED)
def test_the_schema_beside_an_inventory_is_the_one_that_virgem_writes(name: str) -> None:
    beside = (INVENTORIES / name / "estate.schema.json").read_text(encoding="utf-8")
    way_out = f"./virgem schema -o inventories/{name}/estate.schema.json"
    assert beside == json.dumps(json_schema(), indent=2) + "\n", way_out


def everything(value: object) -> Iterator[Located]:
    """Yield every object of an estate that has a place in the text."""
    if isinstance(value, Located):
        yield value
        for one in fields(value):
            yield from everything(getattr(value, one.name))
    elif isinstance(value, tuple):
        for item in value:
            yield from everything(item)


@cache
def shown() -> tuple[Located, ...]:
    estate = checked(EXAMPLE).estate
    assert estate is not None
    return tuple(everything(estate))


MODEL = [*(getattr(model, name) for name in model.__all__), BackupLink]
# The example is applied to the local trial cloud, which has its zones.
LEFT = {("Datacentre", "aggregate")}
FIELDS = [
    (cls, one.name)
    for cls in MODEL
    for one in fields(cls)
    if "key" in one.metadata and (cls.__name__, one.name) not in LEFT
]


@pytest.mark.parametrize("cls", MODEL, ids=lambda cls: cls.__name__)
def test_the_example_has_every_class_of_the_model(cls: type[Located]) -> None:
    assert any(type(value) is cls for value in shown())


@pytest.mark.parametrize(("cls", "name"), FIELDS, ids=[f"{cls.__name__}.{name}" for cls, name in FIELDS])
def test_the_example_sets_every_key(cls: type[Located], name: str) -> None:
    plain = next(one for one in fields(cls) if one.name == name)
    key = plain.metadata["key"]
    values = [value for value in shown() if type(value) is cls]
    if key.filled:
        text = key.name or name.replace("_", "-")
        assert any({text, name} & set(value.origin.keys) for value in values)
    else:
        assert any(getattr(value, name) != plain.default for value in values)


@pytest.mark.parametrize("enum", [Status, DeviceState, Tier, FibreType, SharingKey, Period])
def test_the_example_has_every_value_of_a_choice(enum: type[StrEnum]) -> None:
    seen = (getattr(value, one.name) for value in shown() for one in fields(value))
    assert {value for value in seen if isinstance(value, enum)} == set(enum)


def named(cls: type[Any]) -> set[str]:
    return {value.kind for value in shown() if type(value) is cls}


def test_the_example_has_every_kind() -> None:
    profiles = {value.id: value.kind for value in shown() if type(value) is model.DeviceProfile}
    used = {
        "zones": named(model.Zone),
        "links": named(model.Link) | named(BackupLink),
        "sites": named(model.Site),
        "services": named(model.SharedService),
        "entities": named(model.Entity),
        "upstreams": named(model.Upstream),
        "devices": {profiles[value.profile] for value in shown() if type(value) is model.Device},
    }
    missing = {family: set(kinds.family(family)) - used[family] for family in kinds.FAMILIES}
    assert not any(missing.values()), f"use these in inventories/zuid-west-vlaanderen, then plan it: {missing}"


def test_the_example_is_the_whole_region() -> None:
    estate = checked(EXAMPLE).estate
    assert estate is not None
    assert len(estate.municipalities) == 13
    assert sum(town.population for town in estate.municipalities) == 323_657
    assert estate.operator.name == "Leiedal"


@pytest.mark.parametrize("name", ["zuid-west-vlaanderen", "middenkust"])
def test_the_lock_of_a_shipped_estate_is_the_one_its_plan_writes(name: str) -> None:
    prepared = planning.ready(planning.prepare(ROOT / "inventories" / name))
    assert lock.dump(prepared.lock) == (ROOT / "inventories" / name / "estate.lock").read_bytes(), (
        f"run: virgem plan inventories/{name}, and commit the lock"
    )


@pytest.mark.parametrize("name", SHIPPED)
def test_a_shipped_estate_shares_costs_by_every_key(name: str) -> None:
    estate = checked(name).estate
    assert estate is not None
    assert estate.prices is not None
    assert {cost.by for cost in estate.prices.shared} == set(SharingKey)
