"""What a renderer is."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from fnmatch import fnmatchcase

from virgem.network.model import NetworkPlan, RouterPlan


@dataclass(frozen=True, slots=True, kw_only=True)
class _Named:
    """`files` is a file name or a pattern of names; `checker` the command that verifies one such file."""

    name: str
    files: str
    checker: tuple[str, ...] = ()

    def owns(self, file: str) -> bool:
        """Tell whether a rendered file is this renderer's."""
        return fnmatchcase(file, self.files)


@dataclass(frozen=True, slots=True, kw_only=True)
class Renderer(_Named):
    """Writes files of one site's router."""

    render: Callable[[NetworkPlan, RouterPlan], Mapping[str, str]]


@dataclass(frozen=True, slots=True, kw_only=True)
class RegionRenderer(_Named):
    """Writes files of the whole region."""

    render: Callable[[NetworkPlan], Mapping[str, str]]


def single(
    file: str, text: Callable[[NetworkPlan, RouterPlan], str]
) -> Callable[[NetworkPlan, RouterPlan], Mapping[str, str]]:
    """Return the render function of a renderer that writes one file."""
    return lambda plan, router: {file: text(plan, router)}


def header(router: RouterPlan, sign: str = "#") -> str:
    """Return the first line of a site's file."""
    return f"{sign} {router.name}: made by virgem from {router.site.path}, do not edit"
