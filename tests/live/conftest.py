"""What the tests of real hosts share: the image of a host, where the machine can run one."""

from __future__ import annotations

from pathlib import Path

import pytest
import yaml
from support import ROOT, missing, need_root, need_tool

from live.images import Image, image

TOOLS = {"mmdebstrap": "mmdebstrap", "gpg": "gnupg", "ip": "iproute2", "ssh": "openssh-client", "nsenter": "util-linux"}


def role_packages() -> list[str]:
    """All packages the roles install, as their defaults say."""
    defaults = [yaml.safe_load(path.read_text()) for path in ROOT.glob("playbooks/roles/*/defaults/main.yml")]
    return [
        package for role in defaults for name, value in role.items() if name.endswith("_packages") for package in value
    ]


@pytest.fixture(scope="session")
def debian() -> Image:
    """A Debian with systemd and ssh, and a repository with all that the roles install."""
    need_root()
    for name, package in TOOLS.items():
        need_tool(name, package)
    kinds = Path("/proc/filesystems").read_text().split()
    for kind in ("overlay", "cgroup2"):
        if kind not in kinds:
            missing(f"needs {kind} in the kernel")
    return image(role_packages())
