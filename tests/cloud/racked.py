"""A region of two datacentres with racks and hosts, written in a few lines for tests."""

from __future__ import annotations

from pathlib import Path

from virgem.modules.planning import Prepared, prepare

HEAD = """\
apiVersion: virgem/v1
name: proef
operator: Leiedal
pools: { ipv4: 10.0.0.0/12, ipv6: fd34:22::/32 }
datacentres:
"""
WAREGEM = "municipality: 34040\nsites: { stadhuis: { kind: town-hall, at: [50.8890, 3.4276] } }\n"
KORTRIJK = "municipality: 34022\nsites: { stadhuis: { kind: town-hall, at: [50.8279, 3.2645] } }\n"


def centre(name: str, hosts: int = 4, ram: int = 256, feed: int = 9000, stores: int = 6, more: str = "") -> str:
    """A datacentre of two racks: hosts of 32 cores and hosts of 60,000 GiB; `more` are keys of its own."""
    town, public, net = {"west": ("kortrijk", "192.0.2.1", 1), "east": ("waregem", "198.51.100.1", 2)}[name]
    feeds = f"feeds: {{ a: {feed}, b: {feed} }}"
    return f"""\
  {name}:
    at: {town}/stadhuis
    public: {public}
    racks: {{ r1: {{ {feeds} }}, r2: {{ {feeds} }} }}
    hosts:
      compute: {{ roles: compute, rack: [r1, r2], position: 1, count: {hosts}, cores: 32, ram-gb: {ram}, watts: 700, bmc: 172.20.{net}.11 }}
      storage: {{ roles: storage, rack: [r1, r2], position: 20, count: {stores}, cores: 16, ram-gb: 128, storage-gb: 60000, watts: 600, bmc: 172.20.{net}.41 }}
{more}"""  # noqa: E501 - lines of an estate


def region(folder: Path, west: str, east: str, cloud: str = "") -> Prepared:
    """Plan a region of these datacentres; `cloud` is the share of Kortrijk."""
    (folder / "municipalities").mkdir()
    (folder / "estate.yaml").write_text(HEAD + west + east)
    (folder / "municipalities/34022-kortrijk.yaml").write_text(KORTRIJK + cloud)
    (folder / "municipalities/34040-waregem.yaml").write_text(WAREGEM)
    return prepare(folder)
