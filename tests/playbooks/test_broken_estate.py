"""An estate with errors stops the real programs of Ansible: its problems on stderr, no host, a code of failure."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest
from support import ROOT

GRAPH = ("ansible-inventory", "--graph")
PLAY = ("ansible-playbook", "--check", "playbooks/site.yml")
ESTATE = """\
apiVersion: virgem/v1
name: first
operator: Leiedal
pools: { ipv4: 10.0.0.0/9, ipv6: fd34:22::/32 }
datacentres: { west: { at: kortrijk/stadhuis } }
"""
TOWN = """\
municipality: 34022
sites: { stadhuis: { kind: town-hall, at: [50.8279, 3.2645] } }
cloud: { quota: dorp }
"""


@pytest.fixture
def estate(tmp_path: Path) -> Path:
    folder = tmp_path / "e"
    (folder / "municipalities").mkdir(parents=True)
    (folder / "estate.yaml").write_text(ESTATE)
    (folder / "municipalities" / "34022-kortrijk.yaml").write_text(TOWN)
    return folder


def tool(name: str, *arguments: str) -> subprocess.CompletedProcess[str]:
    command = (str(Path(sys.executable).with_name(name)), *arguments)
    environment = {**os.environ, "ANSIBLE_CONFIG": "playbooks/ansible.cfg", "NO_COLOR": "1", "ANSIBLE_NOCOLOR": "1"}
    return subprocess.run(command, cwd=ROOT, capture_output=True, text=True, env=environment, check=False)


@pytest.mark.parametrize("command", [GRAPH, PLAY], ids=lambda command: command[0])
def test_a_broken_estate_is_no_inventory(command: tuple[str, ...], estate: Path) -> None:
    done = tool(*command, "-i", str(estate / "estate.yaml"))
    assert done.returncode not in (0, 2)
    assert "34022-kortrijk.yaml:3:17: E301" in done.stderr
    assert "dorp" in done.stderr
    assert "@pools" not in done.stdout
    assert "PLAY" not in done.stdout


@pytest.mark.parametrize("order", ["before", "after"])
def test_sources_beside_it_hide_no_broken_estate(order: str, estate: Path, tmp_path: Path) -> None:
    (tmp_path / "more.yaml").write_text("all: { hosts: { printer: } }\n")
    sources = ["-i", str(estate / "estate.yaml"), "-i", "localhost,", "-i", str(tmp_path / "more.yaml")]
    if order == "after":
        sources = [*sources[2:], *sources[:2]]
    done = tool(*GRAPH, *sources)
    assert done.returncode not in (0, 2)
    assert "dorp" in done.stderr
    assert done.stdout == ""


def test_an_estate_joins_other_sources(estate: Path, tmp_path: Path) -> None:
    town = estate / "municipalities" / "34022-kortrijk.yaml"
    town.write_text(TOWN.replace("dorp", "large"))
    (tmp_path / "more.yaml").write_text("all: { hosts: { printer: } }\n")
    done = tool(*GRAPH, "-i", str(estate / "estate.yaml"), "-i", str(tmp_path / "more.yaml"))
    assert done.returncode == 0, done.stderr
    assert "printer" in done.stdout
    assert "@m_34022" in done.stdout


def test_an_estate_that_cannot_be_read_is_no_inventory_either(tmp_path: Path) -> None:
    (tmp_path / "estate.yaml").mkdir()
    (tmp_path / "estate.yaml" / "estate.yaml").write_text("\0")
    done = tool(*GRAPH, "-i", str(tmp_path / "estate.yaml" / "estate.yaml"))
    assert done.returncode not in (0, 2)
    assert "E1" in done.stderr
