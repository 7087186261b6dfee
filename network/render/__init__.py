"""Configuration text from a network plan: one file per renderer, found by looking.

A new renderer is one module in `site/` (defines `RENDERER`) or `region/` (defines `REGION_RENDERER`) and its goldens.
"""

from __future__ import annotations

import importlib
import pkgutil
from collections.abc import Mapping
from functools import cache
from types import ModuleType

from virgem.network.model import NetworkPlan, RouterPlan
from virgem.network.render.base import RegionRenderer, Renderer

__all__ = ["checker_for", "region_renderers", "render_region", "render_site", "site_renderers"]


def _modules(folder: str) -> list[ModuleType]:
    package = importlib.import_module(f"{__name__}.{folder}")
    found = sorted(module.name for module in pkgutil.iter_modules(package.__path__))
    return [importlib.import_module(f"{package.__name__}.{name}") for name in found]


@cache
def site_renderers() -> tuple[Renderer, ...]:
    """Return the renderers of a site router, by module name."""
    return tuple(module.RENDERER for module in _modules("site"))


@cache
def region_renderers() -> tuple[RegionRenderer, ...]:
    """Return the renderers of the region as a whole, by module name."""
    return tuple(module.REGION_RENDERER for module in _modules("region"))


def render_site(plan: NetworkPlan, router: RouterPlan) -> Mapping[str, str]:
    """Return the files of one site's router: path relative to the site's folder, to text."""
    files: dict[str, str] = {}
    for renderer in site_renderers():
        files.update(renderer.render(plan, router))
    return files


def render_region(plan: NetworkPlan) -> Mapping[str, str]:
    """Return the files of the region (`dns/<zone>.zone`): path to text."""
    files: dict[str, str] = {}
    for renderer in region_renderers():
        files.update(renderer.render(plan))
    return files


def checker_for(name: str) -> tuple[str, ...]:
    """Return the command that checks a rendered file (`{file}`: its path, `{zone}`: its stem), empty when none does."""
    for renderer in (*site_renderers(), *region_renderers()):
        if renderer.owns(name):
            return renderer.checker
    return ()
