"""Imports go one way (the layers below), held by a look at the syntax tree of every source file."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest
from support import ROOT

# Lowest first. A part may import those below it, and those beside it as long as no circle of parts comes of it.
LAYERS = (
    (
        "virgem.modules.problem",
        "virgem.modules.codes",
        "virgem.modules.collector",
        "virgem.modules.workers",
        "virgem.modules.columns",
        "virgem.modules.files",
        "virgem.modules.changes",
    ),
    ("virgem.modules.estate",),
    ("virgem.network",),
    ("virgem.modules.procurement", "virgem.modules.devices", "virgem.modules.cloud", "virgem.modules.governance"),
    ("virgem.modules.costs",),
    ("virgem.modules.planning",),
    ("virgem.modules.evidence", "virgem.modules.reports", "virgem.modules.twin"),
    ("virgem.modules.cli", "virgem.modules.reference", "virgem.stacks"),
)
LAYER_OF = {part: number for number, parts in enumerate(LAYERS) for part in parts}
FOLDERS = ("modules", "network", "stacks")
# What is pure reads no clock, socket or process, and knows no engine.
PURE = ("virgem.modules.problem", "virgem.modules.estate", "virgem.network")
WORLD = ("pulumi", "ansible", "socket", "subprocess")


def module_name(path: Path) -> str:
    """`network/render/frr.py` is virgem.network.render.frr."""
    parts = path.with_suffix("").parts
    return ".".join(("virgem", *(parts[:-1] if parts[-1] == "__init__" else parts)))


def imported(path: Path, source: str) -> Iterator[tuple[int, str]]:
    """Yield line and full name of all that a file imports, wherever in the file and also by importlib."""
    package = module_name(path) if path.name == "__init__.py" else module_name(path).rpartition(".")[0]
    for node in ast.walk(ast.parse(source, str(path))):
        if isinstance(node, ast.Import):
            yield from ((node.lineno, alias.name) for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            yield from ((node.lineno, name) for name in names_from(node, package))
        elif isinstance(node, ast.Call) and (name := by_importlib(node)):
            yield node.lineno, name


def names_from(node: ast.ImportFrom, package: str) -> list[str]:
    start = package.split(".")[: len(package.split(".")) - node.level + 1] if node.level else []
    base = ".".join((*start, *(node.module.split(".") if node.module else ())))
    return [f"{base}.{alias.name}" for alias in node.names]


def by_importlib(node: ast.Call) -> str | None:
    called = node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")
    if called not in {"import_module", "__import__"} or not node.args or not isinstance(node.args[0], ast.Constant):
        return None
    return str(node.args[0].value)


def part_of(name: str) -> str | None:
    """The part of LAYERS that a dotted name lies in."""
    return next((part for part in LAYER_OF if f"{name}.".startswith(f"{part}.")), None)


def faults(path: Path, source: str) -> list[str]:
    """All that this file imports and must not, each with its line."""
    here = module_name(path)
    return [f"{path}:{line}: {fault}" for line, name in imported(path, source) if (fault := fault_of(here, name))]


def fault_of(here: str, name: str) -> str | None:
    root = name.partition(".")[0]
    if root in FOLDERS:
        return f"import virgem.{name}, not {name}: it would load a second copy"
    if (part_of(here) in PURE) and (root in WORLD or root.startswith(("pulumi_", "ansible_"))):
        return f"{here} is pure and may not import {name}"
    own, other = part_of(here), part_of(name)
    if root == "virgem" and own is None and other is not None:
        return f"{here} lies in no layer and may not import {name}"
    if own and other and LAYER_OF[other] > LAYER_OF[own]:
        return f"{own} may not import {other}, which lies above it"
    return None


def circles(edges: set[tuple[str, str]]) -> list[str]:
    """The parts that reach themselves through imports of other parts."""
    reach = set(edges)
    while more := {(a, d) for a, b in reach for c, d in edges if b == c} - reach:
        reach |= more
    return sorted(a for a, b in reach if a == b)


def edges_of(path: Path, source: str) -> set[tuple[str, str]]:
    own = part_of(module_name(path))
    return {(own, other) for _, name in imported(path, source) if own and (other := part_of(name)) and other != own}


def sources() -> dict[Path, str]:
    files = (path for folder in FOLDERS for path in sorted((ROOT / folder).rglob("*.py")))
    return {path.relative_to(ROOT): path.read_text("utf-8") for path in files}


def test_every_import_goes_down() -> None:
    found = sources()
    assert len(found) > 10
    assert [fault for path, source in found.items() for fault in faults(path, source)] == []


def test_no_parts_import_each_other_in_a_circle() -> None:
    assert circles({edge for path, source in sources().items() for edge in edges_of(path, source)}) == []


def test_every_part_lies_in_a_layer() -> None:
    loose = [path for path in sources() if path.name != "__init__.py" and part_of(module_name(path)) is None]
    assert loose == []


PLANTED = {
    "estate above itself": ("modules/estate/x.py", "from virgem.network import plan"),
    "network above itself": ("network/x.py", "import virgem.modules.cloud.tenant"),
    "a part by its package": ("network/x.py", "from virgem.modules import cloud"),
    "a part by a relative path": ("modules/estate/x.py", "from ..reports import html"),
    "a part by dots in a package": ("modules/estate/kinds/__init__.py", "from ...cli import main"),
    "inside a function": ("modules/problem.py", "def f():\n    from virgem.modules.estate import base"),
    "for types only": ("network/x.py", "if TYPE_CHECKING:\n    from virgem.stacks import tenant"),
    "by importlib": ("modules/devices/x.py", "importlib.import_module('virgem.modules.reports.html')"),
    "a bare folder": ("modules/reports/x.py", "import network.plan"),
    "from a bare folder": ("stacks/x.py", "from modules.cloud import tenant"),
    "pulumi in the network": ("network/render/x.py", "import pulumi"),
    "a pulumi provider in the network": ("network/x.py", "from pulumi_openstack import networking"),
    "ansible in the network": ("network/x.py", "from ansible.plugins import inventory"),
    "a socket in the network": ("network/x.py", "import socket as s"),
    "a process in the network": ("network/x.py", "from subprocess import run"),
    "a process in the estate": ("modules/estate/x.py", "import subprocess"),
    "a part outside the layers": ("modules/misc/x.py", "from virgem.modules.estate import base"),
}
FINE = {
    "downwards": ("modules/reports/x.py", "from virgem.modules.cloud import plan\nfrom virgem.network import plan"),
    "beside itself": ("modules/devices/x.py", "from virgem.modules.procurement import orders"),
    "within itself": ("modules/estate/kinds/x.py", "from ..base import Entry\nfrom . import zones"),
    "others' libraries": ("network/x.py", "import netaddr, ipaddress"),
    "a process above": ("modules/cloud/x.py", "import subprocess, pulumi"),
    "a like name": ("network/x.py", "import networkx_like, socketlike, modules_of_others"),
}


@pytest.mark.parametrize("case", PLANTED)
def test_a_planted_fault_is_found(case: str) -> None:
    path, source = PLANTED[case]
    assert len(faults(Path(path), source)) == 1


@pytest.mark.parametrize("case", FINE)
def test_a_right_import_is_left_in_peace(case: str) -> None:
    path, source = FINE[case]
    assert faults(Path(path), source) == []


def test_a_planted_circle_is_found() -> None:
    orders = edges_of(Path("modules/procurement/x.py"), "from virgem.modules.devices import records")
    devices = edges_of(Path("modules/devices/x.py"), "from virgem.modules.cloud import plan")
    cloud = edges_of(Path("modules/cloud/x.py"), "import virgem.modules.procurement")
    assert circles(orders | devices) == []
    assert len(circles(orders | devices | cloud)) == 3
