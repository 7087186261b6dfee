"""From nodes to values: node and class are walked together, and every mistake on the way is told.

A field that fails never hides its neighbours.
"""

from __future__ import annotations

import re
from typing import Any, cast

from virgem.modules.estate import kinds, values
from virgem.modules.estate.base import Located, Origin
from virgem.modules.estate.model import Estate, Municipality
from virgem.modules.estate.model.connectivity import Point
from virgem.modules.estate.nodes import Mapping, Node, Scalar, Sequence
from virgem.modules.estate.plans import ClassPlan, FieldPlan, Form, plan_of
from virgem.modules.estate.public import slug
from virgem.modules.estate.raw import Raw
from virgem.modules.estate.scalars import Capacity, Decimals, Kind, Money, Number, ScalarError, show
from virgem.modules.estate.values import FAILED, Context
from virgem.modules.problem import Mark

# A number with a decimal comma, or with one between thousands.
_CUT = re.compile(r"-?[0-9]{1,12},[0-9]{1,6}[kMGT]?")

Places = dict[str, tuple[int, int]]

# The keys of the operator's files and of a town's file that people put into the other.
_OTHER_FILE: dict[type[Located], tuple[type[Located], str]] = {
    Estate: (Municipality, "the file of the municipality, municipalities/<NIS>-<name>.yaml"),
    Municipality: (Estate, "estate.yaml or a file beside it"),
}


def decode(node: Node, plan: ClassPlan, ctx: Context, key: Scalar | None = None) -> Raw:
    """Return an object read from a node; `key` is the text that names it where it is one of many."""
    places: Places = {}
    raw = Raw(plan, Origin((key or node).mark, places), ctx.scope)
    if key is not None and plan.id_type is not None:
        _name(raw, plan.id_type, key, ctx)
    misspelt: set[str] = set()
    if isinstance(node, Mapping):
        misspelt = _read_pairs(raw, node, ctx, places)
    elif isinstance(node, Scalar) and not node.empty and plan.shorthand:
        _read_short(raw, plan.by_name[plan.shorthand], node, ctx, places)
    elif not isinstance(node, Scalar) or not node.empty or plan.required:
        _wrong_shape(raw, node, ctx)
        return raw
    _check_required(raw, places, misspelt, ctx)
    return raw


def _name(raw: Raw, id_type: type[Any], key: Scalar, ctx: Context) -> None:
    try:
        raw.values["id"] = id_type(key.text)
    except ScalarError as error:
        ctx.report("E216", key.mark, error.message, _legal(id_type, key.text) or error.hint)
        raw.broken = True
        raw.values["id"] = key.text


def _legal(id_type: type[Any], text: str) -> str:
    """Return the hint with the name that was meant: without capitals, accents and blanks."""
    try:
        return f"did you mean {id_type(slug(text[:80]))}?"
    except ScalarError:
        return ""


def _wrong_shape(raw: Raw, node: Node, ctx: Context) -> None:
    raw.broken = True
    keys = ", ".join(plan.key for plan in raw.plan.required) or ", ".join(list(raw.plan.fields)[:3])
    if isinstance(node, Scalar) and node.empty:
        ctx.report("E204", node.mark, f"nothing stands here, a mapping with {keys} belongs", "write its keys")
    else:
        short = f"a {raw.plan.by_name[raw.plan.shorthand].key} or " if raw.plan.shorthand else ""
        message = f"{node.shape} stands here, {short}a mapping with {keys} belongs"
        ctx.report("E203", node.mark, message, _measured(raw.plan, node) or "write `key: value`")


def _measured(plan: ClassPlan, node: Node) -> str:
    """Return the hint for a bare measure where a mapping belongs: the first field that takes it, if it needs no other.

    A number says how much but not of what: `administration: 20` is meant as `administration: { hosts: 20 }`.
    """
    if not isinstance(node, Scalar):
        return ""
    for field in plan.fields.values():
        alone = all(required is field for required in plan.required)
        if alone and not field.many and issubclass(field.type, Number | Decimals | Capacity):
            try:
                field.type(node.text)
            except ScalarError:
                continue
            return f"did you mean {{ {field.key}: {node.text} }}?"
    return ""


