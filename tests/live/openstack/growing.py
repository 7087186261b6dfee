"""Regions of any number of alike municipalities, for what is measured: each with a town hall and some servers."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from virgem.modules.estate.public import municipalities, municipality

OPERATOR = """\
apiVersion: virgem/v1
name: maat
operator: {{ name: Leiedal }}
pools: {{ ipv4: 10.0.0.0/9, ipv6: "fd34:22::/32" }}
datacentres:
  west: {{ at: {first}/stadhuis }}
"""
# A front and its database; what holds the applications is as many as are asked for.
TOWN = """\
municipality: {nis}
sites:
  stadhuis: {{ kind: town-hall }}
cloud:
  servers:
    web: {{ tier: dmz, count: {servers}, serves: [8443] }}
    loket: {{ count: {servers}, serves: [8443] }}
    databank: {{ tier: data, serves: [5432] }}
  volumes:
    dossiers: {{ size: 10, server: databank, encrypted: true }}
  load-balancers:
    front: {{ servers: [web], port: 443, server-port: 8443 }}
  dns:
    www: {{ load-balancer: front }}
    loket: loket
"""
SMALL = """\
municipality: {nis}
sites:
  stadhuis: town-hall
cloud:
  servers:
    app: {{ flavor: small }}
"""


def spread(count: int) -> list[str]:
    """Return the NIS codes of so many municipalities, evenly from all of Flanders."""
    codes = sorted(municipalities())
    return [codes[i * len(codes) // count] for i in range(count)]


def texts(count: int, *, servers: int = 0, changed: bool = False) -> Mapping[str, str]:
    """Return the files of a region; without `servers` each town has a single one.

    Changed: the first town has one DNS name more, in IPv4 and IPv6.
    """
    towns = {nis: municipality(nis) for nis in spread(count)}
    names = {nis: town.id for nis, town in towns.items() if town}
    found = {"estate.yaml": OPERATOR.format(first=next(iter(names.values())))}
    for nis, name in names.items():
        found[f"municipalities/{name}.yaml"] = (TOWN if servers else SMALL).format(nis=nis, servers=servers)
    if changed:
        first = next(name for name in found if name != "estate.yaml")
        found[first] += "    site: web\n" if servers else "  dns:\n    site: app\n"
    return found


def write(folder: Path, files: Mapping[str, str]) -> None:
    """Write an estate."""
    (folder / "municipalities").mkdir(parents=True, exist_ok=True)
    for name, text in files.items():
        (folder / name).write_text(text)
