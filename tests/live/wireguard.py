"""WireGuard for test hosts: the kernel's, else the project's own program for machines whose kernel has none."""

from __future__ import annotations

import os
import shutil
import subprocess
from pathlib import Path

from .images import cache_root

MODULE = "golang.zx2c4.com/wireguard@v0.0.0-20260522210424-ecfc5a8d5446"


def in_kernel() -> bool:
    """Tell whether the kernel makes WireGuard interfaces."""
    made = subprocess.run(["ip", "link", "add", "virgem-wg", "type", "wireguard"], capture_output=True)
    subprocess.run(["ip", "link", "delete", "virgem-wg"], capture_output=True)
    return made.returncode == 0


def program() -> Path | None:
    """Return wireguard-go, which `wg-quick` falls back to: the machine's, else one built and kept; None without Go."""
    found = shutil.which("wireguard-go")
    if found:
        return Path(found)
    built = cache_root() / MODULE.partition("@")[2] / "wireguard"
    go = shutil.which("go")
    if not built.exists() and go and Path("/dev/net/tun").exists():
        environment = {**os.environ, "GOBIN": str(built.parent), "CGO_ENABLED": "0"}
        subprocess.run([go, "install", MODULE], env=environment, capture_output=True)
    return built if built.exists() else None
