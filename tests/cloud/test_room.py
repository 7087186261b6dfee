"""What a network of the cloud leaves to the provider holds DHCP and a number of load balancers."""

from __future__ import annotations

from pathlib import Path

import pytest

from virgem.modules.planning import prepare

ESTATE = """\
apiVersion: virgem/v1
name: proef
operator: Leiedal
pools: { ipv4: 10.0.0.0/12, ipv6: fd34:22::/32 }
datacentres:
  west: { at: kortrijk/stadhuis, public: 192.0.2.1 }
  east: { at: waregem/stadhuis, public: 198.51.100.1 }
"""
WAREGEM = "municipality: 34040\nsites: { stadhuis: { kind: town-hall, at: [50.8890, 3.4276] } }\n"
WAIVER = """\
waivers:
  vol: { rule: E782, target: kortrijk/lb-4, reason: The provider has others, owner: ict-manager, expires: 2027-06-30 }
"""


def codes(folder: Path, balancers: int, where: str = "", more: str = "") -> list[str]:
    numbers = range(1, balancers + 1)
    servers = [f"    web-{i}: {{ count: 2, serves: [443]{where if i == 1 else ''} }}\n" for i in numbers]
    lines = ["  load-balancers:\n", *(f"    lb-{i}: {{ servers: [web-{i}] }}\n" for i in numbers)]
    cloud = "".join(["cloud:\n  quota: large\n  servers:\n", *servers, *lines])
    (folder / "municipalities").mkdir()
    (folder / "estate.yaml").write_text(ESTATE + more)
    town = "municipality: 34022\nsites: { stadhuis: { kind: town-hall, at: [50.8279, 3.2645] } }\n"
    (folder / "municipalities/34022-kortrijk.yaml").write_text(town + cloud)
    (folder / "municipalities/34040-waregem.yaml").write_text(WAREGEM)
    found = prepare(folder)
    assert (found.plan is None) == bool(found.errors)
    return [problem.code for problem in found.problems]


@pytest.mark.parametrize(
    ("balancers", "where", "expected"),
    [
        (3, "", []),
        (4, "", ["E782"]),
        (4, ", tier: dmz", []),
        (4, ", datacentre: east", []),
    ],
)
def test_three_load_balancers_fit_in_a_network(tmp_path: Path, balancers: int, where: str, expected: list[str]) -> None:
    assert codes(tmp_path, balancers, where) == expected


def test_who_waives_it_has_a_plan(tmp_path: Path) -> None:
    assert codes(tmp_path, 4, more=WAIVER) == []
