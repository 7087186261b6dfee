"""What an estate can say is read: no key of the model, no value of a kind is there for nothing.

A field counts as read when code outside the model, the kinds, the loader, the schema and the starter takes an attribute
of its name. Names repeat over classes, so this finds what nothing reads, not everything that goes unread.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator
from dataclasses import fields, is_dataclass
from functools import cache
from pathlib import Path

import pytest
from support import ROOT

from virgem.modules.estate import model
from virgem.modules.estate.kinds import types
from virgem.modules.estate.model.connectivity import BackupLink, Point

FOLDERS = ("modules", "network", "stacks", "playbooks", "inventories/plugins")
# Where fields are defined, filled in, described or written as text: none of these acts on a value.
APART = tuple(
    f"modules/{name}"
    for name in (
        "estate/model/",
        "estate/kinds/",
        "estate/starter/",
        "estate/loader.py",
        "estate/decode.py",
        "estate/defaults.py",
        "estate/schema.py",
        "reference.py",
    )
)
ALLOWED = {
    ("Estate", "api_version"): "the loader refuses other forms of the text; nothing after it needs to know",
}


def sources() -> Iterator[Path]:
    for folder in FOLDERS:
        for file in sorted((ROOT / folder).rglob("*.py")):
            if not file.relative_to(ROOT).as_posix().startswith(APART):
                yield file


@cache
def attributes_read() -> frozenset[str]:
    trees = (ast.parse(file.read_text(encoding="utf-8")) for file in sources())
    nodes = (node for tree in trees for node in ast.walk(tree))
    return frozenset(node.attr for node in nodes if isinstance(node, ast.Attribute) and isinstance(node.ctx, ast.Load))


MODEL = [*(getattr(model, name) for name in model.__all__), BackupLink, Point]
KINDS = [cls for cls in vars(types).values() if isinstance(cls, type) and is_dataclass(cls)]
FIELDS = [(cls, one.name) for cls in (*MODEL, *KINDS) for one in fields(cls)]


@pytest.mark.parametrize(("cls", "name"), FIELDS, ids=[f"{cls.__name__}.{name}" for cls, name in FIELDS])
def test_every_field_of_the_model_and_of_the_kinds_is_read(cls: type, name: str) -> None:
    if (cls.__name__, name) not in ALLOWED:
        assert name in attributes_read(), f"render or report {cls.__name__}.{name}, or take it out of the model"


def test_what_is_allowed_to_go_unread_is_there_and_unread() -> None:
    known = {(cls.__name__, name) for cls, name in FIELDS}
    assert {*ALLOWED} <= known
    assert not {name for _, name in ALLOWED} & attributes_read()
