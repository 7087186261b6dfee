"""The cloud of an estate as one configuration of OpenTofu: the same objects, with the same Terraform provider.

The programs of the stacks run on a recorder that answers every question with an expression of Terraform, so references
come out as they were made: `${openstack_identity_project_v3.data-34022-project.id}`. The provider of Pulumi tells which
resource of Terraform a token is, and which of its attributes a property: it is the bridge between the two.
"""

from __future__ import annotations

import json
import re
import subprocess
from collections.abc import Iterator, Mapping
from contextvars import copy_context
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import Any

from google.protobuf import json_format, struct_pb2  # type: ignore[import-untyped]
from pulumi.runtime import rpc
from pulumi.runtime.proto import provider_pb2, resource_pb2

from virgem.modules.cloud import applying
from virgem.modules.cloud.engine import embedded
from virgem.modules.cloud.model import CloudPlan
from virgem.stacks.program import run

_PROVIDER, _REFERENCE = "pulumi:providers:openstack", "pulumi:pulumi:StackReference"
# Characters of nobody, for the two ends of an expression until what else looks like one is escaped.
_OPEN, _CLOSE = "\ue000", "\ue001"
# Types of the schema's values (shim.ValueType of the bridge).
_TEXT, _LIST, _SET = 4, 5, 7


# ---- the two languages


@dataclass(frozen=True, slots=True)
class Bridge:
    """What the provider tells of itself: schemas by Terraform's names, and the token of each."""

    resources: Mapping[str, tuple[str, Mapping[str, Any]]]  # token: Terraform's name, schema
    functions: Mapping[str, tuple[str, Mapping[str, Any]]]
    settings: Mapping[str, Any]


def bridge(provider: Path) -> Bridge:
    """Ask the built or the vendor's provider of Pulumi."""
    told = json.loads(subprocess.run([provider, "-get-provider-info"], capture_output=True, check=True).stdout)
    schemas = told["provider"]
    return Bridge(
        resources={row["tok"]: (name, schemas["resources"][name]) for name, row in told["resources"].items()},
        functions={row["tok"]: (name, schemas["dataSources"][name]) for name, row in told["dataSources"].items()},
        settings=schemas["schema"],
    )


def camel(attribute: str) -> str:
    """Return how the bridge writes a name, but for the plural of what there may be many of."""
    return re.sub(r"_(\w)", lambda found: found[1].upper(), attribute)


def attribute(schema: Mapping[str, Any], property_: str) -> str:
    """Return the one attribute that a property is of; the bridge writes lists and sets in the plural."""
    found = [name for name, told in schema.items() if property_ in _forms(name, told)]
    assert len(found) == 1, (property_, found)
    return found[0]


def _forms(name: str, told: Mapping[str, Any]) -> set[str]:
    one = camel(name)
    if told["type"] not in (_LIST, _SET) or told.get("maxItems") == 1:
        return {one}
    return {one, f"{one}s", f"{one}es", f"{one.removesuffix('y')}ies"}


def translated(schema: Mapping[str, Any], properties: Mapping[str, Any]) -> dict[str, Any]:
    """Return properties as attributes; blocks within them too."""
    named = {attribute(schema, key): value for key, value in properties.items() if key[:2] != "__"}
    return {name: _value(schema[name], value) for name, value in named.items()}


def _value(told: Mapping[str, Any], value: Any) -> Any:
    inner = (told.get("element") or {}).get("resource")
    if told["type"] in (_LIST, _SET) and not isinstance(value, list):
        value = [value]  # the bridge has no list where there may be but one
    return value if inner is None else [translated(inner, row) for row in value]


# ---- what the programs declare


@dataclass(kw_only=True)
class Configuration:
    """What has been declared so far, in the form of a file main.tf.json."""

    bridge: Bridge
    outputs: dict[str, Any] = field(default_factory=dict)  # of each stack
    resources: dict[str, dict[str, Any]] = field(default_factory=dict)
    data: dict[str, dict[str, Any]] = field(default_factory=dict)
    providers: dict[str, dict[str, Any]] = field(default_factory=dict)  # settings by alias

    @property
    def count(self) -> int:
        """Return how many objects it declares."""
        return sum(map(len, self.resources.values()))

    def document(self) -> dict[str, Any]:
        """Return the whole file."""
        aliases = [{"alias": name, **settings} for name, settings in self.providers.items()]
        body = {"resource": self.resources, "data": self.data, "provider": {"openstack": [{}, *aliases]}}
        source = {"source": "terraform-provider-openstack/openstack"}
        return {"terraform": {"required_providers": {"openstack": source}}, **_written(body)}


def configuration(plan: CloudPlan, provider: Path) -> Configuration:
    """Run all programs of a plan, each after those whose outputs it takes."""
    made = Configuration(bridge=bridge(provider))
    for stack in sorted(plan.stacks, key=lambda name: (len(applying.needed(name)), name)):
        recorder = _Recorder(made, stack)
        copy_context().run(embedded.record, stack, partial(run, plan, stack), recorder)
    return made


