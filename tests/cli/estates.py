"""The small estate that the tests of the command line plan, as texts by path."""

from __future__ import annotations

from pathlib import Path

ESTATE = """\
apiVersion: virgem/v1
name: first
operator: Leiedal
pools: { ipv4: 10.0.0.0/9, ipv6: fd34:22::/32 }
datacentres:
  west: { at: kortrijk/stadhuis }
  east: { at: waregem/stadhuis }
"""

KORTRIJK = """\
municipality: 34022
sites:
  stadhuis: { kind: town-hall, at: [50.8279, 3.2645] }
  bib: { kind: library, at: [50.8262, 3.2660] }
cloud: { quota: large }
"""

WAREGEM = "municipality: 34040\nsites:\n  stadhuis: { kind: town-hall, at: [50.8890, 3.4276] }\n"

DEERLIJK = "municipality: 34009\nsites:\n  stadhuis: { kind: town-hall, at: [50.8534, 3.3542] }\n"

FILES = {
    "estate.yaml": ESTATE,
    "municipalities/34022-kortrijk.yaml": KORTRIJK,
    "municipalities/34040-waregem.yaml": WAREGEM,
    "municipalities/34009-deerlijk.yaml": DEERLIJK,
}


def tree(folder: Path) -> dict[str, bytes]:
    return {str(path.relative_to(folder)): path.read_bytes() for path in folder.rglob("*") if path.is_file()}
