"""WireGuard for test hosts: the kernel's, else the project's own program for machines whose kernel has none."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

from support import missing

from . import built

SOURCES = Path(__file__).with_name("wireguard-go")  # a module of its own: its go.sum pins all that is built


def in_kernel() -> bool:
    """Tell whether the kernel makes WireGuard interfaces, in a namespace that goes with the question."""
    command = ["unshare", "--net", "ip", "link", "add", "wg0", "type", "wireguard"]
    return subprocess.run(command, capture_output=True).returncode == 0


def program() -> Path:
    """Return wireguard-go, which `wg-quick` falls back to: the machine's, else one that is built once and kept."""
    if not Path("/dev/net/tun").exists():
        missing("needs WireGuard in the kernel, or /dev/net/tun for wireguard-go")
    found = shutil.which("wireguard-go")
    if found:
        return Path(found)
    return built.program(SOURCES, "golang.zx2c4.com/wireguard", "WireGuard in the kernel")
