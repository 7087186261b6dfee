"""The JSON Schema says what the loader says about one file: editors and `virgem validate` agree."""

from __future__ import annotations

import json
import re
from typing import Any

import jsonschema
import pytest
import yaml
from support import ROOT

from virgem.modules.estate import kinds
from virgem.modules.estate.model import Estate, Municipality
from virgem.modules.estate.plans import plan_of
from virgem.modules.estate.scalars import Money, PortRange, Price, ScalarError
from virgem.modules.estate.schema import json_schema
from virgem.modules.estate.schema import scalar as scalar_schema

from .texts import KORTRIJK, OPERATOR, WAREGEM, all_said, loaded

SCHEMA = json_schema()
VALIDATOR = jsonschema.Draft202012Validator(SCHEMA)
ESTATES = [path.parent for path in sorted(ROOT.glob("inventories/*/estate.yaml"))]
ESTATES += [path.parent for path in sorted(ROOT.glob("tests/estates/good/*/estate.yaml"))]


class Yaml12(yaml.SafeLoader):
    """Types as editors see them (YAML 1.2 core): no dates, no base 60, no yes and no."""


Yaml12.yaml_implicit_resolvers = {}
for tag, pattern, first in (
    ("bool", r"true|false", "tf"),
    ("null", r"~|null|", ["~", "n", ""]),
    ("int", r"[-+]?[0-9]+", "-+0123456789"),
    ("float", r"[-+]?[0-9]*\.[0-9]+", "-+.0123456789"),
):
    Yaml12.add_implicit_resolver(f"tag:yaml.org,2002:{tag}", re.compile(f"^(?:{pattern})$"), list(first))


Yaml12.add_constructor("tag:yaml.org,2002:int", lambda loader, node: int(node.value))


def complaints(text: str) -> list[str]:
    return [error.message for error in VALIDATOR.iter_errors(yaml.load(text, Yaml12))]


def test_it_is_a_schema_of_the_2020_dialect() -> None:
    jsonschema.Draft202012Validator.check_schema(SCHEMA)
    assert SCHEMA["$schema"] == "https://json-schema.org/draft/2020-12/schema"
    assert json.loads(json.dumps(SCHEMA)) == SCHEMA


def test_it_refers_to_nothing_outside_itself() -> None:
    refs = walk(SCHEMA, "$ref")
    assert refs
    assert all(ref.startswith("#/$defs/") and ref.removeprefix("#/$defs/") in SCHEMA["$defs"] for ref in refs)
    assert walk(SCHEMA, "$id") == []


def walk(value: Any, key: str) -> list[Any]:
    if isinstance(value, dict):
        found = [value[key]] if isinstance(value.get(key), str) else []
        return found + [hit for inner in value.values() for hit in walk(inner, key)]
    return [hit for inner in value for hit in walk(inner, key)] if isinstance(value, list) else []


@pytest.mark.parametrize("text", [OPERATOR, KORTRIJK, WAREGEM], ids=["operator", "kortrijk", "waregem"])
def test_the_example_fits(text: str) -> None:
    assert complaints(text) == []


@pytest.mark.parametrize("folder", ESTATES, ids=[path.name for path in ESTATES])
def test_every_shipped_and_every_good_estate_fits(folder: Any) -> None:
    files = [*sorted(folder.glob("*.yaml")), *sorted(folder.glob("municipalities/*.yaml"))]
    assert {path.name: found for path in files if (found := complaints(path.read_text()))} == {}


@pytest.mark.parametrize(
    ("start", "text"),
    [
        (OPERATOR, "operatr: x\n"),
        (OPERATOR, "sites: {}\n"),
        (OPERATOR, "label: [x]\n"),
        (OPERATOR, "label:\n"),
        (OPERATOR, "owners: { A_b: x }\n"),
        (OPERATOR, "profiles: { p: { kind: lapto } }\n"),
        (OPERATOR, "profiles: { p: {} }\n"),
        (OPERATOR, "rings: { r: { share: 101 } }\n"),
        (OPERATOR, "fibre: { pops: { p: { place: [3.2, 50.8] } } }\n"),
        (OPERATOR, "flows: { f: { from: '*:voip', to: shared:dns } }\n"),
        (OPERATOR, "backbone: { b: { between: [kortrijk/bib, kortrijk/depot], capacity: 10 } }\n"),
        (OPERATOR, "cables: { c: { ducts: [d], fibre: G.652.E } }\n"),
        (KORTRIJK, "pools: {}\n"),
        (KORTRIJK, "kbo: 12\n"),
        (WAREGEM, "  x: town-hal\n"),
        (WAREGEM, "  x: { kind: depot, link: fibr }\n"),
        (WAREGEM, "  x: { kind: depot, link: { operator-vp: 1G } }\n"),
        (WAREGEM, "  x: { kind: depot, class: 6 }\n"),
        (WAREGEM, "  x: { kind: depot, zones: { voip: { hosts: -1 } } }\n"),
        (WAREGEM, "  x: { kind: depot, at: [50.8] }\n"),
    ],
)
def test_what_the_loader_refuses_in_one_file_the_schema_refuses_too(start: str, text: str) -> None:
    assert complaints(start + text) != []
    operator, kortrijk = (text, "") if start == OPERATOR else ("", text if start == KORTRIJK else "")
    more = {"municipalities__34040-waregem.yaml": WAREGEM + text} if start == WAREGEM else {}
    assert all_said(loaded(operator, kortrijk, **more)) != []