def _read_short(raw: Raw, plan: FieldPlan, node: Scalar, ctx: Context, places: Places) -> None:
    """Read the one value that stands for a whole mapping: the kind of a thing, most often."""
    named = not issubclass(plan.type, Kind) or node.text in kinds.family(plan.type.family)
    meant = "" if named else _measured(raw.plan, node)
    if not meant:
        _read_field(raw, plan, node, ctx, places)
        return
    ctx.report("E208", node.mark, f"{show(node.text)} is not {cast(Any, plan.type).what}", meant)
    places[plan.key] = (node.line, node.column)
    raw.broken = plan.required


def _read_pairs(raw: Raw, node: Mapping, ctx: Context, places: Places) -> set[str]:
    """Read every key of a mapping; return the keys that unknown ones were meant for."""
    misspelt = set()
    for index, (key, value) in enumerate(node.pairs):
        plan = raw.plan.fields.get(key.text)
        if plan is not None:
            _read_field(raw, plan, value, ctx, places)
        elif raw.plan.pair and (kind := _kind_of_pair(raw.plan, key)):
            _read_pair(raw, kind, key, value, ctx, places)
        elif index and (meant := _decimal(raw.plan, *node.pairs[index - 1], key)):
            ctx.report("E201", key.mark, f"unknown key {show(key.text)}: a comma ends a value here", f"write {meant}")
        else:
            misspelt.add(_unknown_key(raw.plan, key, ctx))
    return misspelt


def _decimal(plan: ClassPlan, key: Scalar, value: Node, rest: Scalar) -> str:
    """Return the number that a comma in braces cut in two, `{ price: 845,00 }`; "" for none."""
    field = plan.fields.get(key.text)
    if field is None or not isinstance(value, Scalar) or not _CUT.fullmatch(f"{value.text},{rest.text}"):
        return ""
    if not issubclass(field.type, Number | Decimals | Capacity | Money):
        return ""
    joined = value.text + rest.text if len(rest.text) == 3 else value.text
    for meant in (f"{value.text}.{rest.text}", *([joined] if rest.text.isdigit() else [])):
        try:
            field.type(meant)
        except ScalarError:
            continue
        return meant
    return ""


def _kind_of_pair(plan: ClassPlan, key: Scalar) -> str:
    """Return the registered kind that a key names, "" when it names none."""
    family: str = cast(Any, plan.by_name[plan.pair[0]].type).family  # type: ignore[misc] # () was ruled out
    text = kinds.aliases(family).get(key.text, key.text)
    return text if text in kinds.family(family) else ""


def _read_pair(raw: Raw, kind: str, key: Scalar, value: Node, ctx: Context, places: Places) -> None:
    first, second = (raw.plan.by_name[name] for name in raw.plan.pair)
    if first.name in raw.values:
        message = f"{show(key.text)} is a second kind beside {show(str(raw.values[first.name]))}"
        ctx.report("E218", key.mark, message, f"keep one; a second way out is written as backup: {key.text}")
        return
    raw.values[first.name] = first.type(kind)
    places[first.key] = (key.line, key.column)
    if not (isinstance(value, Scalar) and value.empty):
        _read_field(raw, second, value, ctx, places)


def _unknown_key(plan: ClassPlan, key: Scalar, ctx: Context) -> str:
    """Tell an unknown key; return the known one that was meant, "" when there is none like it."""
    if plan.cls in _OTHER_FILE and key.text in plan_of(_OTHER_FILE[plan.cls][0]).fields:
        place = _OTHER_FILE[plan.cls][1]
        ctx.report("E217", key.mark, f"the key {show(key.text)} does not belong in this file", f"move it to {place}")
        return ""
    options = list(plan.fields)
    if plan.pair:
        options += kinds.family(cast(Any, plan.by_name[plan.pair[0]].type).family)
    hint = ctx.like(key.text, options, f"known here: {', '.join(plan.fields)}")
    ctx.report("E201", key.mark, f"unknown key {show(key.text)}", hint)
    return hint.removeprefix("did you mean ").removesuffix("?")


