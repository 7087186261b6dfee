"""Side by side with OpenTofu: the same objects by the same Terraform provider on the same control plane, in one run.

    VIRGEM_BENCHMARK_CLOUD=1 ./virgem test tests/live/openstack/test_opentofu.py -s

It builds OpenTofu and the provider the first time, and takes an hour or more: docs/speed.md has what it said.
"""

from __future__ import annotations

import json
import os
import re
import shutil
import sys
import tempfile
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest
from support import missing, need_tool

from live.openstack import beside, growing, terraform
from live.openstack.regional import twin
from live.openstack.tofu import tofu
from virgem.modules.cloud import previewing
from virgem.modules.cloud.engine import programs
from virgem.modules.cloud.engine.access import access
from virgem.stacks.program import run

pytestmark = pytest.mark.slow
# What is left out is no benchmark: those keep all other tests waiting for their turn.
opt_in = (
    pytest.mark.benchmark
    if os.environ.get("VIRGEM_BENCHMARK_CLOUD")
    else pytest.mark.skip(reason="takes an hour or more: VIRGEM_BENCHMARK_CLOUD=1")
)
NAME = "beside"
# Towns, and servers of a kind in each; the last has about two thousand objects, the others show how the cost grows.
SIZES = ((2, 0), (13, 0), (40, 0), (13, 5))
MANY = 13


def provider() -> Path:
    """Return Pulumi's provider, which is the bridge between both languages."""
    found = programs.find(programs.programs()[1])
    assert found
    return found.path


def test_opentofu_is_told_every_object_and_refers_to_nothing_else(engine: None) -> None:
    plan = beside.plan_of(growing.texts(2, servers=2))
    made = terraform.configuration(plan, provider())
    stacks = previewing.run(plan, plan.stacks, run).stacks
    declared = Counter(resource.type for stack in stacks for resource in stack.resources if resource.in_cloud)
    names = {token: name for token, (name, _) in made.bridge.resources.items()}
    assert {names[token]: count for token, count in declared.items()} == {
        kind: len(rows) for kind, rows in made.resources.items()
    }
    document = made.document()
    text = json.dumps(document)
    referred = set(re.findall(r"(?<!\$)\$\{([^}]*)\.[a-z_]+\}", text))
    known = set(terraform.addresses(document))
    assert len(referred) > 30
    assert referred <= known
    # What is drawn anew each time would be a change.
    assert terraform.configuration(plan, provider()).document() == document


@pytest.fixture(scope="module")
def cloud(engine: None) -> Iterator[dict[str, str]]:
    """The variables with which a local OpenStack is reached."""
    if not sys.platform.startswith("linux"):
        missing("needs Linux")
    need_tool("mariadbd", "mariadb-server-core")
    state = {"XDG_STATE_HOME": tempfile.mkdtemp(prefix="virgem-")}
    try:
        (found,) = json.loads(twin(state, "up", "--name", NAME))["instances"]
        yield {**state, "OS_CLIENT_CONFIG_FILE": found["clouds"], "OS_CLOUD": "virgem", "VIRGEM_STATE": ""}
    finally:
        twin(state, "down", "--name", NAME)
        shutil.rmtree(state["XDG_STATE_HOME"])


def region(cloud: dict[str, str], folder: Path, towns: int, servers: int) -> beside.Region:
    its = tofu(folder, access(cloud).variables())
    return beside.Region(towns=towns, servers=servers, folder=folder, variables=cloud, tofu=its, provider=provider())


@opt_in
def test_opentofu_plans_as_many_objects(cloud: dict[str, str], tmp_path: Path) -> None:
    found = region(cloud, tmp_path, 2, 2)
    objects = found.write()
    assert "Success!" in found.tofu.run("validate")
    assert f"Plan: {objects} to add, 0 to change, 0 to destroy." in found.opentofu("plan").told


@opt_in
@pytest.mark.parametrize(("towns", "servers"), SIZES)
def test_side_by_side(cloud: dict[str, str], tmp_path: Path, towns: int, servers: int) -> None:
    found = beside.measured(
        region(cloud, tmp_path, towns, servers), lambda: twin(cloud, "reset", "--name", NAME), print
    )
    ours, theirs = found.virgem, found.opentofu
    for line in beside.table(found):
        print(line)
    assert f"Apply complete! Resources: {found.objects} added" in theirs["first up"].told
    assert "No changes." in theirs["no-op preview"].told
    for step, other in beside.FASTER:
        assert ours[step].processor < theirs[other].processor, step
    # The control plane decides, if there are stacks enough to keep it busy; the clock counts the neighbours as well.
    assert towns < MANY or ours["first up"].clock < 1.25 * theirs["first up"].clock
