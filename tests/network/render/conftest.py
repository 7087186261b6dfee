"""The plan that the renderers' tests share: two real municipalities, all kinds of links, invented sites."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import pytest

from virgem.modules.estate.loader import load, read_folder
from virgem.network.lock import Lock
from virgem.network.model import NetworkPlan
from virgem.network.plan import plan_network
from virgem.network.render import render_region, render_site

Tree = Mapping[str, Mapping[str, str]]  # router name to file name to text


@pytest.fixture(scope="session")
def plan() -> NetworkPlan:
    loaded = load(read_folder(Path(__file__).parent / "region"))
    assert loaded.problems == ()
    assert loaded.estate is not None
    planned = plan_network(loaded.estate, Lock("", {}))
    assert planned.problems == ()
    assert planned.plan is not None
    return planned.plan


@pytest.fixture(scope="session")
def tree(plan: NetworkPlan) -> Tree:
    return {router.name: render_site(plan, router) for router in plan.routers}


@pytest.fixture(scope="session")
def region(plan: NetworkPlan) -> Mapping[str, str]:
    return render_region(plan)
