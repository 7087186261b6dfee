"""The plain Pulumi entry: Pulumi.yaml leads to the same programs that the embedded preview runs."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest
import yaml

from virgem.stacks.__main__ import stack_name

# What a language host does before it runs the entry: an engine to talk to, the stack and its configuration.
HOST = """
import json, runpy, sys
from pulumi.runtime import set_all_config
from virgem.modules.cloud.engine.embedded import preview_stack
entry, stack, config = sys.argv[1], sys.argv[2], json.loads(sys.argv[3])
set_all_config(config)
done = preview_stack(stack, lambda: runpy.run_path(entry, run_name="__main__") and None)
print(json.dumps([[r.type, r.name, dict(r.inputs)] for r in done.resources]))
"""


def run_entry(root: Path, stack: str, config: dict[str, str]) -> subprocess.CompletedProcess[str]:
    """Run Pulumi.yaml's main as a language host would."""
    main = root / yaml.safe_load((root / "Pulumi.yaml").read_text())["main"]
    command = [sys.executable, "-c", HOST, str(main), stack, json.dumps(config)]
    return subprocess.run(command, capture_output=True, text=True, cwd=main, check=False, timeout=120)


@pytest.mark.parametrize(
    ("kind", "tenant", "given", "expected"),
    [
        ("", "", "tenant-34022", "tenant-34022"),
        ("shared", "", "dev", "shared"),
        ("data", "34022", "dev", "data-34022"),
        ("tenant", "shared", "dev", "tenant-shared"),
    ],
)
def test_the_stack_is_named_by_itself_or_by_configuration(kind: str, tenant: str, given: str, expected: str) -> None:
    assert stack_name(kind, tenant, given) == expected


@pytest.mark.parametrize(
    ("stack", "config"),
    [("tenant-34022", {}), ("dev", {"virgem:kind": "tenant", "virgem:tenant": "34022"}), ("shared", {})],
)
def test_the_entry_of_pulumi_yaml_declares_what_the_preview_shows(
    root: Path, stack: str, config: dict[str, str]
) -> None:
    done = run_entry(root, stack, {"virgem:estate": "tests/estates/good/twelve-lines", **config})
    assert done.returncode == 0, done.stderr
    found = {kind for kind, _, _ in json.loads(done.stdout)}
    wanted = "virgem:cloud:Platform" if stack == "shared" else "openstack:networking/network:Network"
    assert wanted in found


def test_without_configuration_the_estate_is_that_of_the_environment(
    root: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("VIRGEM_ESTATE", str(root / "tests/estates/good/twelve-lines"))
    shared = run_entry(root, "shared", {"virgem:estate": ""})
    assert shared.returncode == 0, shared.stderr
    assert "34040" not in shared.stdout
    tenant = run_entry(root, "tenant-34040", {"virgem:estate": ""})
    assert "there is no stack 'tenant-34040'" in tenant.stderr


@pytest.mark.parametrize(
    ("stack", "config", "said"),
    [
        ("tenant-11001", {}, "there is no stack 'tenant-11001'"),
        ("shared", {"virgem:estate": "tests/estates/none"}, "none"),
    ],
)
def test_a_mistake_is_told_without_guessing(root: Path, stack: str, config: dict[str, str], said: str) -> None:
    done = run_entry(root, stack, {"virgem:estate": "tests/estates/good/twelve-lines", **config})
    assert done.returncode != 0
    assert said in done.stderr