def _read_field(raw: Raw, plan: FieldPlan, node: Node, ctx: Context, places: Places) -> None:
    places[plan.key] = (node.line, node.column)
    if plan.name != plan.key:
        places[plan.name] = (node.line, node.column)
    if plan.keyed:
        value: Any = _keyed(plan, node, ctx)
    elif plan.many:
        value = _list(raw, plan, node, ctx, places)
    else:
        value = _value(raw, plan, node, ctx)
    if value is not FAILED:
        raw.values[plan.name] = value
    elif plan.required:
        raw.broken = True


def _check_required(raw: Raw, places: Places, misspelt: set[str], ctx: Context) -> None:
    for plan in raw.plan.required:
        if plan.key in places:
            continue
        raw.broken = True
        if plan.key in misspelt:
            continue  # told as an unknown key
        lacks = f"{show(str(raw.values['id']))} lacks the key {plan.key}" if "id" in raw.values else ""
        example = f"for example {plan.key}: {plan.spec.example}" if plan.spec.example else _described(plan)
        ctx.report("E202", raw.origin.mark, lacks or f"the key {plan.key} is missing", example)


def _described(plan: FieldPlan) -> str:
    doc = plan.spec.doc.rstrip(".")
    first = doc[:1] if doc[1:2].isupper() else doc[:1].lower()
    return f"{plan.key}: {first}{doc[1:]}"


def _value(raw: Raw, plan: FieldPlan, node: Node, ctx: Context) -> Any:
    """Return one value of a field, whatever its form."""
    match plan.form:
        case Form.OBJECT:
            return _object(plan, node, ctx)
        case Form.POINT:
            return values.point(node, ctx)
        case Form.CHOICE:
            return values.choice(cast(Any, plan.type), node, ctx)
        case Form.BOOLEAN:
            return values.boolean(node, ctx)
        case Form.UNION:
            return values.union(plan.types, node, ctx)
        case _:
            return values.scalar(plan.type, node, ctx, raw, plan.name)


def _object(plan: FieldPlan, node: Node, ctx: Context) -> Any:
    raw = decode(node, plan_of(plan.type), ctx)
    return raw if not raw.broken else FAILED


def _keyed(plan: FieldPlan, node: Node, ctx: Context) -> Any:
    """Return the objects of a mapping, each with its key as id; broken ones too, so that they are known by name."""
    if not isinstance(node, Mapping):
        empty = isinstance(node, Scalar) and node.empty
        what = "nothing stands here" if empty else f"{node.shape} stands here"
        hint = "delete the key when there are none" if empty else "write `name: {...}`, one line each"
        ctx.report("E204" if empty else "E203", node.mark, f"{what}, a mapping by name belongs", hint)
        return FAILED
    inner = plan_of(plan.type)
    return tuple(decode(value, inner, ctx, key) for key, value in node.pairs)


def _list(raw: Raw, plan: FieldPlan, node: Node, ctx: Context, places: Places) -> Any:
    """Return the values of a list; one value alone counts as a list of one."""
    nodes = node.items if isinstance(node, Sequence) and not _is_point(plan, node) else [node]
    found = []
    for index, item in enumerate(nodes):
        places[f"{plan.key}.{index}"] = (item.line, item.column)
        found.append(_value(raw, plan, item, ctx))
    good = tuple(value for value in found if value is not FAILED)
    if plan.form is not Form.OBJECT and len(good) < len(found) and plan.required:
        return FAILED
    _check_repeats(plan, nodes, ctx)
    return good


def _is_point(plan: FieldPlan, node: Sequence) -> bool:
    return plan.type is Point and bool(node.items) and isinstance(node.items[0], Scalar)


def _check_repeats(plan: FieldPlan, nodes: list[Node], ctx: Context) -> None:
    """Tell a name that stands twice in a list of names."""
    if plan.form is not Form.SCALAR:
        return
    seen: dict[str, Mark] = {}
    for node in nodes:
        if not isinstance(node, Scalar) or node.empty:
            continue
        if node.text in seen:
            ctx.report("E312", node.mark, f"{show(node.text)} stands twice in the list", "", (seen[node.text],))
        seen.setdefault(node.text, node.mark)
