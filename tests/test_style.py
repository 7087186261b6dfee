"""Types, lint and the size of functions and files, over the whole tree."""

from __future__ import annotations

import ast
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from statistics import median, quantiles

import pytest
from support import ROOT

FOLDERS = ("modules", "network", "stacks")
# A ratchet: these may go down, never up.
LONGEST_FUNCTION, NINETIETH_PERCENTILE, MEDIAN, LONGEST_FILE = 60, 25, 8, 500


def run(*command: str) -> str:
    """The output of a Python tool of this environment, empty when it found nothing and ended well."""
    done = subprocess.run([sys.executable, "-m", *command], cwd=ROOT, capture_output=True, text=True)
    return "" if done.returncode == 0 else done.stdout + done.stderr


@pytest.mark.slow
@pytest.mark.parametrize(
    "command", [["mypy"], ["ruff", "check", "."], ["ruff", "format", "--check", "."]], ids=" ".join
)
def test_the_checker_finds_nothing(command: list[str]) -> None:
    assert run(*command) == ""


def sources() -> dict[Path, str]:
    files = (path for folder in FOLDERS for path in sorted((ROOT / folder).rglob("*.py")))
    return {path.relative_to(ROOT): path.read_text("utf-8") for path in files}


def lengths(source: str) -> Iterator[tuple[int, str]]:
    """Yield the lines and the name of each function; its docstring and decorators cost nothing."""
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            yield (node.end_lineno or 0) - node.lineno + 1 - docstring_lines(node), node.name


def docstring_lines(node: ast.FunctionDef | ast.AsyncFunctionDef) -> int:
    first = node.body[0]
    return (first.end_lineno or 0) - first.lineno + 1 if ast.get_docstring(node) is not None else 0


def test_functions_are_short() -> None:
    sized = [(lines, f"{path}: {name}") for path, text in sources().items() for lines, name in lengths(text)]
    lines = [length for length, _ in sized]
    assert len(lines) > 20
    assert [where for length, where in sized if length > LONGEST_FUNCTION] == []
    assert quantiles(lines, n=10)[-1] <= NINETIETH_PERCENTILE
    assert median(lines) <= MEDIAN


def test_files_are_short() -> None:
    assert {path: n for path, text in sources().items() if (n := text.count("\n")) > LONGEST_FILE} == {}


def test_a_function_is_measured_without_its_docstring_and_decorators() -> None:
    body = '    """One.\n\n    Two.\n    """\n    return a\n'
    source = f"@cache\ndef f(\n    a: int,\n) -> int:\n{body}\n\nclass C:\n    def g(self): ...\n"
    assert sorted(lengths(source)) == [(1, "g"), (4, "f")]
