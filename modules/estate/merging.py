"""The operator's files are one document: their top-level keys are joined, and nothing may be said in two of them."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from virgem.modules.estate.base import Origin
from virgem.modules.estate.nodes import Mapping, Node
from virgem.modules.estate.plans import ClassPlan, FieldPlan, Form, plan_of
from virgem.modules.estate.scalars import show
from virgem.modules.estate.values import Context
from virgem.modules.problem import Mark


@dataclass(frozen=True, slots=True)
class SpreadOrigin(Origin):
    """The origin of an object whose keys stand in several files."""

    files: dict[str, str] = field(default_factory=dict)

    def at(self, key: str = "") -> Mark:
        """Return the place of a key's value, in the file it stands in."""
        place = self.keys.get(key)
        return Mark(self.files.get(key.partition(".")[0], self.mark.file), *place) if place else self.mark


def merged(tops: Iterable[Mapping], plan: ClassPlan, ctx: Context) -> Mapping:
    """Return one mapping with the keys of all; the first is the main file and gives its place to the whole."""
    tops = list(tops)
    whole = Mapping(tops[0].file, tops[0].line, tops[0].column)
    _merge(whole, tops, plan, ctx)
    return whole


def spread(origin: Origin, whole: Mapping, plan: ClassPlan) -> SpreadOrigin:
    """Return an origin that also knows the file of each key."""
    files = {key.text: value.file for key, value in whole.pairs}
    files |= {plan.fields[key].name: file for key, file in files.items() if key in plan.fields}
    return SpreadOrigin(origin.mark, origin.keys, files)


def _merge(whole: Mapping, parts: list[Mapping], plan: ClassPlan, ctx: Context) -> None:
    found: dict[str, tuple[Any, list[Node]]] = {}
    for part in parts:
        for key, value in part.pairs:
            found.setdefault(key.text, (key, []))[1].append(value)
    for text, (key, nodes) in found.items():
        field_plan = plan.fields.get(text)
        whole.pairs.append((key, _joined(text, nodes, field_plan, ctx) if len(nodes) > 1 else nodes[0]))


def _joined(text: str, nodes: list[Node], plan: FieldPlan | None, ctx: Context) -> Node:
    mappings = [node for node in nodes if isinstance(node, Mapping)]
    if len(mappings) == len(nodes) and plan is not None:
        joined = Mapping(nodes[0].file, nodes[0].line, nodes[0].column)
        if plan.keyed:
            return _united(joined, mappings, ctx)
        if plan.form is Form.OBJECT and all(inner.keyed for inner in plan_of(plan.type).fields.values()):
            _merge(joined, mappings, plan_of(plan.type), ctx)
            return joined
    for node in nodes[1:]:
        message = f"{show(text)} also stands in {nodes[0].file}, line {nodes[0].line}"
        ctx.report("E303", node.mark, message, "keep one of the two", (nodes[0].mark,))
    return nodes[0]


def _united(joined: Mapping, mappings: list[Mapping], ctx: Context) -> Mapping:
    first: dict[str, Mark] = {}
    for mapping in mappings:
        for key, value in mapping.pairs:
            if key.text in first:
                other = first[key.text]
                message = f"{show(key.text)} is also described in {other.file}, line {other.line}"
                ctx.report("E302", key.mark, message, "keep one of the two", (other,))
                continue
            first[key.text] = key.mark
            joined.pairs.append((key, value))
    return joined
