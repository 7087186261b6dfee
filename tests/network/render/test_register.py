"""A renderer is one file: dropped into the folder it is found and its file appears."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from virgem.network import render
from virgem.network.model import NetworkPlan
from virgem.network.render import checker_for, render_site, site, site_renderers

HELLO = """
from virgem.network.render.base import Renderer, single

RENDERER = Renderer(
    name="hello", files="hello.txt", render=single("hello.txt", lambda plan, router: router.name), checker=("true",)
)
"""


@pytest.fixture
def fresh() -> Iterator[None]:
    """Forget what was found, before and after."""
    render.site_renderers.cache_clear()
    yield
    render.site_renderers.cache_clear()
    sys.modules.pop(f"{site.__name__}.hello", None)


def test_a_new_file_in_the_folder_is_a_new_renderer(
    plan: NetworkPlan, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, fresh: None
) -> None:
    (tmp_path / "hello.py").write_text(HELLO)
    monkeypatch.setattr(site, "__path__", [*site.__path__, str(tmp_path)])
    router = plan.routers[0]
    assert render_site(plan, router)["hello.txt"] == router.name
    assert checker_for("hello.txt") == ("true",)


def test_the_renderers_come_in_the_order_of_their_names() -> None:
    found = [renderer.name for renderer in site_renderers()]
    assert found == sorted(found)
    assert {"frr", "nftables", "kea-dhcp4", "kea-dhcp6", "netplan", "wireguard", "sysctl", "daemons"} <= set(found)


def test_a_file_of_nobody_has_no_checker() -> None:
    assert checker_for("plan.json") == ()
