"""An estate of two towns on a local OpenStack, and virgem run on it as a person would."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from support import ROOT

from virgem.modules.cloud.engine.locks import lives

OPERATOR = """\
apiVersion: virgem/v1
name: twee
operator: { name: Leiedal }
pools: { ipv4: 10.0.0.0/9, ipv6: fd34:22::/32 }
datacentres:
  west:
    at: kortrijk/stadhuis
    floating: 192.0.2.64/27
    aggregate: true
    racks: { r1: { feeds: { a: 5900, b: 5900 } } }
    hosts:
      compute: { roles: compute, rack: r1, position: 1, count: 12, cores: 32, ram-gb: 256, watts: 90, bmc: 172.20.1.1 }
upstreams:
  internet: { translate: [203.0.113.128/25, "2001:db8:f000::/48"] }
flows:
  publiek: { from: upstream:internet, to: kortrijk:front, purpose: Website for everybody }
"""
KORTRIJK = """\
municipality: 34022
label: Kortrijk
sites:
  stadhuis: { kind: town-hall }
cloud:
  servers:
    web: { tier: dmz, count: 2, serves: [8443] }
  volumes:
    data: { size: 10, server: web, encrypted: true }
  load-balancers:
    front: { servers: [web], port: 443, server-port: 8443 }
  dns:
    www: { load-balancer: front }
    app.elders.example: { alias: www }
  access-keys:
    ict: { key: ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIMwM02qx/jt3wFcO04rTCfyYGjNgWRoKtiRBEvVM3xHG, until: 2099-12-31 }
"""
WAREGEM = """\
municipality: 34040
sites:
  stadhuis: town-hall
cloud:
  servers:
    app: { flavor: small }
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Region:
    """The folder of the estate and the variables with which virgem is run on it."""

    folder: Path
    variables: dict[str, str]

    @property
    def state(self) -> Path:
        return Path(self.variables["XDG_STATE_HOME"]) / "virgem" / "cloud" / "twee"

    def write(self, **towns: str) -> None:
        """Write the estate; a town that is left out is none of it."""
        for file in self.folder.glob("municipalities/*"):
            file.unlink()
        (self.folder / "municipalities").mkdir(parents=True, exist_ok=True)
        (self.folder / "estate.yaml").write_text(OPERATOR)
        for name, text in towns.items():
            (self.folder / "municipalities" / f"{name}.yaml").write_text(text)

    def start(self, *words: str) -> subprocess.Popen[str]:
        """Start `virgem cloud`, its output not yet read."""
        action, *more = words
        command = [sys.executable, "-m", "virgem.modules.cli.entry", "--json", "cloud", action, str(self.folder), *more]
        return subprocess.Popen(
            command,
            cwd=ROOT,
            env={**os.environ, **self.variables},
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            # Whoever runs the tests may ignore interrupts.
            preexec_fn=_obey_interrupts,
        )

    def run(self, *words: str, code: int = 0) -> Any:
        """Run it to its end and return its document, with what it told on the way under "told"."""
        process = self.start(*words)
        output, told = process.communicate(timeout=600)
        assert process.returncode == code, told[-3000:] + output[-3000:]
        return {**json.loads(output), "told": told}


def kill(process: subprocess.Popen[str]) -> None:
    """Kill it with all that it started: workers, engines and providers, at one point in time."""
    for number in (signal.SIGSTOP, signal.SIGKILL):
        killed = (process.pid, *_below(process.pid))
        for pid in killed:
            with suppress(ProcessLookupError):
                os.kill(pid, number)
    # On a busy machine the end of a process takes a while.
    deadline = time.monotonic() + 60
    while any(map(lives, killed)):
        assert time.monotonic() < deadline
        time.sleep(0.02)


def _below(pid: int) -> list[int]:
    """Return what a process started, and what that did."""
    children: dict[int, list[int]] = {}
    for file in Path("/proc").glob("[0-9]*/stat"):
        with suppress(OSError):
            parent = int(file.read_text().rpartition(")")[2].split()[1])
            children.setdefault(parent, []).append(int(file.parent.name))
    found = [pid]
    for one in found:
        found += children.get(one, [])
    return found[1:]


def _obey_interrupts() -> None:
    signal.signal(signal.SIGINT, signal.default_int_handler)


def towns() -> dict[str, str]:
    return {"kortrijk": KORTRIJK, "waregem": WAREGEM}


def twin(state: dict[str, str], *words: str) -> str:
    """Run `virgem twin`, of which the instances lie in this state, and return what it told."""
    command = [sys.executable, "-m", "virgem.modules.cli.entry", "--json", "twin", *words]
    done = subprocess.run(
        command, cwd=ROOT, env={**os.environ, **state}, capture_output=True, text=True, timeout=600, check=False
    )
    assert done.returncode == 0, done.stderr[-3000:]
    return done.stdout
