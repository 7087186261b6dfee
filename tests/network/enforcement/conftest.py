"""The plan that the renderers' tests share, with its firewalls: two real municipalities, all kinds of links."""

from __future__ import annotations

from collections.abc import Mapping

import pytest
from support import ROOT

from virgem.modules.estate.loader import load, read_folder
from virgem.network.lock import EMPTY
from virgem.network.model import NetworkPlan
from virgem.network.plan import plan_network
from virgem.network.render.site import nftables


@pytest.fixture(scope="package")
def plan() -> NetworkPlan:
    loaded = load(read_folder(ROOT / "tests" / "network" / "render" / "region"))
    assert loaded.estate is not None
    planned = plan_network(loaded.estate, EMPTY)
    assert planned.plan is not None
    return planned.plan


@pytest.fixture(scope="package")
def texts(plan: NetworkPlan) -> Mapping[str, str]:
    return {router.name: nftables.text(plan, router) for router in plan.routers}
