"""Why a test host did not come up: all that its namespaces, its console and its own journal can tell."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Sequence
from pathlib import Path

INOTIFY = Path("/proc/sys/fs/inotify/max_user_instances")


def explain(namespace: str, console: Path, said: str) -> str:
    """Return what ssh last said, and the host's console, processes, failed units (and what they said) and journal."""
    pids = subprocess.run(["ip", "netns", "pids", namespace], capture_output=True, text=True).stdout.split()
    parts = {
        "ssh last said": said,
        "console": console.read_text(errors="replace")[-3000:],
        "processes": "\n".join(filter(None, map(_process, pids))),
        "failed units": _inside(pids, "systemctl", "--failed", "--plain", "--no-legend"),
        # What they said may lie far back in the journal, behind all that was tried to get in.
        "their state": _inside(pids, "systemctl", "status", "--state=failed", "--no-pager", "--lines=15"),
        "journal": _inside(pids, "journalctl", "--no-pager", "--lines=40", "--output=short-monotonic"),
        "machine": f"load {os.getloadavg()}, inotify instances a user may have: {INOTIFY.read_text().strip()}",
    }
    return "\n".join(f"--- {title}:\n{text.strip() or 'nothing'}" for title, text in parts.items())


def _inside(pids: Sequence[str], *command: str) -> str:
    """Run a command in the namespaces of the host's init; that may be gone, or too ill to answer."""
    init = next((pid for pid in pids if _field(pid, "NSpid").split()[-1:] == ["1"]), None)
    if init is None:
        return "it has no init"
    enter = ("timeout", "20", "nsenter", "--all", "--target", init, *command)
    done = subprocess.run(enter, stdin=subprocess.DEVNULL, capture_output=True, text=True)
    return done.stdout + done.stderr


def _process(pid: str) -> str:
    try:
        command = Path(f"/proc/{pid}/cmdline").read_bytes().replace(b"\0", b" ").decode(errors="replace")
    except OSError:
        return ""
    return f"{pid} {_field(pid, 'State')} {command}"


def _field(pid: str, name: str) -> str:
    try:
        lines = Path(f"/proc/{pid}/status").read_text().splitlines()
    except OSError:
        return ""
    return next((line.partition(":")[2].strip() for line in lines if line.startswith(f"{name}:")), "")
