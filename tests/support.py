"""What tests need from the machine, tools and rights: where missing, a skip; under CI=true a failure."""

from __future__ import annotations

import os
import shutil
from collections.abc import Mapping
from pathlib import Path
from typing import NoReturn

import pytest

ROOT = Path(__file__).resolve().parent.parent
PACKAGES = ROOT / ".ci" / "packages.txt"
# Debian keeps daemons and their checkers here, off an ordinary user's PATH.
SYSTEM_FOLDERS = ("/usr/sbin", "/sbin", "/usr/lib/frr")


def in_ci(environment: Mapping[str, str] = os.environ) -> bool:
    """Whether a missing tool is a mistake of the set-up (CI=true) and not a fact about this machine."""
    return environment.get("CI", "").lower() == "true"


def missing(reason: str, environment: Mapping[str, str] = os.environ) -> NoReturn:
    """Skip the test with this reason; under CI=true fail it, since CI installs all that the tests need."""
    if in_ci(environment):
        pytest.fail(f"{reason} (CI installs what .ci/packages.txt lists)", pytrace=False)
    pytest.skip(reason)


def need_tool(name: str, package: str | None = None) -> Path:
    """The path of a command line tool; without it, skip (or fail under CI=true) naming the Debian package."""
    folders = os.pathsep.join((os.environ.get("PATH", os.defpath), *SYSTEM_FOLDERS))
    found = shutil.which(name, path=folders)
    if found is None:
        missing(f"needs {name}: apt-get install {package or name}")
    return Path(found)


def need_root() -> None:
    """Go on only as root: for tests that make network namespaces or load nftables rules."""
    if os.geteuid() != 0:
        missing("needs root")
