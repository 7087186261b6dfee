"""Side by side with netlab: a plan of a hundred site routers against the data model of as many FRR routers.

netlab (https://netlab.tools) is installed from the package registry into a cache folder of the tests; it is no
dependency of virgem. `-o none` stops it after its data transformation, before any file is written, so netlab does less:
virgem also checks the estate, renders every router's files and writes them to disk.
"""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest
from measuring import VIRGEM, cost
from support import in_ci

NETLAB = "networklab==26.10"
ROUTERS = 100
TOWNS = ("34040", "34013", "34042", "34027")
REGISTRY_SECONDS = 120


def topology(routers: int) -> str:
    """Return a ring of FRR routers with OSPF, and both IPv4 and IPv6 on loopbacks and links."""
    head = """\
defaults.device: frr
provider: clab
module: [ospf]
addressing:
  loopback: {ipv4: 10.0.0.0/16, ipv6: "2001:db8::/48"}
  p2p: {ipv4: 10.1.0.0/16, ipv6: "2001:db8:1::/48"}
"""
    nodes = ", ".join(f"r{i}" for i in range(routers))
    links = "".join(f"- r{i}-r{(i + 1) % routers}\n" for i in range(routers))
    return f"{head}nodes: [{nodes}]\nlinks:\n{links}"


def pip_installs(python: Path, package: str) -> str:
    """Install a package; return what went wrong."""
    command = [python, "-m", "pip", "install", "--quiet", "--disable-pip-version-check", "--no-input", package]
    try:
        done = subprocess.run(command, capture_output=True, text=True, timeout=REGISTRY_SECONDS)
    except subprocess.TimeoutExpired:
        return "the package registry does not answer"
    return "" if done.returncode == 0 else (done.stderr.strip().splitlines() or ["pip failed"])[-1]


@pytest.fixture(scope="module")
def netlab(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The netlab command; a skip where there is no registry, a failure in CI where only this package is missing."""
    cache = request.config.cache
    folder = (cache.mkdir("netlab") if cache else tmp_path_factory.mktemp("netlab")) / NETLAB.replace("==", "-")
    python, command = folder / "bin" / "python", folder / "bin" / "netlab"
    if not command.exists():
        subprocess.run([sys.executable, "-m", "venv", "--clear", folder], check=True)
        if wrong := pip_installs(python, NETLAB):
            if in_ci() and not pip_installs(python, "netaddr"):
                pytest.fail(f"{NETLAB} cannot be installed: {wrong}")
            pytest.skip(f"{NETLAB} cannot be installed: {wrong}")
    return command


@pytest.mark.benchmark
def test_a_hundred_site_routers_cost_no_more_than_in_netlab(netlab: Path, tmp_path: Path) -> None:
    ring, estate, build = tmp_path / "topology.yml", tmp_path / "estate", tmp_path / "build"
    ring.write_text(topology(ROUTERS))
    theirs = cost([netlab, "create", "--quiet", "-o", "none", ring], times=1)
    cost([*VIRGEM, "init", estate, "--nis", *TOWNS], times=1)
    ours = cost([*VIRGEM, "plan", estate, "-o", build], times=1)
    routers = len(list(build.glob("network/*/*/frr.conf")))
    print(f"virgem, {routers} routers: {ours}; netlab, {ROUTERS} routers: {theirs}")
    assert routers >= ROUTERS
    assert ours.seconds <= theirs.seconds
