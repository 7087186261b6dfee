"""The rendered text itself, byte for byte. UPDATE_GOLDEN=1 writes it anew; look at the difference before keeping it."""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path

import pytest
from support import ROOT

from virgem.network.model import NetworkPlan
from virgem.network.render import region_renderers, render_region, render_site, site_renderers

GOLDEN = ROOT / "tests" / "golden" / "render" / "two-towns"
UPDATE = os.environ.get("UPDATE_GOLDEN") == "1"
# An edge site on fibre, one with tunnels, a datacentre.
ROUTERS = ("rtr-kortrijk-bib", "rtr-kortrijk-depot", "rtr-kortrijk-stadhuis")


def compare(files: Mapping[str, str], folder: Path) -> None:
    if UPDATE:
        for name, text in files.items():
            (folder / name).parent.mkdir(parents=True, exist_ok=True)
            (folder / name).write_text(text, encoding="utf-8")
    kept = {p.relative_to(folder).as_posix(): p.read_text(encoding="utf-8") for p in folder.rglob("*") if p.is_file()}
    assert sorted(kept) == sorted(files)
    for name, text in files.items():
        assert text == kept[name], name


@pytest.mark.parametrize("name", ROUTERS)
def test_the_files_of_a_site_are_as_kept(tree: Mapping[str, Mapping[str, str]], name: str) -> None:
    compare(tree[name], GOLDEN / name)


def test_the_files_of_the_region_are_as_kept(region: Mapping[str, str]) -> None:
    compare(region, GOLDEN / "region")


def test_rendering_twice_gives_the_same_bytes(plan: NetworkPlan, tree: Mapping[str, Mapping[str, str]]) -> None:
    plan.memo.clear()
    assert {router.name: render_site(plan, router) for router in reversed(plan.routers)} == tree
    assert render_region(plan) == render_region(plan)


def test_every_renderer_has_files_of_its_own_and_a_golden(tree: Mapping[str, Mapping[str, str]]) -> None:
    names = [name for router in ROUTERS for name in tree[router]]
    for renderer in site_renderers():
        assert any(renderer.owns(name) for name in names), renderer.name
    for name in names:
        assert len([renderer for renderer in site_renderers() if renderer.owns(name)]) == 1, name
    assert [renderer.name for renderer in region_renderers()] == ["dns", "fibre-map", "fibre-tables", "named"]


def test_no_key_or_password_is_in_any_file(tree: Mapping[str, Mapping[str, str]]) -> None:
    for files in tree.values():
        for name, text in files.items():
            for word in ("password", "PrivateKey =", "secret", "auth-key"):
                assert word not in text, name
