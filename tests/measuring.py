"""What a command costs, in a unit that a busy or slow machine changes little: seconds of the reference machine.

The reference machine is the one of docs/speed.md when nothing else runs on it. One of its seconds is what a fixed piece
of Python costs; that piece runs just before and after each command, so that both have the same neighbours.
"""

from __future__ import annotations

import os
import subprocess
import sys
import time
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from tempfile import mkdtemp

from support import ROOT

# Dictionaries, lists and small texts: what loading, planning and rendering are made of. 3.2 ms a round on the reference
# machine, the best tenth of 2,000 rounds.
YARDSTICK = """
for _ in range(156):
    names = {}
    for i in range(10_000):
        names.setdefault(f"site-{i % 500}", []).append(str(i).zfill(6))
    sorted(names)
"""
YARDSTICK_SECONDS = 0.5
VIRGEM = (sys.executable, "-m", "virgem.modules.cli.entry")


@dataclass(frozen=True, slots=True, kw_only=True)
class Cost:
    """What a command and its children used: processor seconds, the same by the yardstick, the largest memory.

    `wall` is what the clock on the wall said, `quiet` whether nobody else wanted the processors meanwhile: only then
    does it say something about the command.
    """

    processor: float
    seconds: float
    wall: float
    quiet: bool
    mebibytes: float

    def __str__(self) -> str:
        busy = "" if self.quiet else ", busy machine"
        measured = f"{self.processor:.2f} s of processor, {self.wall:.2f} s from start to end{busy}"
        return f"{self.seconds:.2f} s ({measured}), {self.mebibytes:.0f} MiB"


def cost(
    command: Sequence[str | Path], *, times: int = 3, allowed: Sequence[int] = (0, 2), promise: float = float("inf")
) -> Cost:
    """Return the least that a command costs; its exit code must be one of those allowed.

    Neighbours on the machine only ever add. So where a promise in seconds is not kept in so many times, it is measured
    up to three times as often.
    """
    costs: list[Cost] = []
    while len(costs) < times or (len(costs) < 3 * times and all(found.seconds >= promise for found in costs)):
        costs.append(_cost(command, allowed))
    return min(costs, key=lambda found: found.seconds)


def _cost(command: Sequence[str | Path], allowed: Sequence[int]) -> Cost:
    before, load, start = _yardstick(), os.getloadavg()[0], time.monotonic()
    processor, mebibytes = _used(command, allowed)
    wall = time.monotonic() - start
    # The command itself is a load of one.
    quiet = max(load, os.getloadavg()[0]) <= max(1, (os.cpu_count() or 1) - 0.5)
    pace = (before + _yardstick()) / 2 / YARDSTICK_SECONDS
    return Cost(processor=processor, seconds=processor / pace, wall=wall, quiet=quiet, mebibytes=mebibytes)


def _yardstick() -> float:
    return _used((sys.executable, "-I", "-S", "-c", YARDSTICK), (0,))[0]


def _used(command: Sequence[str | Path], allowed: Sequence[int]) -> tuple[float, float]:
    """Return the processor seconds and the most MiB of a process and the children it waited for."""
    process = subprocess.Popen(command, cwd=ROOT, env=_environment(), stdout=subprocess.DEVNULL)
    _, status, used = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    assert process.returncode in allowed, f"{command} ended with {process.returncode}"
    return used.ru_utime + used.ru_stime, used.ru_maxrss / (1024 if sys.platform == "linux" else 1024**2)


@cache
def _environment() -> dict[str, str]:
    """Return this environment with compiled modules kept, as ./virgem does."""
    kept = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
    return {"PYTHONPYCACHEPREFIX": mkdtemp(prefix="virgem-bytecode-"), "VIRGEM_VENV": sys.prefix, **kept}