ZEROS = ("", "0", "00", "000")
WHOLE = ("0", "1", "9", "80", "443", "1249", "8080", "65535", "65536", "99999", "999999999999", "1000000000000")
ENDS = ("", ".", ".0", ".5", ".50", ".500", ".05", "-", "-1", "-09", "-65535", "-65536", " ", "e3")
WRITTEN = sorted(
    {f"{sign}{zeros}{whole}{end}" for sign in ("", "-", "+") for zeros in ZEROS for whole in WHOLE for end in ENDS}
)


def takes(cls: Any, text: str) -> bool:
    """Whether the loader takes a text as a value of a type."""
    try:
        cls(text)
    except ScalarError:
        return False
    return True


def fits(cls: Any, value: object) -> bool:
    """Whether the schema takes a value of a type, a text or the number that an editor reads."""
    return jsonschema.Draft202012Validator(scalar_schema(cls)).is_valid(value)


@pytest.mark.parametrize("cls", [Money, PortRange, Price])
def test_of_a_number_as_text_the_schema_takes_what_the_loader_takes(cls: Any) -> None:
    refused = [text for text in WRITTEN if not takes(cls, text)]
    assert len(refused) > 100
    assert len(refused) < len(WRITTEN) - 10
    # A schema cannot compare the two ends of a range.
    backwards = [text for text in WRITTEN if cls is PortRange and is_backwards(text)]
    assert [text for text in WRITTEN if fits(cls, text) != takes(cls, text) and text not in backwards] == []
    assert [text for text in backwards if takes(cls, text)] == []


def is_backwards(text: str) -> bool:
    first, dash, last = text.partition("-")
    return bool(dash) and first.isdigit() and last.isdigit() and int(first) > int(last)


@pytest.mark.parametrize("cls", [Money, PortRange, Price])
@pytest.mark.parametrize("value", [-1, 0, 1, 443, 65535, 65536, 10**12 - 1, 10**12, 12.5, -0.5, 1e15])
def test_of_a_bare_number_the_schema_takes_what_the_loader_takes(cls: Any, value: float) -> None:
    assert fits(cls, value) == takes(
        cls, f"{value:f}".rstrip("0").rstrip(".") if isinstance(value, float) else str(value)
    )


@pytest.mark.parametrize(
    "text",
    [
        "  x: { kind: depot, link: { fibre: 1G, backup: { 5g: } }, without: voip }\n",
        "  depot:\n  library: {}\n",
        "  x: { kind: depot, zones: { voip: { hosts: 9 }, lab: pupils, sensors: } }\n",
        "services: dns\nkbo: 0205.350.681\n",
        "kbo: 0205350681\ncloud: large\n",
        "cloud: { servers: { web: { serves: 443, tier: dmz }, db: small }, dns: { www.x.example: web } }\n",
    ],
)
def test_every_short_form_fits_the_schema_and_loads(text: str) -> None:
    assert complaints(WAREGEM + text) == []
    assert all_said(loaded(**{"municipalities__34040-waregem.yaml": WAREGEM + text})) == []


def test_every_key_and_kind_is_described() -> None:
    for cls in (Estate, Municipality):
        for plan in (plan_of(cls), *(plan_of(field.type) for field in plan_of(cls).nested)):
            properties = SCHEMA["$defs"][plan.cls.__name__]
            full = properties.get("anyOf", [properties])[0]["properties"]
            assert {key for key, value in full.items() if value["description"]} == set(plan.fields)
    for family in kinds.FAMILIES:
        choices = SCHEMA["$defs"][f"{family}-kind"]["oneOf"]
        assert {choice["const"] for choice in choices} >= set(kinds.family(family))
        assert all(choice["title"] for choice in choices)
