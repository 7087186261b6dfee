"""A router reaches time, logs and packages in the routing instance where it is managed; other hosts have but one."""

from __future__ import annotations

import os
import subprocess
from pathlib import Path

import pytest
import yaml
from rendering import ROLE, rendered

SERVICES = {"ntp": ["192.0.2.3"], "monitoring": ["192.0.2.4"], "proxy": ["2001:db8::5"]}
LINES = [
    ("chrony.conf", "bindacqdevice t34022"),
    ("rsyslog.conf", 'device="t34022"'),
    ("apt-proxy.conf", 'Acquire::http::Proxy "http://127.0.0.1:3128";'),
]


@pytest.mark.parametrize(("name", "line"), LINES)
def test_what_a_router_uses_is_reached_in_its_instance(tmp_path: Path, name: str, line: str) -> None:
    of_router = rendered(tmp_path, name, virgem_services=SERVICES, baseline_vrf="t34022").read_text()
    assert line in [text.strip() for text in of_router.splitlines()]
    of_host = rendered(tmp_path, name, virgem_services=SERVICES).read_text()
    assert line not in of_host
    assert "t34022" not in of_host


def test_packages_are_passed_on_to_the_proxy_from_within_the_instance(tmp_path: Path) -> None:
    unit = rendered(tmp_path, "virgem-packages.service", virgem_services=SERVICES, baseline_vrf="t34022").read_text()
    (start,) = [line for line in unit.splitlines() if line.startswith("ExecStart=")]
    assert start.split()[:2] == ["ExecStart=/usr/local/sbin/virgem-vrf", "t34022"]
    assert start.split()[-1] == "[2001:db8::5]:3128"


def test_a_router_without_its_instance_yet_uses_its_own_table(tmp_path: Path) -> None:
    for name in ("setpriv", "ip"):
        (tmp_path / name).write_text(f'#!/bin/sh\necho {name} "$@"\n')
        (tmp_path / name).chmod(0o755)
    script = str(ROLE / "files" / "virgem-vrf")
    path = {"PATH": f"{tmp_path}:{os.environ['PATH']}"}
    # `lo` stands for an instance that is there.
    for instance, first in (("t34022", "setpriv"), ("lo", "ip")):
        done = subprocess.run(("sh", script, instance, "relay", "there"), capture_output=True, text=True, env=path)
        assert done.stdout.split()[0] == first, done.stderr
        assert done.stdout.split()[-2:] == ["relay", "there"]


def test_the_role_of_a_router_hands_the_instance_to_the_baseline() -> None:
    meta = yaml.safe_load((ROLE.parent / "site_router" / "meta" / "main.yml").read_text())
    assert meta["dependencies"][0]["vars"]["baseline_vrf"] == "{{ site_router_vrf }}"
