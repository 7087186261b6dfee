"""WireGuard for test hosts: the kernel's, else the project's own program for machines whose kernel has none."""

from __future__ import annotations

import hashlib
import shutil
import subprocess
import tempfile
from pathlib import Path

from support import missing

from virgem.modules.cloud.engine.building import Workshop, toolchain
from virgem.modules.problem import UserError

from .images import cache_root

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
    pins = b"".join((SOURCES / name).read_bytes() for name in ("go.mod", "go.sum"))
    built = cache_root() / "wireguard-go" / hashlib.sha256(pins).hexdigest()[:16]
    if not built.exists():
        _build(built)
    return built


def _build(built: Path) -> None:
    """Build beside the final name and rename at the end, so that a half-built program is never used."""
    built.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=built.parent) as folder:
        new = Path(folder) / "wireguard-go"
        shop = Workshop(folder=Path(folder), bin=Path(folder), report=print)
        try:
            command = [toolchain(shop), "build", "-o", new, "golang.zx2c4.com/wireguard"]
        except UserError as error:
            missing(f"needs WireGuard in the kernel, or Go to build wireguard-go: {error}")
        done = subprocess.run(command, cwd=SOURCES, env=shop.environment(), capture_output=True, text=True)
        if done.returncode:
            missing(f"needs WireGuard in the kernel, or wireguard-go, which cannot be built: {done.stderr.strip()}")
        new.rename(built)
