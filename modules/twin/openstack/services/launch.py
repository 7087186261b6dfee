"""What the launcher is told: one JSON file in the instance's folder."""

from __future__ import annotations

import json
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

NAME = "launch.json"


@dataclass(frozen=True, slots=True, kw_only=True)
class Endpoint:
    """A service's entry in the catalogue."""

    name: str
    kind: str
    url: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Launch:
    """An instance: where it lies, on which ports it answers, with which passwords it is made."""

    folder: Path
    mode: str  # "serve", or "migrate": make the empty databases and end
    ports: dict[str, int]
    databases: dict[str, list[str]]
    endpoints: tuple[Endpoint, ...]
    region: str
    zones: dict[str, list[str]]  # the compute hosts of each availability zone
    bare: list[str]  # the zones that somebody else makes of their hosts
    admin_password: str
    service_password: str
    certificates_password: str
    database_server: str
    database_installer: str

    def etc(self, name: str) -> Path:
        """Return the folder with a service's configuration."""
        return self.folder / "etc" / name

    def data(self, name: str) -> Path:
        """Return a service's own folder."""
        return self.folder / "data" / name

    def log(self, name: str) -> Path:
        """Return the file that holds what a process wrote."""
        return self.folder / "log" / name

    def paste(self, name: str) -> Path:
        """Return the shipped description of a service's WSGI pipeline."""
        return Path(sys.prefix) / "etc" / name / "api-paste.ini"


def read(folder: Path) -> Launch:
    """Read what an instance is to be."""
    found: dict[str, Any] = json.loads((folder / NAME).read_text())
    endpoints = tuple(Endpoint(**entry) for entry in found.pop("endpoints"))
    return Launch(folder=folder, endpoints=endpoints, **found)