class _Recorder(embedded.Recorder):
    """Declares in Terraform's words what one program declares in Pulumi's."""

    def __init__(self, made: Configuration, stack: str) -> None:
        super().__init__()
        self._made, self._stack = made, stack
        self._addresses: dict[str, str] = {}  # of the objects of this stack, by urn
        self._aliases: dict[str, str] = {}
        self._after: dict[str, list[str]] = {}  # what must be there before a provider is used
        self._drawn: dict[str, str] = {}

    def RegisterResource(self, request: Any) -> Any:
        answer = super().RegisterResource(request)
        if request.type == _PROVIDER:
            self._provider(answer.urn, request)
        elif request.custom:
            return self._resource(answer.urn, request)
        return answer

    def _provider(self, urn: str, request: Any) -> None:
        told = {key: value for key, value in self._plain(request.object).items() if key != "version"}
        settings = translated(self._made.bridge.settings, told)
        known = next((alias for alias, told in self._made.providers.items() if told == settings), None)
        self._aliases[urn] = alias = known or f"{self._stack}-{request.name}"
        self._made.providers[alias] = settings
        self._after[urn] = self._explicit(request)

    def _resource(self, urn: str, request: Any) -> Any:
        name, schema = self._made.bridge.resources[request.type]
        label = _label(f"{self._stack}-{request.name}")
        row = translated(schema, self._plain(request.object, request.type.rpartition(":")[2]))
        provider = request.provider.rpartition("::")[0]
        after = {*self._explicit(request), *self._after.get(provider, ())}
        if provider in self._aliases:
            row["provider"] = f"openstack.{self._aliases[provider]}"
        if after:
            row["depends_on"] = sorted(after)
        if request.ignoreChanges:
            row["lifecycle"] = {"ignore_changes": [attribute(schema, one) for one in request.ignoreChanges]}
        rows = self._made.resources.setdefault(name, {})
        assert label not in rows, label
        rows[label] = row
        self._addresses[urn] = f"{name}.{label}"
        known = _expressions(f"{name}.{label}", schema)
        answers = struct_pb2.Struct()
        answers.update({key: value for key, value in known.items() if key not in request.object.fields})
        answers.MergeFrom(request.object)
        return resource_pb2.RegisterResourceResponse(urn=urn, id=_expression(f"{name}.{label}.id"), object=answers)

    def _plain(self, struct: struct_pb2.Struct, whose: str = "") -> dict[str, Any]:
        return {key: self._opened(value, whose) for key, value in json_format.MessageToDict(struct).items()}

    def _opened(self, value: Any, whose: str) -> Any:
        """Return a value with its secrets in the open and whole numbers as such; nothing is left unknown."""
        assert value != rpc.UNKNOWN
        if isinstance(value, dict):
            if value.get(rpc._special_sig_key) == rpc._special_secret_sig:
                # Programs draw another one each time; the state of Pulumi has the first, as this would.
                return self._drawn.setdefault(value["value"], f"secret-of-{self._stack}-{whose}")
            return {key: self._opened(item, whose) for key, item in value.items()}
        if isinstance(value, list):
            return [self._opened(item, whose) for item in value]
        return int(value) if isinstance(value, float) and value.is_integer() else value

    def _explicit(self, request: Any) -> list[str]:
        """Return what is to be made before, other than what is referred to."""
        by_value = {urn for needs in request.propertyDependencies.values() for urn in needs.urns}
        return [self._addresses[urn] for urn in request.dependencies if urn in self._addresses and urn not in by_value]

    def RegisterResourceOutputs(self, request: Any) -> Any:
        if "pulumi:pulumi:Stack::" in request.urn:
            self._made.outputs[self._stack] = self._plain(request.outputs)
        return super().RegisterResourceOutputs(request)

    def ReadResource(self, request: Any) -> Any:
        assert request.type == _REFERENCE, request.type
        known = struct_pb2.Struct()
        known.update({"name": request.id, "outputs": self._made.outputs[request.name], "secretOutputNames": []})
        return resource_pb2.ReadResourceResponse(urn=self.make_urn("", request.type, request.name), properties=known)

    def Invoke(self, request: Any) -> Any:
        name, schema = self._made.bridge.functions[request.tok]
        asked = translated(schema, self._plain(request.args))
        label = _label("-".join(map(str, asked.values())))
        self._made.data.setdefault(name, {})[label] = asked
        answer, address = struct_pb2.Struct(), f"data.{name}.{label}"
        answer.update({"id": _expression(f"{address}.id"), **_expressions(address, schema)})
        return provider_pb2.InvokeResponse(**{"return": answer})


def _label(text: str) -> str:
    return re.sub(r"[^A-Za-z0-9_-]", "-", text)


def _expression(path: str) -> str:
    return f"{_OPEN}{path}{_CLOSE}"


def _expressions(address: str, schema: Mapping[str, Any]) -> dict[str, str]:
    return {
        camel(name): _expression(f"{address}.{name}")
        for name, told in schema.items()
        if told["type"] == _TEXT and name != "id"
    }


# ---- values


def _written(value: Any) -> Any:
    """Return a value as Terraform reads it: what only looks like an expression is escaped."""
    if isinstance(value, dict):
        return {key: _written(item) for key, item in value.items()}
    if isinstance(value, list):
        return [_written(item) for item in value]
    if isinstance(value, str):
        escaped = value.replace("${", "$${").replace("%{", "%%{")
        return escaped.replace(_OPEN, "${").replace(_CLOSE, "}")
    return value


def addresses(document: Mapping[str, Any]) -> Iterator[str]:
    """Yield the address of every object that a configuration declares, and of all that it looks up."""
    for prefix, rows in (("", document["resource"]), ("data.", document["data"])):
        for kind, labels in rows.items():
            yield from (f"{prefix}{kind}.{label}" for label in labels)
